/** One run: a line that says what came of it; opened, the figures per table and what it said. */
import { Button, Card, Collapse, Group, SimpleGrid, Stack, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight, IconPlayerStop } from "@tabler/icons-react";
import { useDo } from "../../../parts/ask.ts";
import { FailureText } from "../../../parts/failure-text.tsx";
import { count, duration } from "../../../parts/format.ts";
import { isLive } from "../../../parts/run-progress.tsx";
import { StatusTag } from "../../../parts/status.tsx";
import { When } from "../../../parts/when.tsx";
import type { Run } from "../../../parts/words.ts";
import { useMay } from "../../../shell/may.ts";
import { RunLog } from "./run-log.tsx";
import { RunTables } from "./run-tables.tsx";

const CAUSES: Readonly<Record<Run["cause"], string>> = {
  import: "First import",
  schedule: "By schedule",
  person: "By hand",
  retry: "Another try",
  resumed: "Resumed",
};

export function RunEntry({ run, shownTable }: { readonly run: Run; readonly shownTable: string }) {
  const [opened, { toggle }] = useDisclosure(false);
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
        <UnstyledButton onClick={toggle} aria-expanded={opened} flex={1} miw={0}>
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <Chevron size={18} aria-hidden />
            <Stack gap={4} flex={1} miw={0}>
              <Headline run={run} />
              <Figures run={run} />
            </Stack>
          </Group>
        </UnstyledButton>
        <Cancel run={run} />
      </Group>
      {run.failure === null ? null : <FailureText failure={run.failure} />}
      <Collapse expanded={opened}>
        {opened ? (
          <Stack gap="md" mt="md">
            <RunTables tables={run.tables} />
            <RunLog run={run} shownTable={shownTable} />
          </Stack>
        ) : null}
      </Collapse>
    </Card>
  );
}

function Headline({ run }: { readonly run: Run }) {
  return (
    <Group gap="sm">
      <StatusTag status={run.status} />
      <Text size="sm" fw={500} component="div">
        <When at={run.startedAt ?? run.requestedAt} never="" />
      </Text>
      <Text size="sm" c="dimmed">
        {CAUSES[run.cause]}
        {run.requestedBy === null ? "" : `, ${run.requestedBy}`} · {tookOf(run)} · {tablesOf(run)}
      </Text>
    </Group>
  );
}

function tookOf({ startedAt, finishedAt }: Run): string {
  if (startedAt === null) return "not begun";
  const until_ms = finishedAt === null ? Date.now() : Date.parse(finishedAt);
  const took = duration((until_ms - Date.parse(startedAt)) / 1000);
  return finishedAt === null ? `for ${took}` : took;
}

function tablesOf({ tables }: Run): string {
  const [only] = tables;
  if (tables.length === 1 && only !== undefined) return only.table;
  return `${tables.length} tables`;
}

const SUMS = ["read", "inserted", "updated", "unchanged", "deleted", "rejected"] as const;

function Figures({ run }: { readonly run: Run }) {
  const figures: readonly (readonly [string, number])[] = [
    ...SUMS.map((name) => [name, run.tables.reduce((sum, table) => sum + table[name], 0)] as const),
    ["requests", run.requests],
    ["429s", run.rateLimited],
  ];
  return (
    <SimpleGrid cols={{ base: 4, sm: 8 }} spacing="xs" verticalSpacing={2}>
      {figures.map(([name, value]) => (
        <Text key={name} size="xs" {...(value === 0 ? { c: "dimmed" } : {})} component="span">
          <Text span size="xs" c="dimmed" display="block">
            {name}
          </Text>
          {count(value)}
        </Text>
      ))}
    </SimpleGrid>
  );
}

function Cancel({ run }: { readonly run: Run }) {
  const cancel = useDo("post /api/runs/{id}/cancel", "It stops at the next batch; what was read is kept.");
  const mayEdit = useMay("editor");
  if (!isLive(run) || !mayEdit) return null;
  return (
    <Button
      size="xs"
      color="red"
      variant="light"
      leftSection={<IconPlayerStop size={14} aria-hidden />}
      loading={cancel.isPending}
      onClick={() => cancel.mutate({ params: { id: run.id } })}
    >
      Cancel
    </Button>
  );
}
