/** A table: what it is, how fresh, its columns, its size over time, its last runs. */
import { Alert, Anchor, Button, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { Link, useParams } from "wouter";
import type { Result } from "../../api.ts";
import { useAsk } from "../../parts/ask.ts";
import { Chart } from "../../parts/chart.tsx";
import { count } from "../../parts/format.ts";
import { QueryButton } from "../../parts/query-link.tsx";
import { Asked } from "../../parts/state.tsx";
import { MODES, scheduleText } from "../../parts/frequency.ts";
import { When } from "../../parts/when.tsx";
import { tableName } from "../../query/names.ts";
import { StaleNotes } from "../../query/stale-notes.tsx";
import { useSavedQueries } from "../../query/warehouse.ts";
import { ColumnList } from "./columns.tsx";
import { RunList } from "./runs.tsx";

export type TableDetail = Result<"get /api/warehouse/tables/{schema}/{table}">;

/** The schema of saved queries that are views. */
const VIEWS = "views";

export default function TablePage() {
  const { schema, table } = useParams<{ schema: string; table: string }>();
  const detail = useAsk("get /api/warehouse/tables/{schema}/{table}", { params: { schema, table } });
  return (
    <Asked query={detail} what="the table">
      {(found) => <Detail detail={found} />}
    </Asked>
  );
}

function Detail({ detail }: { readonly detail: TableDetail }) {
  const name = tableName(detail);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} size="h2">
            {name}
          </Title>
          {detail.about === null ? null : (
            <Text c="dimmed" maw={720}>
              {detail.about}
            </Text>
          )}
        </div>
        <Group gap="xs">
          <QueryButton table={name} queryName={name} />
          {detail.sourceId === null ? null : (
            <Button
              component={Link}
              href={`/sources/${encodeURIComponent(detail.sourceId)}`}
              size="xs"
              variant="default"
              rightSection={<IconArrowRight size={14} aria-hidden />}
            >
              Its source
            </Button>
          )}
        </Group>
      </Group>
      {detail.freshness === null ? null : <StaleNotes freshness={[detail.freshness]} />}
      {detail.schema === VIEWS ? <View detail={detail} /> : <Facts detail={detail} more={synced(detail)} />}
      {detail.keptColumns === null ? null : (
        <Alert color="blue" title="Before storage" p="sm">
          {detail.keptColumns}
        </Alert>
      )}
      <ColumnList columns={detail.columns} rows={detail.rows} sampled={detail.sampled} />
      {detail.schema === VIEWS ? null : (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Sizes sizes={detail.sizes} name={name} />
          <RunList runs={detail.runs} sourceId={detail.sourceId} />
        </SimpleGrid>
      )}
    </Stack>
  );
}

/** No run fills a view: where its rows are kept, the saved query's schedule does. */
function View({ detail }: { readonly detail: TableDetail }) {
  const saved = useSavedQueries();
  const query = saved.data?.find(({ viewName }) => viewName?.toLowerCase() === detail.name.toLowerCase());
  if (query === undefined) return <Facts detail={detail} more={[]} />;
  const { materialise, materialisedAt, materialiseError } = query;
  const more: readonly FactWords[] =
    materialise === null
      ? [["Computed", "each time it is asked"]]
      : [
          ["Computed", <When key="when" at={materialisedAt} never="not yet" />],
          ["How often", scheduleText(materialise)],
        ];
  return (
    <>
      <Facts
        detail={detail}
        more={[
          ...more,
          [
            "Saved query",
            <Anchor key="query" component={Link} href={`/sql?query=${encodeURIComponent(query.id)}`} inherit>
              {query.name}
            </Anchor>,
          ],
        ]}
      />
      {materialiseError === null ? null : (
        <Alert color="red" title="It could not be computed the last time; the rows before are still there" p="sm">
          {materialiseError}
        </Alert>
      )}
    </>
  );
}

type FactWords = readonly [term: string, fact: ReactNode];

const synced = ({ lastSyncedAt }: TableDetail): readonly FactWords[] => [
  ["Last synced", <When key="when" at={lastSyncedAt} never="never" />],
];

interface FactsProps {
  readonly detail: TableDetail;
  readonly more: readonly FactWords[];
}

function Facts({ detail: { rows, columns, mode, kind }, more }: FactsProps) {
  const facts: readonly FactWords[] = [
    ["Rows", rows === null ? "unknown" : count(rows)],
    ["Columns", count(columns.length)],
    ["Kind", mode === null ? kind : `${kind}, ${MODES[mode].label.toLowerCase()}`],
    ...more,
  ];
  return (
    <Group gap="xl" component="dl" m={0}>
      {facts.map(([term, fact]) => (
        <div key={term}>
          <Text component="dt" size="xs" c="dimmed">
            {term}
          </Text>
          <Text component="dd" m={0} fw={600}>
            {fact}
          </Text>
        </div>
      ))}
    </Group>
  );
}

function Sizes({ sizes, name }: { readonly sizes: TableDetail["sizes"]; readonly name: string }) {
  const option = useMemo(
    () => ({
      useUTC: false,
      grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis" },
      xAxis: { type: "time" },
      yAxis: { type: "value", scale: true },
      series: [
        {
          name: "Rows",
          type: "line",
          step: "end",
          data: sizes.map(({ at, rows }) => [at, rows]),
          showSymbol: sizes.length < 30,
          areaStyle: { opacity: 0.15 },
        },
      ],
    }),
    [sizes],
  );
  return (
    <section aria-label="Rows over time">
      <Title order={2} size="h4" mb="xs">
        Rows over time
      </Title>
      {sizes.length === 0 ? (
        <Text c="dimmed">Known after the first run.</Text>
      ) : (
        <Chart option={option} label={`Rows of ${name} over time`} height={240} />
      )}
    </section>
  );
}
