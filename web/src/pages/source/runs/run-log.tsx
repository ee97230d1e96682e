/** What a run said, by level and table; live while it runs. */
import { Badge, Code, Group, NativeSelect, ScrollArea, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAsk } from "../../../parts/ask.ts";
import { Asked } from "../../../parts/state.tsx";
import type { Run, RunLine } from "../../../parts/words.ts";

const COLORS: Readonly<Record<RunLine["level"], string>> = { info: "gray", warn: "yellow", error: "red" };
const LEVELS = [
  { value: "", label: "All" },
  { value: "info", label: "Info" },
  { value: "warn", label: "Warnings" },
  { value: "error", label: "Errors" },
];
const MOST_HEIGHT = 360;

export function RunLog({ run, shownTable }: { readonly run: Run; readonly shownTable: string }) {
  const [level, setLevel] = useState("");
  const [table, setTable] = useState(shownTable);
  const lines = useAsk("get /api/runs/{id}/log", {
    params: { id: run.id },
    query: {
      ...(level === "" ? {} : { level: level as RunLine["level"] }),
      ...(table === "" ? {} : { table }),
    },
  });
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Text fw={600} size="sm">
          Log
        </Text>
        <SegmentedControl size="xs" aria-label="Level" data={LEVELS} value={level} onChange={setLevel} />
        <NativeSelect
          size="xs"
          aria-label="Log of which table"
          value={table}
          data={[{ value: "", label: "Any table" }, ...run.tables.map((each) => each.table)]}
          onChange={({ currentTarget }) => setTable(currentTarget.value)}
        />
      </Group>
      <Asked query={lines} what="the log">
        {(all) =>
          all.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing was said.
            </Text>
          ) : (
            <ScrollArea.Autosize
              mah={MOST_HEIGHT}
              type="auto"
              viewportProps={{ tabIndex: 0, role: "log", "aria-label": "Log of the run" }}
            >
              <Stack gap={2}>
                {all.map((line) => (
                  <Line key={line.id} line={line} />
                ))}
              </Stack>
            </ScrollArea.Autosize>
          )
        }
      </Asked>
    </Stack>
  );
}

function Line({ line }: { readonly line: RunLine }) {
  return (
    <Group gap="xs" align="baseline" wrap="nowrap">
      <Text span size="xs" ff="monospace" c="dimmed" style={{ flexShrink: 0 }}>
        <time dateTime={line.at} title={line.at}>
          {new Date(line.at).toLocaleTimeString("en-GB")}
        </time>
      </Text>
      <Badge size="xs" variant="light" color={COLORS[line.level]} tt="none" style={{ flexShrink: 0 }}>
        {line.level}
      </Badge>
      <Text span size="xs" style={{ overflowWrap: "anywhere" }}>
        {line.table === null ? null : <b>{line.table} </b>}
        {line.message} {line.level === "info" ? null : <Code fz="xs">{line.code}</Code>}
      </Text>
    </Group>
  );
}
