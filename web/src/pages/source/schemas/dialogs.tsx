/** Which question is open, and about which tables. */
import type { Source, SourceTable } from "../../../parts/words.ts";
import { DeleteData } from "./delete-data.tsx";
import { EditTable } from "./edit-table.tsx";
import { Resync } from "./resync.tsx";

export type Asking =
  | { readonly what: "edit"; readonly table: SourceTable }
  | { readonly what: "resync" | "delete"; readonly tables: readonly SourceTable[] };

export function Dialogs(props: { readonly source: Source; readonly asking: Asking; readonly onClose: () => void }) {
  const { source, asking, onClose } = props;
  if (asking.what === "edit") return <EditTable source={source} table={asking.table} onClose={onClose} />;
  if (asking.what === "resync") return <Resync source={source} tables={asking.tables} onClose={onClose} />;
  return <DeleteData source={source} tables={asking.tables} onClose={onClose} />;
}
