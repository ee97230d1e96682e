/** Which chart of a result: its kind, and which columns mean what. */
import { Checkbox, Group, MultiSelect, SegmentedControl, Select } from "@mantine/core";
import type { Chart } from "../../../../src/api/contract/queries.ts";
import { kindOf, type Column } from "../../query/result.ts";

const KINDS: readonly { readonly value: Exclude<Chart["kind"], "table">; readonly label: string }[] = [
  { value: "line", label: "Line" },
  { value: "bar", label: "Bar" },
  { value: "area", label: "Area" },
  { value: "pie", label: "Pie" },
  { value: "number", label: "Number" },
];

interface ChartWordsProps {
  readonly words: Chart;
  readonly columns: readonly Column[];
  readonly onChange: (words: Chart) => void;
}

export function ChartWords({ words, columns, onChange }: ChartWordsProps) {
  // Names may repeat in a result; a choice cannot.
  const names = [...new Set(columns.map(({ name }) => name))];
  const numbers = [...new Set(columns.filter(({ type }) => kindOf(type) === "number").map(({ name }) => name))];
  const hasAxes = words.kind !== "pie" && words.kind !== "number";
  return (
    <Group gap="sm" align="flex-end">
      <SegmentedControl
        size="xs"
        aria-label="Kind of chart"
        data={KINDS.map((kind) => ({ ...kind }))}
        value={words.kind}
        onChange={(kind) => onChange({ ...words, kind })}
      />
      {words.kind === "number" ? null : (
        <Select
          size="xs"
          w={170}
          label={words.kind === "pie" ? "Slices" : "Along"}
          data={names}
          value={words.x}
          onChange={(x) => onChange({ ...words, x })}
        />
      )}
      <MultiSelect
        size="xs"
        miw={170}
        maw={340}
        label="Values"
        data={numbers}
        value={words.y.filter((name) => numbers.includes(name))}
        onChange={(y) => onChange({ ...words, y })}
        placeholder={words.y.length === 0 ? "Columns of numbers" : ""}
        {...(words.kind === "pie" ? { maxValues: 1 } : {})}
      />
      {hasAxes ? (
        <>
          <Select
            size="xs"
            w={170}
            clearable
            label="Split by"
            placeholder="Not split"
            data={names.filter((name) => name !== words.x)}
            value={words.series}
            onChange={(series) => onChange({ ...words, series })}
          />
          <Checkbox
            size="xs"
            mb={8}
            label="Stacked"
            checked={words.stacked}
            onChange={(event) => onChange({ ...words, stacked: event.currentTarget.checked })}
          />
        </>
      ) : null}
    </Group>
  );
}
