/** One source: its tables, its runs, what Okta lets it use, how it is reached, who is told. */
import { Anchor, Code, Group, Stack, Tabs, Text, Title } from "@mantine/core";
import type { ComponentType } from "react";
import { Link, useLocation, useParams } from "wouter";
import { useAsk } from "../../parts/ask.ts";
import { Asked } from "../../parts/state.tsx";
import { StatusTag } from "../../parts/status.tsx";
import { TabList } from "../../parts/tab-list.tsx";
import type { Source } from "../../parts/words.ts";
import { useMay } from "../../shell/may.ts";
import { SourceMenu } from "../sources/source-menu.tsx";
import { Banners } from "./banners.tsx";
import { Configuration } from "./configuration/configuration.tsx";
import { NotificationsTab } from "./notifications-tab.tsx";
import { RateLimits } from "./rate-limits.tsx";
import { RunsTab } from "./runs/runs-tab.tsx";
import { SchemasTab } from "./schemas/schemas-tab.tsx";

interface Tab {
  readonly id: string;
  readonly label: string;
  readonly needs: "viewer" | "editor";
  readonly page: ComponentType<{ readonly source: Source }>;
}

const TABS: readonly Tab[] = [
  { id: "schemas", label: "Schemas", needs: "viewer", page: SchemasTab },
  { id: "runs", label: "Runs", needs: "viewer", page: RunsTab },
  { id: "rate-limits", label: "Rate limits", needs: "viewer", page: RateLimits },
  { id: "configuration", label: "Configuration", needs: "editor", page: Configuration },
  { id: "notifications", label: "Notifications", needs: "editor", page: NotificationsTab },
];

export default function SourcePage() {
  const { id = "" } = useParams<{ readonly id?: string }>();
  const source = useAsk("get /api/sources/{id}", { params: { id } });
  return (
    <Stack gap="md" maw={1400} mx="auto">
      <Anchor component={Link} href="/sources" size="sm">
        Sources
      </Anchor>
      <Asked query={source} what="the source">
        {(found) => (
          <>
            <Head source={found} />
            <Banners source={found} />
            <TabbedParts source={found} />
          </>
        )}
      </Asked>
    </Stack>
  );
}

function Head({ source }: { readonly source: Source }) {
  return (
    <Group justify="space-between" align="flex-start" wrap="nowrap">
      <Stack gap={4} miw={0}>
        <Group gap="sm">
          <Title order={1} size="h2">
            {source.name}
          </Title>
          <StatusTag status={source.status} />
        </Group>
        <Text size="sm" c="dimmed">
          {source.origin} · tables in <Code>{source.prefix}</Code>
        </Text>
        {source.description === "" ? null : <Text size="sm">{source.description}</Text>}
      </Stack>
      <SourceMenu source={source} />
    </Group>
  );
}

function TabbedParts({ source }: { readonly source: Source }) {
  const { tab } = useParams<{ readonly tab?: string }>();
  const [, go] = useLocation();
  const mayEdit = useMay("editor");
  const tabs = TABS.filter(({ needs }) => needs === "viewer" || mayEdit);
  const shown = tabs.find(({ id }) => id === tab) ?? tabs[0];
  if (shown === undefined) return null;
  const Page = shown.page;
  return (
    <Tabs value={shown.id} onChange={(next) => go(`/sources/${source.id}/${next ?? ""}`)} keepMounted={false}>
      <TabList
        label={`Parts of ${source.name}`}
        chosen={shown.id}
        tabs={tabs.map(({ id, label }) => ({ value: id, label }))}
      />
      <Tabs.Panel value={shown.id} pt="md">
        <Page source={source} />
      </Tabs.Panel>
    </Tabs>
  );
}
