/** How often: a frequency with an optional time of day, or a cron expression; both in a time zone. */
import { Group, NativeSelect, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { scheduleProblem } from "./cron.ts";
import { anchors, clockTimes, FREQUENCY_LABELS } from "./frequency.ts";
import type { Frequency, Schedule } from "./words.ts";

const CRON = "cron";
const DAILY_AT_TWO = "0 2 * * *";
const FREQUENCIES = Object.keys(FREQUENCY_LABELS) as readonly Frequency[];

interface Props {
  readonly value: Schedule;
  readonly onChange: (schedule: Schedule) => void;
  readonly label: string;
  readonly disabled?: boolean;
}

/** The frequency alone, for rows of tables. */
export function FrequencyField(props: Props & { readonly hideLabel?: boolean }) {
  const { value, onChange, label, hideLabel = false, disabled = false } = props;
  return (
    <NativeSelect
      {...(hideLabel ? { "aria-label": label } : { label })}
      size={hideLabel ? "xs" : "sm"}
      disabled={disabled}
      value={value.kind === "cron" ? CRON : value.frequency}
      onChange={({ currentTarget }) => onChange(choose(value, currentTarget.value))}
      data={[
        ...FREQUENCIES.map((frequency) => ({ value: frequency, label: FREQUENCY_LABELS[frequency] })),
        { value: CRON, label: hideLabel && value.kind === "cron" ? `Cron ${value.expression}` : "Cron expression" },
      ]}
    />
  );
}

export function ScheduleField(props: Props) {
  const { value, onChange } = props;
  return (
    <Stack gap="xs">
      <FrequencyField {...props} />
      {value.kind === "cron" ? (
        <CronFields value={value} onChange={onChange} />
      ) : anchors(value.frequency) ? (
        <AnchorFields value={value} onChange={onChange} />
      ) : null}
    </Stack>
  );
}

function choose(before: Schedule, choice: string): Schedule {
  if (choice === CRON)
    return { kind: "cron", expression: before.kind === "cron" ? before.expression : DAILY_AT_TWO, zone: before.zone };
  const frequency = choice as Frequency;
  const anchor = before.kind === "every" && anchors(frequency) ? before.anchor : null;
  return { kind: "every", frequency, anchor, zone: before.zone };
}

function CronFields(props: { readonly value: Schedule & { kind: "cron" }; readonly onChange: Props["onChange"] }) {
  const { value, onChange } = props;
  return (
    <Group gap="xs" align="flex-start" grow>
      <TextInput
        label="Cron expression"
        description="Minute, hour, day, month, weekday: 0 6 * * 1 is Mondays at 6."
        value={value.expression}
        error={scheduleProblem(value)}
        onChange={({ currentTarget }) => onChange({ ...value, expression: currentTarget.value })}
      />
      <ZoneField zone={value.zone} onChange={(zone) => onChange({ ...value, zone })} />
    </Group>
  );
}

function AnchorFields(props: { readonly value: Schedule & { kind: "every" }; readonly onChange: Props["onChange"] }) {
  const { value, onChange } = props;
  const times = value.anchor === null ? [] : clockTimes(value.frequency, value.anchor);
  return (
    <>
      <Group gap="xs" align="flex-start" grow>
        <TextInput
          type="time"
          label="At (optional)"
          description="Left empty, runs are spread so that tables do not all begin at once."
          value={value.anchor ?? ""}
          onChange={({ currentTarget }) =>
            onChange({ ...value, anchor: currentTarget.value === "" ? null : currentTarget.value.slice(0, 5) })
          }
        />
        <ZoneField zone={value.zone} onChange={(zone) => onChange({ ...value, zone })} />
      </Group>
      {times.length > 1 ? (
        <Text size="xs" c="dimmed">
          Runs at {times.join(", ")} ({value.zone}).
        </Text>
      ) : null}
    </>
  );
}

export function ZoneField({ zone, onChange }: { readonly zone: string; readonly onChange: (zone: string) => void }) {
  const zones = useMemo(() => [...new Set(["UTC", zone, ...Intl.supportedValuesOf("timeZone")])], [zone]);
  return (
    <Select
      label="Time zone"
      description="The clock that the time is read on."
      data={zones}
      value={zone}
      searchable
      limit={100}
      allowDeselect={false}
      onChange={(next) => onChange(next ?? "UTC")}
    />
  );
}
