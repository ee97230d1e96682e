/** Overview: what needs attention first, then charts of the data that is there. */
import { Box, Button, Group, Select, SimpleGrid, Stack, Title } from "@mantine/core";
import { IconPlus, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { Result } from "../../api.ts";
import { useAsk } from "../../parts/ask.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import type { Source } from "../../parts/words.ts";
import { QueryCard } from "../../query/query-card.tsx";
import { useMay } from "../../shell/may.ts";
import { AttentionList } from "./attention.tsx";

export default function OverviewPage() {
  const sources = useAsk("get /api/sources", {});
  return (
    <Asked query={sources} what="the sources">
      {(all) => (all.length === 0 ? <NoSource /> : <Overview sources={all} />)}
    </Asked>
  );
}

function NoSource() {
  const mayLink = useMay("editor");
  return (
    <Stack>
      <Title order={1} size="h2">
        Overview
      </Title>
      <Empty
        title="No source is linked yet"
        action={
          mayLink ? (
            <Button component={Link} href="/sources/new" leftSection={<IconPlus size={16} aria-hidden />}>
              New source
            </Button>
          ) : null
        }
      >
        {mayLink
          ? "Link your Okta org, and its users, groups, applications and logs are here to look at and to query."
          : "Ask an editor or an admin to link your Okta org."}
      </Empty>
    </Stack>
  );
}

type OverviewChart = Result<"get /api/overview">["charts"][number];

function Overview({ sources }: { readonly sources: readonly Source[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const source = sources.find(({ id }) => id === chosen) ?? sources[0]!;
  const overview = useAsk("get /api/overview", { query: { source: source.id } }, { every_ms: 60_000 });
  const queries = useQueryClient();
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Overview
        </Title>
        <Group gap="xs">
          {sources.length < 2 ? null : (
            <Select
              size="xs"
              aria-label="Source"
              allowDeselect={false}
              data={sources.map(({ id, name }) => ({ value: id, label: name }))}
              value={source.id}
              onChange={setChosen}
            />
          )}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            onClick={() => void queries.invalidateQueries()}
          >
            Refresh
          </Button>
        </Group>
      </Group>
      <Asked query={overview} what="the overview">
        {({ attention, charts }) => (
          <>
            <AttentionList attention={attention} />
            <Charts charts={charts} source={source} />
          </>
        )}
      </Asked>
    </Stack>
  );
}

function Charts({ charts, source }: { readonly charts: readonly OverviewChart[]; readonly source: Source }) {
  if (charts.length === 0) {
    return (
      <Empty
        title="No data to draw yet"
        action={
          <Button component={Link} href={`/sources/${source.id}`} variant="light">
            Look at {source.name}
          </Button>
        }
      >
        Charts appear as soon as the first tables are imported.
      </Empty>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      {charts.map(({ id, title, about, sql, chart }, index) => (
        // An odd one at the end has the whole line: it is the table, and wide.
        <Box key={id} miw={0} style={index === charts.length - 1 && index % 2 === 0 ? { gridColumn: "1 / -1" } : {}}>
          <QueryCard
            title={title}
            about={about}
            sql={sql}
            chart={chart}
            href={`/sql?sql=${encodeURIComponent(sql)}`}
            hrefLabel="Show SQL"
            height={260}
          />
        </Box>
      ))}
    </SimpleGrid>
  );
}
