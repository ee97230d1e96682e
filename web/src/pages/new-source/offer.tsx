/** One table on offer: what it is, whether it can be read, and how it is to be synced. */
import { Badge, Button, Card, Checkbox, Code, Group, NativeSelect, Stack, Table, Text } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { count } from "../../parts/format.ts";
import { aboutMode, MODES } from "../../parts/frequency.ts";
import { FrequencyField } from "../../parts/schedule-field.tsx";
import { Inline } from "../../parts/markdown.tsx";
import type { TableDraft } from "../../parts/table-settings.tsx";
import type { Mode, TableOffer } from "../../parts/words.ts";

interface Props {
  readonly offer: TableOffer;
  readonly prefix: string;
  readonly draft: TableDraft;
  /** Whether Okta tells of any table how many rows it has: where of none, the column is left out. */
  readonly counted: boolean;
  readonly onChange: (draft: TableDraft) => void;
  readonly onSettings: () => void;
}

export function OfferRow(props: Props) {
  const { offer, draft } = props;
  return (
    <Table.Tr>
      <Table.Td>
        <Enabled {...props} />
      </Table.Td>
      <Table.Td maw={420}>
        <About {...props} />
      </Table.Td>
      {props.counted ? (
        <Table.Td ta="right">
          <Expected offer={offer} />
        </Table.Td>
      ) : null}
      <Table.Td>
        <Method {...props} />
      </Table.Td>
      <Table.Td>
        <SyncField offer={offer} mode={draft.mode} />
      </Table.Td>
      <Table.Td>
        <Code>{offer.key}</Code>
      </Table.Td>
      <Table.Td>
        <Frequency {...props} />
      </Table.Td>
      <Table.Td>
        <Settings {...props} />
      </Table.Td>
    </Table.Tr>
  );
}

export function OfferCard(props: Props) {
  const { offer, draft } = props;
  return (
    <Card withBorder padding="sm">
      <Group align="flex-start" wrap="nowrap" gap="sm">
        <Enabled {...props} />
        <Stack gap="xs" flex={1} miw={0}>
          <About {...props} />
          <Text size="xs" c="dimmed">
            {props.counted ? (
              <>
                Rows expected: <Expected offer={offer} /> ·{" "}
              </>
            ) : null}
            key {offer.key} · sync field <SyncField offer={offer} mode={draft.mode} />
          </Text>
          <Group gap="xs" grow>
            <Method {...props} />
            <Frequency {...props} />
          </Group>
          <Settings {...props} />
        </Stack>
      </Group>
    </Card>
  );
}

function Enabled({ offer, draft, onChange }: Props) {
  return (
    <Checkbox
      aria-label={`Sync ${offer.table}`}
      checked={draft.enabled}
      disabled={offer.readable === false}
      onChange={({ currentTarget }) => onChange({ ...draft, enabled: currentTarget.checked })}
    />
  );
}

function About({ offer, prefix }: Props) {
  return (
    <Stack gap={2}>
      <Group gap={6}>
        <Text size="sm" fw={600} title={`${prefix}.${offer.table}`}>
          {offer.table}
        </Text>
        {offer.readable === false ? <Tag color="yellow" text="right missing" /> : null}
        {offer.emptySuspicious ? <Tag color="orange" text="suspiciously empty" /> : null}
      </Group>
      <Text size="xs" c="dimmed">
        <Inline text={offer.about} />
      </Text>
      {offer.readable === false ? (
        <Text size="xs">Switched off. Why, and what to grant, is said above.</Text>
      ) : (
        <Text size="xs" c="dimmed">
          First sync: {offer.firstSync}
        </Text>
      )}
    </Stack>
  );
}

function Tag({ color, text }: { readonly color: string; readonly text: string }) {
  return (
    <Badge size="sm" variant="light" color={color} tt="none">
      {text}
    </Badge>
  );
}

function Expected({ offer }: { readonly offer: TableOffer }) {
  return offer.rowsExpected === null ? (
    <Text span size="xs" c="dimmed" title="Okta does not tell without reading it all">
      unknown
    </Text>
  ) : (
    count(offer.rowsExpected)
  );
}

function SyncField({ offer, mode }: { readonly offer: TableOffer; readonly mode: Mode }) {
  if (mode === "full_refresh" || offer.incrementalField === null)
    return (
      <Text span size="xs" c="dimmed">
        none
      </Text>
    );
  return <Code>{offer.incrementalField}</Code>;
}

function Method({ offer, draft, onChange }: Props) {
  if (offer.modes.length === 1)
    return (
      <Text size="sm" title={aboutMode(draft.mode, offer.modes)}>
        {MODES[draft.mode].label}
      </Text>
    );
  return (
    <NativeSelect
      size="xs"
      miw={124}
      aria-label={`Sync method of ${offer.table}`}
      title={aboutMode(draft.mode, offer.modes)}
      value={draft.mode}
      onChange={({ currentTarget }) => onChange({ ...draft, mode: currentTarget.value as Mode })}
      data={offer.modes.map((mode) => ({ value: mode, label: MODES[mode].label }))}
    />
  );
}

function Frequency({ offer, draft, onChange }: Props) {
  return (
    <FrequencyField
      hideLabel
      label={`Frequency of ${offer.table}`}
      value={draft.schedule}
      onChange={(schedule) => onChange({ ...draft, schedule })}
    />
  );
}

function Settings({ offer, draft, onSettings }: Props) {
  const treated = Object.keys(draft.treatment).length;
  return (
    <Button
      size="xs"
      variant="subtle"
      leftSection={<IconAdjustments size={14} aria-hidden />}
      aria-label={`Settings of ${offer.table}: method, schedule, look-back, columns`}
      onClick={onSettings}
    >
      {treated === 0 ? "Settings" : `Settings (${treated} columns)`}
    </Button>
  );
}
