/** One stream of what happens now keeps every page current; while it is broken, the pages ask again every few seconds. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { LiveEvent, Run, RunLine } from "./parts/words.ts";

const POLL_MS = 5000;
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000] as const;
/** Sources are asked again at most this often, however fast runs report. */
const CALM_MS = 1000;
const MOST_LINES = 2000;
const LIVE = [
  "get /api/sources",
  "get /api/sources/{id}",
  "get /api/runs",
  "get /api/runs/{id}",
  "get /api/runs/{id}/log",
];

/** Call once, where the page is. True while the stream is up. */
export function useLive(): boolean {
  const queries = useQueryClient();
  const [connected, setConnected] = useState(false);
  useEffect(() => follow(queries, setConnected), [queries]);
  useEffect(() => {
    if (connected) return;
    const timer = setInterval(() => void askAgain(queries), POLL_MS);
    return () => clearInterval(timer);
  }, [connected, queries]);
  return connected;
}

function askAgain(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ predicate: ({ queryKey }) => LIVE.includes(String(queryKey[0])) });
}

function askFailed(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ predicate: ({ state }) => state.status === "error" });
}

function follow(queries: QueryClient, tell: (connected: boolean) => void): () => void {
  const sources = calm(queries);
  let stream: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  const open = () => {
    // A browser has six connections to a server without TLS, for all its tabs: those that nobody looks at give theirs back.
    if (document.hidden) return;
    stream = new EventSource("/api/events");
    stream.addEventListener("open", () => {
      // What happened while nobody listened is asked for once; so is what failed meanwhile, most likely because the server was away.
      if (tries > 0) void Promise.all([askAgain(queries), askFailed(queries)]);
      tries = 0;
      tell(true);
    });
    stream.addEventListener("error", () => {
      tell(false);
      stream?.close();
      retry = setTimeout(open, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
    });
    for (const type of ["run", "source", "line"])
      stream.addEventListener(type, (event: MessageEvent<string>) => take(queries, sources.stir, event.data));
  };
  const turn = () => {
    clearTimeout(retry);
    stream?.close();
    tries = 1;
    open();
  };
  document.addEventListener("visibilitychange", turn);
  open();
  return () => {
    document.removeEventListener("visibilitychange", turn);
    clearTimeout(retry);
    sources.end();
    stream?.close();
  };
}

function take(queries: QueryClient, stir: () => void, data: string): void {
  const event = JSON.parse(data) as LiveEvent;
  if (event.type === "run") takeRun(queries, event.run);
  if (event.type === "line") takeLine(queries, event.runId, event.line);
  if (event.type !== "line") stir();
}

interface Listed {
  readonly runs: readonly Run[];
  readonly more: boolean;
}
type Lists = Listed | { readonly pages: readonly Listed[]; readonly pageParams: unknown };

function takeRun(queries: QueryClient, run: Run): void {
  const key = ["get /api/runs/{id}", { params: { id: run.id } }];
  let known = queries.getQueryData(key) !== undefined;
  queries.setQueryData(key, run);
  queries.setQueriesData<Lists>({ queryKey: ["get /api/runs"] }, (old) => {
    if (old === undefined) return old;
    const lists: readonly Listed[] = "pages" in old ? old.pages : [old];
    if (!lists.some(({ runs }) => runs.some(({ id }) => id === run.id))) return old;
    known = true;
    return "pages" in old ? { ...old, pages: old.pages.map((list) => withRun(list, run)) } : withRun(old, run);
  });
  // A run seen for the first time belongs into lists that only the server can order and filter.
  if (!known) void queries.invalidateQueries({ queryKey: ["get /api/runs"] });
}

const withRun = (list: Listed, run: Run): Listed => ({
  ...list,
  runs: list.runs.map((each) => (each.id === run.id ? run : each)),
});

interface LogKey {
  readonly params: { readonly id: string };
  readonly query?: { readonly table?: string; readonly level?: RunLine["level"] };
}

function takeLine(queries: QueryClient, runId: string, line: RunLine): void {
  for (const { queryKey } of queries.getQueryCache().findAll({ queryKey: ["get /api/runs/{id}/log"] })) {
    const { params, query = {} } = queryKey[1] as LogKey;
    if (params.id !== runId) continue;
    if (query.table !== undefined && query.table !== line.table) continue;
    if (query.level !== undefined && line.level !== query.level) continue;
    queries.setQueryData<RunLine[]>(queryKey, (old) =>
      old === undefined || old.some(({ id }) => id === line.id) ? old : [...old, line].slice(-MOST_LINES),
    );
  }
}

/** Many events, one question: sources are asked again at most once per CALM_MS. */
function calm(queries: QueryClient): { readonly stir: () => void; readonly end: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () => {
    timer = undefined;
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => /^get \/api\/sources(?:\/\{id\})?$/.test(String(queryKey[0])),
    });
  };
  return { stir: () => (timer ??= setTimeout(ask, CALM_MS)), end: () => clearTimeout(timer) };
}
