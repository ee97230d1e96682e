/** How one table is synced: method, schedule, look-back, columns. The same when it is linked and ever after. */
import { Divider, NumberInput, Radio, Stack, Text } from "@mantine/core";
import { aboutMode, MODES } from "./frequency.ts";
import { ScheduleField } from "./schedule-field.tsx";
import { TreatmentField } from "./treatment-field.tsx";
import type { ColumnChoice, Mode, Schedule, Treatment } from "./words.ts";

export interface TableDraft {
  readonly enabled: boolean;
  readonly mode: Mode;
  readonly schedule: Schedule;
  readonly lookBack_s: number;
  readonly treatment: Treatment;
}

interface Props {
  readonly table: string;
  readonly modes: readonly Mode[];
  readonly columns: readonly ColumnChoice[];
  readonly note: string;
  readonly draft: TableDraft;
  readonly onChange: (draft: TableDraft) => void;
}

const MINUTE_S = 60;
const MOST_MINUTES = 5_184_000 / MINUTE_S;

export function TableSettings({ table, modes, columns, note, draft, onChange }: Props) {
  return (
    <Stack gap="md">
      <MethodField modes={modes} mode={draft.mode} onChange={(mode) => onChange({ ...draft, mode })} />
      <Divider />
      <ScheduleField
        label={`Frequency of ${table}`}
        value={draft.schedule}
        onChange={(schedule) => onChange({ ...draft, schedule })}
      />
      {draft.mode === "full_refresh" ? null : (
        <NumberInput
          label="Look-back, in minutes"
          description="Each run reads this much again before the newest change it knows, for changes that Okta shows late. 0: only the built-in overlap."
          min={0}
          max={MOST_MINUTES}
          allowDecimal={false}
          value={Math.round(draft.lookBack_s / MINUTE_S)}
          onChange={(minutes) => onChange({ ...draft, lookBack_s: Number(minutes) * MINUTE_S })}
        />
      )}
      <Divider />
      <Text fw={600} size="sm">
        Columns
      </Text>
      <TreatmentField
        columns={columns}
        note={note}
        value={draft.treatment}
        onChange={(treatment) => onChange({ ...draft, treatment })}
      />
    </Stack>
  );
}

function MethodField(props: {
  readonly modes: readonly Mode[];
  readonly mode: Mode;
  readonly onChange: (mode: Mode) => void;
}) {
  return (
    <Radio.Group label="Sync method" value={props.mode} onChange={(mode) => props.onChange(mode)}>
      <Stack gap="xs" mt={6}>
        {props.modes.map((mode) => (
          <Radio key={mode} value={mode} label={MODES[mode].label} description={aboutMode(mode, props.modes)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
