/** The settings of one table, in a drawer. */
import { Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAsk, useDo } from "../../../parts/ask.ts";
import { scheduleProblem } from "../../../parts/cron.ts";
import { Asked } from "../../../parts/state.tsx";
import { TableSettings, type TableDraft } from "../../../parts/table-settings.tsx";
import type { Source, SourceTable } from "../../../parts/words.ts";
import { useMay } from "../../../shell/may.ts";
import { erasedBy, EraseColumns } from "./erase-columns.tsx";

interface Props {
  readonly source: Source;
  readonly table: SourceTable;
  readonly onClose: () => void;
}

export function EditTable({ source, table, onClose }: Props) {
  const columns = useAsk("get /api/sources/{id}/tables/{table}/columns", {
    params: { id: source.id, table: table.table },
  });
  const [draft, setDraft] = useState<TableDraft>(table);
  const [confirming, setConfirming] = useState(false);
  const erased = table.rowsStored === 0 ? {} : erasedBy(table.treatment, draft.treatment);
  const erases = Object.keys(erased).length > 0;
  const { save, isPending } = useSave({ source, table, onClose }, draft, erases);
  const mayErase = useMay("admin");
  return (
    <Drawer
      opened
      onClose={onClose}
      closeOnEscape={!confirming}
      position="right"
      size="lg"
      title={<Text fw={600}>Settings of {table.table}</Text>}
      closeButtonProps={{ "aria-label": "Close settings" }}
    >
      <Asked query={columns} what="the columns">
        {(found) => (
          <Stack>
            <TableSettings
              table={table.table}
              modes={table.modes}
              columns={found.columns}
              note={found.note}
              draft={draft}
              onChange={setDraft}
            />
            <Text size="xs" c="dimmed">
              Method and frequency count from the next run. Columns that are dropped or hashed are so at once, in the
              rows already stored, too; a column that is kept again fills when its rows are read again, by a resync.
            </Text>
            {erases && !mayErase ? (
              <Text size="sm" role="status">
                Only an admin may drop or hash what is stored already.
              </Text>
            ) : null}
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                Leave it
              </Button>
              <Button
                loading={isPending}
                disabled={(erases && !mayErase) || scheduleProblem(draft.schedule) !== null}
                onClick={() => (erases ? setConfirming(true) : save(null))}
              >
                {erases ? "Save…" : "Save"}
              </Button>
            </Group>
          </Stack>
        )}
      </Asked>
      {confirming ? (
        <EraseColumns
          source={source}
          table={table}
          erased={erased}
          pending={isPending}
          onConfirm={save}
          onClose={() => setConfirming(false)}
        />
      ) : null}
    </Drawer>
  );
}

function useSave({ source, table, onClose }: Props, draft: TableDraft, erases: boolean) {
  const change = useDo(
    "patch /api/sources/{id}/tables",
    erases
      ? `${table.table} is changed, in the rows already stored, too.`
      : `${table.table} is changed; the next run does as it says.`,
  );
  const { mode, schedule, lookBack_s, treatment } = draft;
  // Said only where it is another: rows are treated while no run writes them, and a frequency need not wait for that.
  const treated = inOrder(treatment) === inOrder(table.treatment) ? {} : { treatment };
  const changes = [{ table: table.table, mode, schedule, lookBack_s, ...treated }];
  /** `typed`: the source's name, where stored values go; null where none do. */
  const save = (typed: string | null) =>
    change.mutate(
      { params: { id: source.id }, body: { changes, ...(typed === null ? {} : { confirm: typed }) } },
      { onSuccess: onClose },
    );
  return { save, isPending: change.isPending };
}

const inOrder = (treatment: TableDraft["treatment"]) =>
  JSON.stringify(Object.entries(treatment).toSorted(([one], [other]) => (one < other ? -1 : 1)));
