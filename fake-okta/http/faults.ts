import { z } from "zod";
import { makeDice } from "../random.ts";
import type { Call } from "./answer.ts";
import { type OktaErrorCode, oktaErrors } from "./errors.ts";

const errorCodes = Object.keys(oktaErrors).filter((code): code is OktaErrorCode => Object.hasOwn(oktaErrors, code));

/** What may go wrong with one answer. Several rules may apply to one request, each in its turn. */
const faultSchema = z.discriminatedUnion("kind", [
  /** Any status, with Okta's error body for `code` (its own status by default), or `body` as it stands. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.number().optional(),
    code: z.enum(errorCodes).optional(),
    body: z.string().optional(),
  }),
  /** 429 of the rate limit, with an honest reset. */
  z.strictObject({ kind: z.literal("rateLimit") }),
  /** 429 of the concurrency limit: limit and remaining are 0 and the reset means nothing. */
  z.strictObject({ kind: z.literal("concurrency") }),
  /** 403 with `insufficient_scope` in WWW-Authenticate and no body. */
  z.strictObject({ kind: z.literal("insufficientScope") }),
  /** 401 with `invalid_token` in WWW-Authenticate and no body. */
  z.strictObject({ kind: z.literal("invalidToken") }),
  /** 400 for any request that carries a cursor, as if it had expired. */
  z.strictObject({ kind: z.literal("deadCursor"), code: z.enum(errorCodes).optional() }),
  z.strictObject({ kind: z.literal("redirect"), to: z.string() }),
  z.strictObject({ kind: z.literal("delay"), ms: z.number() }),
  /** The connection ends after this part (0 to 1) of the promised body. */
  z.strictObject({ kind: z.literal("cut"), keep: z.number().min(0).max(1).default(0.5) }),
  /** The connection is reset before any byte. */
  z.strictObject({ kind: z.literal("reset") }),
  /** 200 with a page of HTML. */
  z.strictObject({ kind: z.literal("html") }),
  /** 200 with a JSON object where a list belongs. */
  z.strictObject({ kind: z.literal("object") }),
  /** The next link points at this origin, such as `http://127.0.0.1:9`. */
  z.strictObject({ kind: z.literal("foreignNext"), origin: z.string() }),
  /** The next link is the request's own URL again. */
  z.strictObject({ kind: z.literal("repeatCursor") }),
  /** 200 and no rows, with or without the next link there would have been. */
  z.strictObject({ kind: z.literal("empty"), keepNext: z.boolean().default(false) }),
  /** 500 E0000009 for pages larger than `over`. */
  z.strictObject({ kind: z.literal("largePage"), over: z.number() }),
  /** Sets and removes values by dotted path in one row of the page (or all): wrong types, a missing key, unknown fields. */
  z.strictObject({
    kind: z.literal("editRows"),
    row: z.union([z.number(), z.literal("all")]).default(0),
    set: z.record(z.string(), z.unknown()).default({}),
    remove: z.array(z.string()).default([]),
  }),
  /** This answer's `Date` is off by so much, and its rate limit's reset with it, as both come from one clock; or the `Date` alone. */
  z.strictObject({ kind: z.literal("skewDate"), ms: z.number(), dateOnly: z.boolean().default(false) }),
  /** A full last page has a `next`, too, and an empty page behind it; the rule must match both requests. */
  z.strictObject({ kind: z.literal("emptyLastPage") }),
]);

const matchSchema = z.strictObject({
  /** A whole path, a prefix when it ends in `*`, or a regular expression. */
  path: z.union([z.string(), z.instanceof(RegExp)]).optional(),
  method: z.string().optional(),
  /** Values of query parameters; true: present, false: absent. */
  query: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
  /** Of the matching requests only the nth (from 1), only every so many, or a seeded share of them. */
  nth: z.number().optional(),
  every: z.number().optional(),
  probability: z.number().optional(),
});

export const faultRuleSchema = z.strictObject({
  match: matchSchema.default({}),
  /** How often it strikes before it is spent; without end when left out. */
  times: z.number().optional(),
  fault: faultSchema,
});

export type Fault = z.output<typeof faultSchema>;
export type FaultRule = z.input<typeof faultRuleSchema>;

interface Armed {
  readonly id: number;
  readonly rule: z.output<typeof faultRuleSchema>;
  readonly dice: () => number;
  matched: number;
  struck: number;
}

/** The rules by which this org misbehaves. */
export class Faults {
  readonly #seed: number;
  readonly #armed: Armed[] = [];
  #nextId = 1;
  /** Every `Date` and `X-Rate-Limit-Reset` is off by this much, and only these: the org's own clock is `org.clock`. */
  dateSkew_ms = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Arms a rule and returns its id. Throws when the rule is malformed. */
  add(rule: FaultRule): number {
    const id = this.#nextId++;
    this.#armed.push({ id, rule: faultRuleSchema.parse(rule), dice: makeDice(this.#seed + id), matched: 0, struck: 0 });
    return id;
  }

  remove(id: number): void {
    const at = this.#armed.findIndex((armed) => armed.id === id);
    if (at >= 0) this.#armed.splice(at, 1);
  }

  /** Disarms every rule and sets the Date right. */
  clear(): void {
    this.#armed.length = 0;
    this.dateSkew_ms = 0;
  }

  /** What is armed, and how often each rule matched and struck. */
  list(): ReadonlyArray<{ id: number; rule: FaultRule; matched: number; struck: number }> {
    return this.#armed.map(({ id, rule, matched, struck }) => ({ id, rule, matched, struck }));
  }

  /** The faults that strike this request, in the order in which their rules were added. */
  strike(call: Call): Fault[] {
    const striking: Fault[] = [];
    for (const armed of this.#armed) {
      const { match, times, fault } = armed.rule;
      if (times !== undefined && armed.struck >= times) continue;
      if (!matches(match, call)) continue;
      armed.matched++;
      if (match.nth !== undefined && armed.matched !== match.nth) continue;
      if (match.every !== undefined && armed.matched % match.every !== 0) continue;
      if (match.probability !== undefined && armed.dice() >= match.probability) continue;
      armed.struck++;
      striking.push(fault);
    }
    return striking;
  }
}

function matches(match: z.output<typeof matchSchema>, call: Call): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== call.method) return false;
  if (match.path instanceof RegExp && !match.path.test(call.path)) return false;
  if (typeof match.path === "string") {
    const fits = match.path.endsWith("*") ? call.path.startsWith(match.path.slice(0, -1)) : call.path === match.path;
    if (!fits) return false;
  }
  return Object.entries(match.query ?? {}).every(([name, wanted]) =>
    typeof wanted === "boolean" ? call.query.has(name) === wanted : call.query.get(name) === wanted,
  );
}

/** Sugar for `editRows`. */
export function missingKey(key = "id", row: number | "all" = 0): Fault {
  return { kind: "editRows", row, set: {}, remove: [key] };
}

export function wrongTypes(
  set: Record<string, unknown> = { created: "yesterday", lastUpdated: 17, profile: "none" },
  row: number | "all" = 0,
): Fault {
  return { kind: "editRows", row, set, remove: [] };
}

export function extraFields(
  set: Record<string, unknown> = { surprise: 1, "profile.surprise": ["a"], "_embedded.surprise": { deep: true } },
  row: number | "all" = "all",
): Fault {
  return { kind: "editRows", row, set, remove: [] };
}
