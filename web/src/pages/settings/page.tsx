/** Settings: one tab per concern, each with an address of its own. A tab that a role may not use is not there. */
import { Stack, Tabs, Title } from "@mantine/core";
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from "react";
import { useLocation, useParams } from "wouter";
import { Empty, Loading } from "../../parts/state.tsx";
import { TabList } from "../../parts/tab-list.tsx";
import type { Role } from "../../parts/words.ts";
import { may } from "../../shell/may.ts";
import { useSession } from "../../entrance/session.ts";
import { AccountTab } from "./account.tsx";
import { AuditTab } from "./audit.tsx";
import { GeneralTab } from "./general.tsx";
import { KeysTab } from "./keys.tsx";
import { PeopleTab } from "./people.tsx";
import { PublicationTab } from "./publication.tsx";

interface Tab {
  readonly path: string;
  readonly label: string;
  readonly needs: Role;
  readonly content: ComponentType | LazyExoticComponent<ComponentType>;
}

const TABS: readonly Tab[] = [
  { path: "general", label: "General", needs: "viewer", content: GeneralTab },
  { path: "people", label: "People", needs: "admin", content: PeopleTab },
  { path: "keys", label: "API keys", needs: "admin", content: KeysTab },
  {
    path: "notifications",
    label: "Notifications",
    needs: "editor",
    content: lazy(() => import("./notifications.tsx")),
  },
  { path: "publication", label: "Publication", needs: "admin", content: PublicationTab },
  { path: "audit", label: "Audit trail", needs: "admin", content: AuditTab },
  { path: "account", label: "My account", needs: "viewer", content: AccountTab },
];

export default function SettingsPage() {
  const { tab = "general" } = useParams<{ tab?: string }>();
  const [, go] = useLocation();
  const { person } = useSession();
  const tabs = TABS.filter(({ needs }) => may(person.role, needs));
  const chosen = tabs.find(({ path }) => path === tab);
  return (
    <Stack gap="md" maw={1100} mx="auto">
      <Title order={1} size="h2">
        Settings
      </Title>
      <Tabs value={tab} onChange={(next) => go(`/settings/${next ?? "general"}`)} keepMounted={false}>
        <TabList label="Settings" chosen={tab} tabs={tabs.map(({ path, label }) => ({ value: path, label }))} />
        {tabs.map(({ path, content: Content }) => (
          <Tabs.Panel key={path} value={path} pt="lg">
            <Suspense fallback={<Loading what="the settings" />}>
              <Content />
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
      {chosen === undefined ? (
        <Empty title="There is no such tab, or it is not for your role">Choose one of those above.</Empty>
      ) : null}
    </Stack>
  );
}
