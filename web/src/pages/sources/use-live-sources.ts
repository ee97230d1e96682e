/** Sources as their runs have them now: a source's own row is written when its run ends, and a first import may take hours. */
import { useQueries } from "@tanstack/react-query";
import { call } from "../../api.ts";
import { keyOf } from "../../parts/ask.ts";
import { withLive } from "../../parts/with-live.ts";
import type { Run, Source } from "../../parts/words.ts";

const LOOK_MS = 2000;

export function useLiveSources(sources: readonly Source[]): readonly Source[] {
  const ids = sources.flatMap(({ currentRun }) => currentRun ?? []);
  const runs = useQueries({
    queries: ids.map((id) => ({
      queryKey: keyOf("get /api/runs/{id}", { params: { id } }),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => call("get /api/runs/{id}", { params: { id } }, signal),
      refetchInterval: LOOK_MS,
    })),
  });
  return sources.map((source) => {
    const run = runs.find(({ data }) => data?.id === source.currentRun)?.data;
    return run === undefined ? source : asOf(source, run);
  });
}

function asOf(source: Source, run: Run): Source {
  const tables = source.tables.map((table) => withLive(table, run.tables));
  return { ...source, tables, rowsStored: tables.reduce((sum, { rowsStored }) => sum + rowsStored, 0) };
}
