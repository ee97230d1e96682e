/** The settings of one table, in a drawer. */
import { Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAsk, useDo } from "../../../parts/ask.ts";
import { Asked } from "../../../parts/state.tsx";
import { TableSettings, type TableDraft } from "../../../parts/table-settings.tsx";
import type { Source, SourceTable } from "../../../parts/words.ts";

export function EditTable(props: {
  readonly source: Source;
  readonly table: SourceTable;
  readonly onClose: () => void;
}) {
  const { source, table, onClose } = props;
  const columns = useAsk("get /api/sources/{id}/tables/{table}/columns", {
    params: { id: source.id, table: table.table },
  });
  const [draft, setDraft] = useState<TableDraft>(table);
  const save = useDo("patch /api/sources/{id}/tables", `${table.table} is changed; it counts from the next run.`);
  const { mode, schedule, lookBack_s, treatment } = draft;
  return (
    <Drawer
      opened
      onClose={onClose}
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
              What is stored already stays as it is until it is read again: a resync applies changed columns to all
              rows.
            </Text>
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                Leave it
              </Button>
              <Button
                loading={save.isPending}
                onClick={() =>
                  save.mutate(
                    {
                      params: { id: source.id },
                      body: { changes: [{ table: table.table, mode, schedule, lookBack_s, treatment }] },
                    },
                    { onSuccess: onClose },
                  )
                }
              >
                Save
              </Button>
            </Group>
          </Stack>
        )}
      </Asked>
    </Drawer>
  );
}
