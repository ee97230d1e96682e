/** Dropping or hashing columns of a table that holds rows: what is lost, before it is. */
import { List, Text } from "@mantine/core";
import { count } from "../../../parts/format.ts";
import { TypedConfirmation } from "../../../parts/typed-confirmation.tsx";
import type { Source, SourceTable, Treatment } from "../../../parts/words.ts";

/** The columns whose stored values go when `after` takes the place of `before`. Keeping a column again takes nothing away; what was dropped is not there. */
export const erasedBy = (before: Treatment, after: Treatment): Treatment =>
  Object.fromEntries(
    Object.entries(after).filter(([column, how]) => before[column] !== how && before[column] !== "drop"),
  );

export function EraseColumns(props: {
  readonly source: Source;
  readonly table: SourceTable;
  readonly erased: Treatment;
  readonly pending: boolean;
  readonly onConfirm: (typed: string) => void;
  readonly onClose: () => void;
}) {
  const { source, table, erased } = props;
  const rows = `${count(table.rowsStored)} ${table.rowsStored === 1 ? "row" : "rows"}`;
  return (
    <TypedConfirmation
      title="Erase what is stored"
      word={source.name}
      action="Erase and save"
      pending={props.pending}
      onClose={props.onClose}
      onConfirm={props.onConfirm}
    >
      <List size="sm">
        {Object.entries(erased).map(([column, how]) => (
          <List.Item key={column}>
            {how === "drop"
              ? `${rows} lose ${column} for good.`
              : `${rows} have ${column} replaced by a hash, for good.`}
          </List.Item>
        ))}
      </List>
      <Text size="sm">
        {table.isLog
          ? "It happens at once. Events that are stored are not read again, so keeping the column later does not bring it back."
          : "It happens at once. Should the column be kept again later, a resync reads it from Okta as it is by then."}
      </Text>
      <Text size="sm">Who changed what is on record in the audit trail.</Text>
    </TypedConfirmation>
  );
}
