/** What can be done to the chosen tables together. */
import { Button, CloseButton, Group, Menu, Paper, Text } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useDo } from "../../../parts/ask.ts";
import { FREQUENCY_LABELS } from "../../../parts/frequency.ts";
import type { Frequency, Source, SourceTable } from "../../../parts/words.ts";
import { useMay } from "../../../shell/may.ts";
import type { Asking } from "./dialogs.tsx";

interface Props {
  readonly source: Source;
  readonly selected: readonly SourceTable[];
  readonly ask: (asking: Asking) => void;
  readonly onClear: () => void;
}

export function BulkBar({ source, selected, ask, onClear }: Props) {
  const mayDelete = useMay("admin");
  const change = useDo("patch /api/sources/{id}/tables", `Changed ${selected.length} tables.`);
  const sync = useDo("post /api/sources/{id}/sync", `Syncing ${selected.length} tables.`);
  const params = { id: source.id };
  const enable = (enabled: boolean) =>
    change.mutate({ params, body: { changes: selected.map(({ table }) => ({ table, enabled })) } });
  const setFrequency = (frequency: Frequency) =>
    change.mutate({
      params,
      body: {
        changes: selected.map(({ table, schedule }) => ({
          table,
          schedule: { kind: "every", frequency, anchor: null, zone: schedule.zone },
        })),
      },
    });
  return (
    <Paper withBorder p="xs" role="region" aria-label="Chosen tables">
      <Group gap="xs">
        <CloseButton aria-label="Choose none" onClick={onClear} />
        <Text size="sm" fw={500} role="status">
          {selected.length} chosen
        </Text>
        <Action label="Enable" onClick={() => enable(true)} />
        <Action label="Disable" onClick={() => enable(false)} />
        <FrequencyMenu onChoose={setFrequency} />
        <Action
          label="Sync now"
          disabled={source.currentRun !== null || source.paused !== null}
          onClick={() => sync.mutate({ params, body: { tables: selected.map(({ table }) => table) } })}
        />
        <Action label="Resync…" onClick={() => ask({ what: "resync", tables: selected })} />
        {mayDelete ? (
          <Action label="Delete data…" danger onClick={() => ask({ what: "delete", tables: selected })} />
        ) : null}
      </Group>
    </Paper>
  );
}

function Action(props: {
  readonly label: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}) {
  return (
    <Button
      size="xs"
      variant="light"
      color={props.danger === true ? "red" : "blue"}
      disabled={props.disabled ?? false}
      onClick={props.onClick}
    >
      {props.label}
    </Button>
  );
}

function FrequencyMenu({ onChoose }: { readonly onChoose: (frequency: Frequency) => void }) {
  return (
    <Menu withinPortal>
      <Menu.Target>
        <Button size="xs" variant="light" rightSection={<IconChevronDown size={14} aria-hidden />}>
          Set frequency
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(FREQUENCY_LABELS) as Frequency[]).map((frequency) => (
          <Menu.Item key={frequency} onClick={() => onChoose(frequency)}>
            {FREQUENCY_LABELS[frequency]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
