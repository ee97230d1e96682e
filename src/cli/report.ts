/** What a server answered: one JSON object where JSON was asked for, lines for people elsewhere. */
import { EXIT } from "../core/run.ts";
import type { Context } from "./context.ts";
import type { GridColumn } from "./grid.ts";

export const left = (title: string): GridColumn => ({ title, align: "left" });
export const right = (title: string): GridColumn => ({ title, align: "right" });

/** Prints one of the two; gives the exit code. */
export function print(
  { json }: { readonly json: boolean },
  context: Context,
  object: object,
  lines: () => readonly string[],
): number {
  const text = json ? [JSON.stringify(object)] : lines();
  if (text.length > 0) context.stdout.write(`${text.join("\n")}\n`);
  return EXIT.completed;
}
