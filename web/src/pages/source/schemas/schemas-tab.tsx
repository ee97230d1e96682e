/** The tables of a source: how each stands, and what can be done to it or to several at once. */
import { Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAsk } from "../../../parts/ask.ts";
import { useNarrow } from "../../../parts/narrow.ts";
import { Empty } from "../../../parts/state.tsx";
import { withLive } from "../../../parts/with-live.ts";
import type { Source, SourceTable } from "../../../parts/words.ts";
import { useMay } from "../../../shell/may.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { Dialogs, type Asking } from "./dialogs.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { arrange, NO_FILTER, type Sort } from "./order.ts";
import { SchemaCard } from "./schema-card.tsx";
import { SchemaTable } from "./schema-table.tsx";
import { SourceActions } from "./source-actions.tsx";

const LOOK_MS = 2000;

export function SchemasTab({ source }: { readonly source: Source }) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [sort, setSort] = useState<Sort>({ key: null, falling: false });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState<Asking | null>(null);
  const mayEdit = useMay("editor");
  const narrow = useNarrow();
  const run = useAsk(
    "get /api/runs/{id}",
    { params: { id: source.currentRun ?? "" } },
    { enabled: source.currentRun !== null, every_ms: LOOK_MS },
  );
  const live = source.currentRun === null ? [] : (run.data?.tables ?? []);
  const tables = source.tables.map((table) => withLive(table, live));
  const shown = arrange(tables, filter, sort);
  const selected = shown.filter(({ table }) => chosen.includes(table));
  const choose = (some: readonly SourceTable[], on: boolean) =>
    setChosen((before) => [
      ...before.filter((name) => !some.some(({ table }) => table === name)),
      ...(on ? some.map(({ table }) => table) : []),
    ]);
  const common = { source, live, chosen, choose, ask: setAsking };
  return (
    <Stack gap="sm">
      <SourceActions source={source} />
      <FilterBar tables={tables} filter={filter} onChange={setFilter} />
      {mayEdit && selected.length > 0 ? (
        <BulkBar source={source} selected={selected} ask={setAsking} onClear={() => setChosen([])} />
      ) : null}
      {shown.length === 0 ? (
        <Empty title="No table matches">Change the search or the filters.</Empty>
      ) : narrow ? (
        shown.map((table) => <SchemaCard key={table.table} {...common} table={table} />)
      ) : (
        <SchemaTable {...common} tables={shown} sort={sort} onSort={setSort} />
      )}
      <Text size="xs" c="dimmed">
        {shown.length} of {source.tables.length} tables
      </Text>
      {asking === null ? null : <Dialogs source={source} asking={asking} onClose={() => setAsking(null)} />}
    </Stack>
  );
}
