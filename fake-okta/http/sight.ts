import { unit } from "../random.ts";
import { OktaError } from "./errors.ts";

/** Rows of one kind that a role reaches: these ids, or a fixed share (0 to 1) of all. */
type Reach = number | readonly string[];

export type SeenKind = "users" | "groups" | "apps";

/**
 * A role whose scope was narrowed, as to a group administrator or a custom role with a resource set: lists shrink without
 * a word (fact sheet 0.0). A kind left out is seen whole. Where groups are narrowed, Everyone is hidden unless its id is
 * named (fact sheet 1.1).
 */
export interface Visible {
  readonly users?: Reach | undefined;
  readonly groups?: Reach | undefined;
  readonly apps?: Reach | undefined;
  /** What reading a hidden row by its id answers: 404 E0000007, as if it were gone, or 403 E0000006. No recording tells. */
  readonly hidden?: "notFound" | "forbidden" | undefined;
}

/** Okta's name of each kind in a 404. */
const kindName: Readonly<Record<SeenKind, string>> = { users: "User", groups: "UserGroup", apps: "AppInstance" };

/** What the caller's role lets it see at this moment. */
export class Sight {
  readonly #visible: () => Visible | undefined;
  readonly #seed: number;
  readonly #everyoneId: string;
  readonly #sets = new WeakMap<readonly string[], ReadonlySet<string>>();

  constructor(visible: () => Visible | undefined, seed: number, everyoneId: string) {
    this.#visible = visible;
    this.#seed = seed;
    this.#everyoneId = everyoneId;
  }

  sees(kind: SeenKind, id: string): boolean {
    const reach = this.#visible()?.[kind];
    if (reach === undefined) return true;
    if (typeof reach !== "number") return this.#setOf(reach).has(id);
    return id !== this.#everyoneId && unit(this.#seed, Number.parseInt(id.slice(4, 11), 36), 91) < reach;
  }

  /** Throws what reading this row by its id answers, unless it is seen. */
  demand(kind: SeenKind, id: string): void {
    if (this.sees(kind, id)) return;
    if (this.#visible()?.hidden === "forbidden") throw new OktaError("E0000006");
    throw new OktaError("E0000007", `Resource not found: ${id} (${kindName[kind]})`);
  }

  #setOf(ids: readonly string[]): ReadonlySet<string> {
    const known = this.#sets.get(ids);
    if (known) return known;
    const made = new Set(ids);
    this.#sets.set(ids, made);
    return made;
  }
}
