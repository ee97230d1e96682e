/** When to tell people of a result: a figure of its first row, or how many rows there are, passes a threshold. */
import { Divider, Group, NumberInput, Select, Switch, Text } from "@mantine/core";
import { ScheduleField } from "../../parts/schedule-field.tsx";
import { kindOf, type Column } from "../../query/result.ts";
import type { SavedQuery } from "../../query/warehouse.ts";

type Alert = NonNullable<SavedQuery["alert"]>;

const FIRST: Alert = {
  column: null,
  is: "above",
  threshold: 0,
  schedule: { kind: "every", frequency: "1hour", anchor: null, zone: "UTC" },
};
const ROWS = "";

interface AlertFieldsProps {
  readonly alert: Alert | null;
  readonly columns: readonly Column[];
  readonly onChange: (alert: Alert | null) => void;
}

export function AlertFields({ alert, columns, onChange }: AlertFieldsProps) {
  const numbers = columns.filter(({ type }) => kindOf(type) === "number").map(({ name }) => name);
  const known = [...new Set([...numbers, ...[alert?.column ?? []].flat()])];
  return (
    <>
      <Divider label="Alert" labelPosition="left" />
      <Switch
        label="Tell me when it passes a threshold"
        description="Sent to the notification channels of the settings."
        checked={alert !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? FIRST : null)}
      />
      {alert === null ? null : (
        <>
          <Group grow align="flex-end">
            <Select
              label="When"
              allowDeselect={false}
              data={[
                { value: ROWS, label: "the number of rows" },
                ...known.map((name) => ({ value: name, label: name })),
              ]}
              value={alert.column ?? ROWS}
              onChange={(column) => onChange({ ...alert, column: column === ROWS ? null : column })}
            />
            <Select
              label="is"
              allowDeselect={false}
              data={["above", "below"] as const}
              value={alert.is}
              onChange={(is) => onChange({ ...alert, is: is === "below" ? "below" : "above" })}
            />
            <NumberInput
              label="Threshold"
              value={alert.threshold}
              onChange={(threshold) => onChange({ ...alert, threshold: Number(threshold) })}
            />
          </Group>
          {known.length === 0 ? (
            <Text size="xs" c="dimmed">
              Run the query first to choose one of its columns of numbers.
            </Text>
          ) : null}
          <ScheduleField
            label="Checked"
            value={alert.schedule}
            onChange={(schedule) => onChange({ ...alert, schedule })}
          />
        </>
      )}
    </>
  );
}
