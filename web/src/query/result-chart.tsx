/** A result as the words of a chart say. */
import { Center, Group, Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import type { Chart as Words } from "../../../src/api/contract/queries.ts";
import { Chart } from "../parts/chart.tsx";
import { count } from "../parts/format.ts";
import { Grid } from "../parts/grid.tsx";
import { drawing, type Drawing } from "./drawing.ts";
import type { Table } from "./result.ts";

interface ResultChartProps {
  readonly table: Table;
  readonly words: Words;
  readonly label: string;
  readonly height: number;
}

export function ResultChart({ table, words, label, height }: ResultChartProps) {
  const drawn = useMemo(() => drawing(table, words), [table, words]);
  if (words.kind === "table" && table.rows.length > 0)
    return <Grid table={table} label={label} height={`${height}px`} />;
  if (drawn.kind === "option") return <Chart option={drawn.option} label={label} height={height} />;
  if (drawn.kind === "number") return <Numbers numbers={drawn.numbers} of={table.rows.length} height={height} />;
  return (
    <Center h={height}>
      <Text c="dimmed">{drawn.why}</Text>
    </Center>
  );
}

interface NumbersProps {
  readonly numbers: Extract<Drawing, { kind: "number" }>["numbers"];
  /** How many rows there are: only the first is shown. */
  readonly of: number;
  readonly height: number;
}

function Numbers({ numbers, of, height }: NumbersProps) {
  return (
    <Center mih={Math.min(height, 160)} style={{ flexDirection: "column" }}>
      <Group gap="xl" justify="center">
        {numbers.map(({ label, value }) => (
          <Stack key={label} gap={0} align="center">
            <Text fz={40} fw={700} lh={1.1} style={{ fontVariantNumeric: "tabular-nums" }}>
              {value === null ? "NULL" : value.toLocaleString("en", { maximumFractionDigits: 2 })}
            </Text>
            <Text c="dimmed" size="sm">
              {label}
            </Text>
          </Stack>
        ))}
      </Group>
      {of > 1 ? (
        <Text size="xs" c="dimmed" mt="xs">
          Of the first of {count(of)} rows
        </Text>
      ) : null}
    </Center>
  );
}
