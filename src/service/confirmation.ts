/** A person's word that they mean it: the name of what is to go, typed. */
import { RollcallError } from "../core/error.ts";

/** Throws CONFIRMATION_WRONG. */
export function demandName(confirm: string, name: string): void {
  if (confirm.trim() !== name) throw new RollcallError("CONFIRMATION_WRONG", `The confirmation is not “${name}”.`);
}
