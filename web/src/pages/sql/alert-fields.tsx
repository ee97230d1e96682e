/** When to tell people of a result: a figure of its first row, or how many rows there are, passes a threshold. */
import { Anchor, Divider, Group, NumberInput, Select, Switch, Text } from "@mantine/core";
import { Link } from "wouter";
import { useAsk } from "../../parts/ask.ts";
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
          <Listeners />
          <Select
            label="When"
            description={alert.column === null ? null : "Only the first row of the result is looked at."}
            allowDeselect={false}
            data={[
              { value: ROWS, label: "the number of rows" },
              ...known.map((name) => ({ value: name, label: name })),
            ]}
            value={alert.column ?? ROWS}
            onChange={(column) => onChange({ ...alert, column: column === ROWS ? null : column })}
          />
          <Group grow align="flex-end">
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

/** Where nobody would hear of it, that is said: it then shows on the page alone. */
function Listeners() {
  const channels = useAsk("get /api/channels", {});
  if (channels.data === undefined) return null;
  const hears = channels.data.some(
    ({ enabled, events, sourceId }) => enabled && events.includes("alert") && sourceId === null,
  );
  if (hears) return null;
  return (
    <Text size="xs" role="status">
      No channel hears of thresholds yet: it is told on the overview and under Saved only.{" "}
      <Anchor component={Link} href="/settings/notifications" inherit underline="always">
        Add a channel
      </Anchor>
    </Text>
  );
}
