/** Deleting stored rows: what goes, and what can never be read again. */
import { Alert, List, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useDo } from "../../../parts/ask.ts";
import { count } from "../../../parts/format.ts";
import { TypedConfirmation } from "../../../parts/typed-confirmation.tsx";
import type { Source, SourceTable } from "../../../parts/words.ts";

export function DeleteData(props: {
  readonly source: Source;
  readonly tables: readonly SourceTable[];
  readonly onClose: () => void;
}) {
  const { source, tables, onClose } = props;
  const remove = useDo("post /api/sources/{id}/delete-data", "The data is deleted.");
  const logs = tables.filter(({ isLog }) => isLog);
  return (
    <TypedConfirmation
      title="Delete data"
      word={source.name}
      action="Delete the data"
      pending={remove.isPending}
      onClose={onClose}
      onConfirm={(confirm) =>
        remove.mutate(
          { params: { id: source.id }, body: { tables: tables.map(({ table }) => table), confirm } },
          { onSuccess: onClose },
        )
      }
    >
      <Text size="sm">
        These rows are deleted from the warehouse. Okta is not touched, and the settings of the tables stay.
      </Text>
      <List size="sm">
        {tables.map(({ table, queryName, rowsStored }) => (
          <List.Item key={table}>
            {queryName}: {count(rowsStored)} rows
          </List.Item>
        ))}
      </List>
      {logs.length === 0 ? (
        <Text size="sm">The next sync reads them all again.</Text>
      ) : (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="Logs cannot all be read again">
          Okta keeps events for 90 days. Of {logs.map(({ table }) => table).join(", ")}, whatever is older is lost for
          good.
        </Alert>
      )}
      <Text size="sm">
        Who deleted what is on record in the audit trail. An enabled table fills again with its next run; switch it off
        first if it shall stay empty.
      </Text>
    </TypedConfirmation>
  );
}
