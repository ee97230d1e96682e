/** What the rows and the cards say of a table. */
import { Anchor, Code, Group, Stack, Switch, Text, Tooltip } from "@mantine/core";
import { Link } from "wouter";
import { useDo } from "../../../parts/ask.ts";
import { count } from "../../../parts/format.ts";
import { aboutMode, MODES, scheduleText } from "../../../parts/frequency.ts";
import { Bar, wordsOf } from "../../../parts/run-progress.tsx";
import { StatusTag } from "../../../parts/status.tsx";
import { statusOf } from "../../../parts/table-status.ts";
import { When } from "../../../parts/when.tsx";
import type { RunTable, Source, SourceTable } from "../../../parts/words.ts";
import { useMay } from "../../../shell/may.ts";
import type { Asking } from "./dialogs.tsx";

export interface TableProps {
  readonly source: Source;
  readonly table: SourceTable;
  readonly live: readonly RunTable[];
  readonly chosen: readonly string[];
  readonly choose: (tables: readonly SourceTable[], on: boolean) => void;
  readonly ask: (asking: Asking) => void;
}

export function Name({ table }: Pick<TableProps, "table">) {
  const [schema = "", name = table.table] = table.queryName.replaceAll('"', "").split(".");
  return (
    <Stack gap={0}>
      <Anchor
        component={Link}
        href={`/tables/${encodeURIComponent(schema)}/${encodeURIComponent(name)}`}
        size="sm"
        fw={600}
        title={table.about}
      >
        {table.table}
      </Anchor>
      <Code fz="xs" bg="transparent" p={0}>
        {table.queryName}
      </Code>
    </Stack>
  );
}

/** The tag leads to the runs of this table; why it failed or is stale stands below, not in a tooltip alone. */
export function StatusCell({ source, table, live }: Pick<TableProps, "source" | "table" | "live">) {
  const now = live.find(
    (each) => each.table === table.table && (each.status === "running" || each.status === "queued"),
  );
  const status = statusOf(table);
  return (
    <Stack gap={2}>
      <Group gap={4}>
        <Link
          href={`/sources/${source.id}/runs?table=${encodeURIComponent(table.table)}`}
          title={`Runs of ${table.table}`}
        >
          <StatusTag status={status} />
        </Link>
        {table.stale && status !== "stale" && table.enabled ? <StatusTag status="stale" /> : null}
      </Group>
      {now?.status === "running" ? (
        <>
          <Bar table={now} />
          <Text size="xs" c="dimmed">
            {wordsOf(now)}
          </Text>
        </>
      ) : (
        <Trouble table={table} />
      )}
    </Stack>
  );
}

function Trouble({ table }: Pick<TableProps, "table">) {
  const { failure, retryAt, stale, enabled } = table;
  if (!enabled) return null;
  if (failure === null)
    return stale ? (
      <Text size="xs" c="dimmed">
        No successful run within twice its interval.
      </Text>
    ) : null;
  return (
    <Tooltip label={failure.fix} multiline maw={320} withinPortal>
      <Text size="xs" lineClamp={3} tabIndex={0}>
        {failure.message}
        {retryAt === null ? null : (
          <>
            {" "}
            Next try <When at={retryAt} never="" />.
          </>
        )}
      </Text>
    </Tooltip>
  );
}

export function Method({ table }: Pick<TableProps, "table">) {
  return (
    <Text size="sm" title={aboutMode(table.mode, table.modes)}>
      {MODES[table.mode].label}
    </Text>
  );
}

export function Frequency({ table }: Pick<TableProps, "table">) {
  return (
    <Stack gap={0}>
      <Text size="sm">{scheduleText(table.schedule)}</Text>
      {table.enabled && table.nextRunAt !== null ? (
        <Text size="xs" c="dimmed" component="div">
          next <When at={table.nextRunAt} never="" />
        </Text>
      ) : null}
    </Stack>
  );
}

export function Stored({ table }: Pick<TableProps, "table">) {
  return <span title="Rows in the warehouse now">{count(table.rowsStored)}</span>;
}

export function Moved({ table }: Pick<TableProps, "table">) {
  return <span title="Inserted, updated and deleted in the last run">{count(table.rowsMoved)}</span>;
}

export function EnabledSwitch({ source, table }: Pick<TableProps, "source" | "table">) {
  const change = useDo(
    "patch /api/sources/{id}/tables",
    table.enabled ? `${table.table} is off. Its data stays.` : `${table.table} is on: it runs by its schedule.`,
  );
  // A switch that cannot be used looks off even when it is on.
  if (!useMay("editor")) return <Text size="sm">{table.enabled ? "On" : "Off"}</Text>;
  return (
    <Switch
      aria-label={`Sync ${table.table}`}
      checked={table.enabled}
      disabled={change.isPending}
      onChange={({ currentTarget }) =>
        change.mutate({
          params: { id: source.id },
          body: { changes: [{ table: table.table, enabled: currentTarget.checked }] },
        })
      }
    />
  );
}
