/** A person's word that they mean it: the name of what is to go, typed. */
import { RollcallError } from "../core/error.ts";
import type { Treatment } from "../core/treatment.ts";

/** Throws CONFIRMATION_WRONG. */
export function demandName(confirm: string, name: string): void {
  if (confirm.trim() !== name) throw new RollcallError("CONFIRMATION_WRONG", `The confirmation is not “${name}”.`);
}

/** What a treatment takes from the rows that are stored, for good. */
export interface Erasure {
  readonly table: string;
  readonly rows: number;
  /** Column → what is done to it. */
  readonly columns: Treatment;
}

/** Throws CONFIRMATION_NEEDED, which says how many rows lose which columns, where nothing was typed; CONFIRMATION_WRONG. */
export function demandErasure(confirm: string | undefined, name: string, erased: readonly Erasure[]): void {
  if (confirm !== undefined) return demandName(confirm, name);
  const lost = erased.map(
    ({ table, rows, columns }) => `${Object.keys(columns).join(", ")} in ${rows} stored rows of ${table}`,
  );
  throw new RollcallError("CONFIRMATION_NEEDED", `This erases for good what was kept of ${lost.join("; ")}.`);
}
