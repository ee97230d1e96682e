import type { SortedStrings } from "../org/sorted.ts";
import { plainText, readPath } from "../org/users.ts";
import type { Matcher } from "../search-rules.ts";
import type { Call } from "./answer.ts";
import { OktaError } from "./errors.ts";
import { hasNext, type Serving } from "./paging.ts";

/** What a search looks through: rows as they are, and those that the index still shows as they were. */
export interface Searched {
  readonly sees: (id: string) => boolean;
  readonly matches: Matcher;
  readonly read: (id: string, field: string) => unknown;
  readonly text: (id: string) => string;
  /** Rows the index shows otherwise: their older text, or null where it does not know them. */
  readonly stale: ReadonlyMap<string, string | null>;
}

interface Hit {
  readonly id: string;
  readonly text: () => string;
  readonly read: (field: string) => unknown;
}

/** One page of `search`: by id, or by `sortBy` and `sortOrder`. The cursor is the id of the last row (fact sheet 0.3). */
export function searchPage(
  call: Call,
  ids: SortedStrings,
  limit: number,
  serving: Serving,
  searched: Searched,
): { rows: string[]; next: string | undefined } {
  const after = call.query.get("after");
  const sortBy = call.query.get("sortBy");
  if (after !== null && !/^00[ug]\w{17}$/.test(after)) throw new OktaError("E0000031", "", ["Invalid cursor."]);
  const hits: Hit[] = [];
  for (const hit of candidates(ids, sortBy === null ? after : null, searched)) {
    if (!searched.sees(hit.id) || !searched.matches(hit.read)) continue;
    hits.push(hit);
    if (sortBy === null && hits.length > limit) break;
  }
  const from = sortBy === null ? 0 : sortHits(hits, sortBy, call.query.get("sortOrder") === "desc", after);
  const page = hits.slice(from, from + limit);
  const more = hasNext(hits.length > from + limit, page.length, limit, serving);
  return { rows: page.map((hit) => hit.text()), next: more ? page.at(-1)?.id : undefined };
}

/** Sorts in place and returns the position after the cursor's row. */
function sortHits(hits: Hit[], sortBy: string, descending: boolean, after: string | null): number {
  const keyed = new Map(hits.map((hit) => [hit.id, plainText(hit.read(sortBy))]));
  const sign = descending ? -1 : 1;
  hits.sort((a, b) => {
    const [ka, kb] = [keyed.get(a.id) ?? "", keyed.get(b.id) ?? ""];
    return ka === kb ? (a.id < b.id ? -1 : 1) : ka < kb ? -sign : sign;
  });
  return after === null ? 0 : hits.findIndex((hit) => hit.id === after) + 1;
}

function* candidates(ids: SortedStrings, after: string | null, { read, text, stale }: Searched): Generator<Hit> {
  const gone = [...stale].filter(([id, old]) => old !== null && ids.items[ids.after(id) - 1] !== id).map(([id]) => id);
  const all = gone.length === 0 ? ids.items : [...ids.items, ...gone].toSorted();
  for (let i = after === null || gone.length > 0 ? 0 : ids.after(after); i < all.length; i++) {
    const id = all[i];
    if (id === undefined || (after !== null && id <= after)) continue;
    const old = stale.get(id);
    if (old === null) continue;
    if (old === undefined) {
      yield { id, text: () => text(id), read: (field) => read(id, field) };
    } else {
      const row: unknown = JSON.parse(old);
      yield { id, text: () => old, read: (field) => readPath(row, field) };
    }
  }
}
