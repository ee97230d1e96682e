/** The facts of a source, as the table and the cards show them. */
import { Anchor, Group, List, Stack, Text, Tooltip } from "@mantine/core";
import { Link } from "wouter";
import { When } from "../../parts/when.tsx";
import { StatusTag, type Status } from "../../parts/status.tsx";
import type { Source } from "../../parts/words.ts";
import { statusOf } from "../../parts/table-status.ts";

const ORDER: readonly Status[] = [
  "failed",
  "held",
  "paused",
  "stale",
  "cancelled",
  "running",
  "queued",
  "waiting",
  "skipped",
  "completed",
];

export function Name({ source }: { readonly source: Source }) {
  return (
    <Stack gap={0}>
      <Anchor component={Link} href={`/sources/${source.id}`} fw={600} size="sm">
        {source.name}
      </Anchor>
      <Text size="xs" c="dimmed" lineClamp={2}>
        {source.description === "" ? hostOf(source.origin) : source.description}
      </Text>
    </Stack>
  );
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : origin;
}

/** One tag per status with the number of its tables; which ones, in the tooltip. */
export function Statuses({ source }: { readonly source: Source }) {
  const enabled = source.tables.filter((table) => table.enabled);
  if (source.paused !== null) return <StatusTag status="paused" />;
  if (enabled.length === 0) return <StatusTag status="off" />;
  return (
    <Group gap={4}>
      {ORDER.map((status) => {
        const tables = enabled.filter((table) => statusOf(table) === status).map(({ table }) => table);
        return tables.length === 0 ? null : <Tables key={status} status={status} tables={tables} />;
      })}
    </Group>
  );
}

function Tables({ status, tables }: { readonly status: Status; readonly tables: readonly string[] }) {
  return (
    <Tooltip
      multiline
      maw={320}
      withinPortal
      events={{ hover: true, focus: true, touch: true }}
      label={
        <List size="xs" listStyleType="none">
          {tables.map((table) => (
            <List.Item key={table}>{table}</List.Item>
          ))}
        </List>
      }
    >
      <span tabIndex={0} role="note" aria-label={`${tables.length} ${status}: ${tables.join(", ")}`}>
        <StatusTag status={status} count={tables.length} />
      </span>
    </Tooltip>
  );
}

/** While the first import runs, “Never” would sound as if nothing came. */
export function LastRun({ source }: { readonly source: Source }) {
  const isFirst = source.lastCompletedAt === null && source.currentRun !== null;
  return <When at={source.lastCompletedAt} never={isFirst ? "running" : "Never"} />;
}

export function Next({ source }: { readonly source: Source }) {
  if (source.currentRun !== null) return "now";
  if (source.paused !== null)
    return (
      <Text span size="sm" c="dimmed">
        when resumed
      </Text>
    );
  return <When at={source.nextRunAt} never="Not scheduled" />;
}
