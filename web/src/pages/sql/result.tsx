/** What a query answered: how it went, the rows or a chart of them, and the ways to take it away. */
import { Alert, Group, Loader, SegmentedControl, Stack, Text } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import type { Chart } from "../../../../src/api/contract/queries.ts";
import { count } from "../../parts/format.ts";
import { Grid } from "../../parts/grid.tsx";
import { Failed } from "../../parts/state.tsx";
import { suggested, suggestedChart } from "../../query/drawing.ts";
import { ResultChart } from "../../query/result-chart.tsx";
import type { Table } from "../../query/result.ts";
import { StaleNotes } from "../../query/stale-notes.tsx";
import type { Answer } from "../../query/use-answer.ts";
import { ChartWords } from "./chart-words.tsx";
import { MOST_ROWS } from "./run-button.tsx";
import { TakeAway } from "./take-away.tsx";

interface ResultProps {
  readonly answer: Answer;
  /** Which of several statements, where that needs saying. */
  readonly which: string;
  readonly name: string;
  /** What was chosen; null: what the result suggests. */
  readonly chart: Chart | null;
  readonly onChart: (chart: Chart | null) => void;
}

export function Result(props: ResultProps) {
  const { answer } = props;
  if (answer.state === "idle") {
    return (
      <Text c="dimmed" size="sm">
        Press Run, or Ctrl and Enter (⌘ and Enter on a Mac). With text selected, only that is run.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      {answer.state === "running" ? <Running answer={answer} /> : null}
      {answer.state === "failed" ? <Failed error={answer.error} /> : null}
      {answer.state === "stopped" ? (
        <Alert color="gray" title="Stopped" p="xs" role="status">
          {answer.table === null ? "Nothing had arrived." : "What had arrived until then is shown."}
        </Alert>
      ) : null}
      {answer.end === null ? null : <StaleNotes freshness={answer.end.freshness} />}
      {answer.table === null ? null : <Arrived {...props} table={answer.table} />}
    </Stack>
  );
}

function Arrived({ answer, which, name, chart, onChart, table }: ResultProps & { readonly table: Table }) {
  const words = useMemo(() => chart ?? suggested(table), [chart, table]);
  const asChart = chart !== null && chart.kind !== "table";
  const show = (view: string) => onChart(view === "table" ? null : suggestedChart(table));
  return (
    <>
      <Group justify="space-between" gap="xs">
        <Summary answer={answer} which={which} />
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label="Show the result as"
            data={[
              { value: "table", label: "Table" },
              { value: "chart", label: "Chart" },
            ]}
            value={asChart ? "chart" : "table"}
            onChange={show}
          />
          <TakeAway table={table} sql={answer.sql} name={name} isCut={answer.end?.cut ?? true} />
        </Group>
      </Group>
      {asChart ? <ChartWords words={words} columns={table.columns} onChange={onChart} /> : null}
      {asChart ? (
        <ResultChart table={table} words={words} label={`Chart of ${name}`} height={380} />
      ) : table.rows.length === 0 ? (
        <Text c="dimmed">
          The query answered no rows. Its columns: {table.columns.map((column) => column.name).join(", ")}.
        </Text>
      ) : (
        <Grid table={table} label="Result" height="max(320px, calc(100dvh - 470px))" />
      )}
    </>
  );
}

function Summary({ answer: { table, end }, which }: { readonly answer: Answer; readonly which: string }) {
  const rows = table?.rows.length ?? 0;
  return (
    <Text size="sm" role="status">
      <b>{count(rows)}</b> {rows === 1 ? "row" : "rows"}
      {end === null ? "" : ` · ${(end.duration_ms / 1000).toFixed(2)} s`}
      {which === "" ? "" : ` · ${which}`}
      {end?.cut === true ? (
        <Text span size="sm" fw={700}>
          {" "}
          · cut at {count(rows)} rows: {rows < MOST_ROWS ? "raise the limit, or " : ""}export for all of them
        </Text>
      ) : null}
    </Text>
  );
}

function Running({ answer }: { readonly answer: Answer }) {
  const [now_ms, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now_ms - answer.startedAt_ms) / 1000));
  return (
    <Group gap="sm">
      <Loader size="xs" aria-hidden />
      <Text size="sm" role="status">
        Running
      </Text>
      <Text size="sm" c="dimmed">
        {seconds} s
      </Text>
    </Group>
  );
}
