/** The history of a source's runs, the latest first; older ones on request. */
import { Button, Group, NativeSelect, Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "wouter";
import { call } from "../../../api.ts";
import { Empty, Failed, Loading } from "../../../parts/state.tsx";
import type { Run, Source } from "../../../parts/words.ts";
import { RunEntry } from "./run-entry.tsx";

const PAGE = 25;
const STATUSES = ["queued", "running", "completed", "partial", "failed", "held", "cancelled"] as const;
const STATUS_OPTIONS = [
  { value: "", label: "Any status" },
  ...STATUSES.map((status) => ({ value: status, label: status.replace(/^./, (first) => first.toUpperCase()) })),
];

export function RunsTab({ source }: { readonly source: Source }) {
  const [search, setSearch] = useSearchParams();
  const table = search.get("table") ?? "";
  const status = STATUSES.find((each) => each === search.get("status"));
  const set = (name: string, value: string) =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (value === "") next.delete(name);
      else next.set(name, value);
      return next;
    });
  return (
    <Stack gap="md">
      <Group gap="sm">
        <NativeSelect
          aria-label="Runs of which table"
          value={table}
          data={[{ value: "", label: "Any table" }, ...source.tables.map((each) => each.table)]}
          onChange={({ currentTarget }) => set("table", currentTarget.value)}
        />
        <NativeSelect
          aria-label="Runs with which status"
          value={status ?? ""}
          data={STATUS_OPTIONS}
          onChange={({ currentTarget }) => set("status", currentTarget.value)}
        />
      </Group>
      <History source={source} table={table} status={status} />
    </Stack>
  );
}

function History(props: {
  readonly source: Source;
  readonly table: string;
  readonly status: Run["status"] | undefined;
}) {
  const { source, table, status } = props;
  const runs = useInfiniteQuery({
    // Its own key: live events patch single runs and have this list asked again.
    queryKey: ["get /api/runs", { history: source.id, table, status }],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      call(
        "get /api/runs",
        {
          query: {
            source: source.id,
            limit: PAGE,
            ...(table === "" ? {} : { table }),
            ...(status === undefined ? {} : { status }),
            ...(pageParam === "" ? {} : { before: pageParam }),
          },
        },
        signal,
      ),
    getNextPageParam: ({ runs: page, more }) => (more ? page.at(-1)?.id : undefined),
  });
  if (runs.isError && runs.data === undefined) return <Failed error={runs.error} again={() => void runs.refetch()} />;
  if (runs.data === undefined) return <Loading what="the runs" />;
  const all = runs.data.pages.flatMap((page) => page.runs);
  if (all.length === 0)
    return (
      <Empty title="No such runs">
        {table === "" && status === undefined ? "The first one is still to begin." : "Choose another table or status."}
      </Empty>
    );
  return (
    <Stack gap="xs">
      {all.map((run) => (
        <RunEntry key={run.id} run={run} shownTable={table} />
      ))}
      {runs.hasNextPage ? (
        <Button variant="default" loading={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
          Load older runs
        </Button>
      ) : null}
    </Stack>
  );
}
