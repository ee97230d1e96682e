/** The fields of a DuckDB type, as it writes them: `STRUCT(id VARCHAR, "a b" INTEGER[])`. Pure. */
import { bare } from "./names.ts";
import type { Column } from "./result.ts";

export function fieldsOf(type: string): readonly Column[] {
  const inside = /^STRUCT\s*\(([\s\S]*)\)$/i.exec(type.trim())?.[1];
  return inside === undefined ? [] : parts(inside).map(field);
}

/** At the commas of the outermost level; names in quotes may hold any character. */
function parts(text: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let inQuotes = false;
  let begin = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') inQuotes = !inQuotes;
    if (inQuotes) continue;
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) {
      found.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  return [...found, text.slice(begin)].map((part) => part.trim()).filter((part) => part !== "");
}

function field(part: string): Column {
  const [, name = part, type = ""] = /^("(?:[^"]|"")*"|\S+)\s*([\s\S]*)$/.exec(part) ?? [];
  return { name: bare(name), type };
}
