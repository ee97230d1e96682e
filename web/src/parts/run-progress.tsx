/** A run as it happens: one bar per table, the share of Okta's rate limit in use, and the way out. */
import { Button, Card, Group, Progress, Stack, Text } from "@mantine/core";
import { IconPlayerStop } from "@tabler/icons-react";
import { useMay } from "../shell/may.ts";
import { useAsk, useDo } from "./ask.ts";
import { FailureText } from "./failure-text.tsx";
import { count, countShort, duration, percent } from "./format.ts";
import { QueryButton } from "./query-link.tsx";
import { Asked } from "./state.tsx";
import { StatusTag } from "./status.tsx";
import type { Run, RunTable, Source } from "./words.ts";

export const isLive = ({ status }: { readonly status: Run["status"] }): boolean =>
  status === "queued" || status === "running";
const LOOK_MS = 2000;

export function RunProgress({ runId, source }: { readonly runId: string; readonly source: Source }) {
  const run = useAsk("get /api/runs/{id}", { params: { id: runId } }, { every_ms: LOOK_MS });
  return (
    <Asked query={run} what="the run">
      {(found) => (
        <Stack gap="sm">
          <Head run={found} />
          {found.failure === null ? null : <FailureText failure={found.failure} />}
          {inOrder(found.tables, source).map((table) => (
            <TableProgress key={table.table} table={table} queryName={queryNameOf(source, table.table)} />
          ))}
        </Stack>
      )}
    </Asked>
  );
}

/** As the source lists them: runs know no order. */
function inOrder(tables: readonly RunTable[], source: Source): readonly RunTable[] {
  const place = new Map(source.tables.map(({ table }, index) => [table, index]));
  return tables.toSorted((one, other) => (place.get(one.table) ?? 0) - (place.get(other.table) ?? 0));
}

const queryNameOf = (source: Source, table: string): string =>
  source.tables.find((each) => each.table === table)?.queryName ?? `${source.prefix}.${table}`;

function Head({ run }: { readonly run: Run }) {
  const cancel = useDo("post /api/runs/{id}/cancel", "It stops at the next batch; what was read is kept.");
  const mayEdit = useMay("editor");
  const done = run.tables.filter(({ status }) => status !== "queued" && status !== "running").length;
  const read = run.tables.reduce((sum, table) => sum + table.read, 0);
  return (
    <Group justify="space-between" gap="xs">
      <Group gap="sm" role="status">
        <StatusTag status={run.status} />
        <Text size="sm">
          {done} of {run.tables.length} tables · {count(read)} rows read · {count(run.requests)} requests
        </Text>
        {run.shareInUse === null ? null : (
          <Text size="sm" c="dimmed">
            {percent(run.shareInUse)} of Okta's rate limit in use
          </Text>
        )}
      </Group>
      {isLive(run) && mayEdit ? (
        <Button
          size="xs"
          variant="light"
          color="red"
          leftSection={<IconPlayerStop size={14} aria-hidden />}
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ params: { id: run.id } })}
        >
          Cancel
        </Button>
      ) : null}
    </Group>
  );
}

function TableProgress({ table, queryName }: { readonly table: RunTable; readonly queryName: string }) {
  const finished = table.status === "completed" || table.status === "skipped";
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" gap="xs" mih={30}>
        <Group gap="sm">
          <Text fw={600} size="sm">
            {table.table}
          </Text>
          <StatusTag status={table.status} />
        </Group>
        {finished ? <QueryButton table={table.table} queryName={queryName} /> : null}
      </Group>
      <Bar table={table} />
      <Text size="xs" c="dimmed" mt={4}>
        {wordsOf(table)}
      </Text>
      {table.failure === null ? null : <FailureText failure={table.failure} />}
    </Card>
  );
}

const COLORS: Readonly<Partial<Record<RunTable["status"], string>>> = {
  completed: "green",
  failed: "red",
  held: "orange",
  cancelled: "gray",
};

export function Bar({ table }: { readonly table: RunTable }) {
  const running = table.status === "running";
  const share = table.status === "completed" || table.status === "skipped" ? 1 : table.fraction;
  // Where Okta does not tell how much there is, the bar moves without promising an end.
  const unknown = running && share === null;
  return (
    <Progress.Root size="sm" mt={6}>
      <Progress.Section
        value={unknown ? 100 : Math.round((share ?? 0) * 100)}
        animated={running}
        striped={unknown}
        // Without a value the role says by itself that the end is unknown.
        {...(unknown ? { role: "progressbar", withAria: false } : {})}
        color={COLORS[table.status] ?? "blue"}
        aria-label={`Progress of ${table.table}`}
      />
    </Progress.Root>
  );
}

/** What the engine calls its phases, for people. */
const PHASES: Readonly<Record<string, string>> = {
  preparing: "preparing",
  backfill: "first reading",
  increment: "reading what changed",
  poll: "reading what is new",
  "complete reading": "reading everything",
  "catch-up": "catching up with what changed meanwhile",
  "second look": "making sure of what is gone",
  switch: "switching to the new rows",
};

export function wordsOf(table: RunTable): string {
  const parts = [`${count(table.read)} rows read`];
  if (table.status === "running") {
    if (table.fraction !== null) parts.push(percent(table.fraction));
    if (table.rowsPerSecond !== null && table.rowsPerSecond >= 1)
      parts.push(`${countShort(table.rowsPerSecond)} rows/s`);
    if (table.eta_s !== null) parts.push(`about ${duration(table.eta_s)} left`);
    if (table.phase !== null) parts.push(PHASES[table.phase] ?? table.phase);
    return parts.join(" · ");
  }
  if (table.status === "queued") return "Waiting for its turn";
  parts.push(`${count(table.inserted)} new`, `${count(table.updated)} changed`);
  if (table.deleted > 0) parts.push(`${count(table.deleted)} deleted`);
  if (table.startedAt !== null && table.finishedAt !== null)
    parts.push(duration((Date.parse(table.finishedAt) - Date.parse(table.startedAt)) / 1000));
  return parts.join(" · ");
}
