/** The last runs of a table: what came of them and what they changed. */
import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { count, dateTime, duration, relative } from "../../parts/format.ts";
import { StatusTag } from "../../parts/status.tsx";
import type { TableDetail } from "./page.tsx";

type TableRun = TableDetail["runs"][number];

export function RunList({ runs, sourceId }: { readonly runs: readonly TableRun[]; readonly sourceId: string | null }) {
  return (
    <section aria-label="Last runs">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Last runs
        </Title>
        {sourceId === null ? null : (
          <Anchor component={Link} href={`/sources/${encodeURIComponent(sourceId)}/runs`} size="sm">
            All runs
          </Anchor>
        )}
      </Group>
      {runs.length === 0 ? <Text c="dimmed">None yet.</Text> : null}
      <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {runs.map((run) => (
          <Line key={run.id} run={run} />
        ))}
      </Stack>
    </section>
  );
}

function Line({ run: { status, at, duration_ms, inserted, updated, deleted } }: { readonly run: TableRun }) {
  const changes = [
    [inserted, "inserted"],
    [updated, "updated"],
    [deleted, "deleted"],
  ] as const;
  const moved = changes.filter(([many]) => many > 0).map(([many, word]) => `${count(many)} ${word}`);
  return (
    <Group component="li" gap="sm" wrap="wrap">
      <StatusTag status={status} />
      <Text size="sm" title={dateTime(at)} w={80}>
        {relative(at)}
      </Text>
      <Text size="sm" c="dimmed">
        {moved.length === 0 ? "nothing changed" : moved.join(", ")}
        {duration_ms === null ? "" : `, ${duration(duration_ms / 1000)}`}
      </Text>
    </Group>
  );
}
