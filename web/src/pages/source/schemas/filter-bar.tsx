/** Finding tables by name, status, method and frequency. */
import { Checkbox, Group, NativeSelect, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { MODES, scheduleText } from "../../../parts/frequency.ts";
import { statusLabel } from "../../../parts/status.tsx";
import { statusOf } from "../../../parts/table-status.ts";
import type { SourceTable } from "../../../parts/words.ts";
import type { Filter } from "./order.ts";

interface Props {
  readonly tables: readonly SourceTable[];
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}

export function FilterBar({ tables, filter, onChange }: Props) {
  const statuses = [...new Set(tables.map(statusOf))];
  const modes = [...new Set(tables.map(({ mode }) => mode))];
  const frequencies = [...new Set(tables.map(({ schedule }) => scheduleText(schedule)))];
  return (
    <Group gap="xs">
      <TextInput
        size="xs"
        aria-label="Search tables"
        placeholder="Search tables"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={filter.search}
        onChange={({ currentTarget }) => onChange({ ...filter, search: currentTarget.value })}
      />
      <Choice
        label="Status"
        value={filter.status}
        any="Any status"
        options={statuses.map((status) => ({ value: status, label: statusLabel(status) }))}
        onChoose={(status) => onChange({ ...filter, status: statuses.find((each) => each === status) ?? "" })}
      />
      <Choice
        label="Method"
        value={filter.mode}
        any="Any method"
        options={modes.map((mode) => ({ value: mode, label: MODES[mode].label }))}
        onChoose={(mode) => onChange({ ...filter, mode: modes.find((each) => each === mode) ?? "" })}
      />
      <Choice
        label="Frequency"
        value={filter.frequency}
        any="Any frequency"
        options={frequencies.map((frequency) => ({ value: frequency, label: frequency }))}
        onChoose={(frequency) => onChange({ ...filter, frequency })}
      />
      <Checkbox
        size="xs"
        label="Enabled only"
        checked={filter.enabledOnly}
        onChange={({ currentTarget }) => onChange({ ...filter, enabledOnly: currentTarget.checked })}
      />
    </Group>
  );
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly any: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChoose: (value: string) => void;
}) {
  return (
    <NativeSelect
      size="xs"
      aria-label={props.label}
      value={props.value}
      data={[{ value: "", label: props.any }, ...props.options.map((option) => ({ ...option }))]}
      onChange={({ currentTarget }) => props.onChoose(currentTarget.value)}
    />
  );
}
