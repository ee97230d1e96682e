/** The tables that can be synced: a table on a wide page, cards on a narrow one. */
import { Button, Checkbox, Drawer, Group, Stack, Table, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { scheduleProblem } from "../../parts/cron.ts";
import { useNarrow } from "../../parts/narrow.ts";
import { Markdown } from "../../parts/markdown.tsx";
import { TableSettings, type TableDraft } from "../../parts/table-settings.tsx";
import type { Preflight, TableOffer } from "../../parts/words.ts";
import { OfferCard, OfferRow } from "./offer.tsx";

interface Props {
  readonly preflight: Preflight;
  readonly prefix: string;
  readonly drafts: Readonly<Record<string, TableDraft>>;
  readonly onChange: (drafts: Record<string, TableDraft>) => void;
}

export function Offers({ preflight, prefix, drafts, onChange }: Props) {
  const [search, setSearch] = useState("");
  const [opened, setOpened] = useState<string | null>(null);
  const wanted = search.trim().toLowerCase();
  const shown = preflight.tables.filter(
    ({ table, about }) => table.toLowerCase().includes(wanted) || about.toLowerCase().includes(wanted),
  );
  const edited = preflight.tables.find(({ table }) => table === opened);
  const draft = opened === null ? undefined : drafts[opened];
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <TextInput
          aria-label="Search tables"
          placeholder="Search tables"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <ToggleAll shown={shown} drafts={drafts} onChange={onChange} />
      </Group>
      {shown.length === 0 ? (
        <Text c="dimmed">No table matches “{search.trim()}”.</Text>
      ) : (
        <OfferList shown={shown} prefix={prefix} drafts={drafts} onChange={onChange} onSettings={setOpened} />
      )}
      <Drawer
        opened={edited !== undefined}
        onClose={() => setOpened(null)}
        position="right"
        size="lg"
        title={<Text fw={600}>Settings of {opened}</Text>}
        closeButtonProps={{ "aria-label": "Close settings" }}
      >
        {edited === undefined || draft === undefined ? null : (
          <Stack>
            <Markdown text={[edited.about, ...edited.notes].join("\n\n")} />
            <TableSettings
              table={edited.table}
              modes={edited.modes}
              columns={edited.columns}
              note={preflight.personalDataNote}
              draft={draft}
              onChange={(next) => onChange({ [edited.table]: next })}
            />
            {/* The close button stays: Import says which table's frequency is wrong, and waits for it. */}
            <Button disabled={scheduleProblem(draft.schedule) !== null} onClick={() => setOpened(null)}>
              Done
            </Button>
          </Stack>
        )}
      </Drawer>
    </Stack>
  );
}

function ToggleAll({
  shown,
  drafts,
  onChange,
}: Pick<Props, "drafts" | "onChange"> & { readonly shown: readonly TableOffer[] }) {
  const able = shown.filter(({ readable }) => readable !== false);
  const on = able.filter(({ table }) => drafts[table]?.enabled === true).length;
  return (
    <Checkbox
      label={`All tables (${on} of ${shown.length})`}
      checked={on > 0 && on === able.length}
      indeterminate={on > 0 && on < able.length}
      disabled={able.length === 0}
      onChange={() =>
        onChange(
          Object.fromEntries(
            able.flatMap(({ table }) => {
              const draft = drafts[table];
              return draft === undefined ? [] : [[table, { ...draft, enabled: on < able.length }]];
            }),
          ),
        )
      }
    />
  );
}

function OfferList(
  props: Omit<Props, "preflight"> & {
    readonly shown: readonly TableOffer[];
    readonly onSettings: (table: string) => void;
  },
) {
  const { shown, prefix, drafts, onChange, onSettings } = props;
  const narrow = useNarrow();
  const counted = shown.some(({ rowsExpected }) => rowsExpected !== null);
  const rows = shown.flatMap((offer) => {
    const draft = drafts[offer.table];
    if (draft === undefined) return [];
    const Shape = narrow ? OfferCard : OfferRow;
    return [
      <Shape
        key={offer.table}
        offer={offer}
        prefix={prefix}
        draft={draft}
        counted={counted}
        onChange={(next) => onChange({ [offer.table]: next })}
        onSettings={() => onSettings(offer.table)}
      />,
    ];
  });
  if (narrow) return <Stack gap="sm">{rows}</Stack>;
  return (
    <Table.ScrollContainer minWidth={1000}>
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <VisuallyHidden>Sync</VisuallyHidden>
            </Table.Th>
            <Table.Th>Table</Table.Th>
            {counted ? <Table.Th ta="right">Rows expected</Table.Th> : null}
            <Table.Th>Sync method</Table.Th>
            <Table.Th>Sync field</Table.Th>
            <Table.Th>Primary key</Table.Th>
            <Table.Th>Frequency</Table.Th>
            <Table.Th>More</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{rows}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
