import { type Comparison, type Expression, type Literal, ScimSyntaxError, parseScim } from "./scim.ts";
import { plainText } from "./org/users.ts";
import { OktaError } from "./http/errors.ts";

/** What one attribute allows in an endpoint's expressions. Dates are compared as instants; text by code unit. */
export interface FieldRule {
  readonly type: "text" | "date" | "other";
  readonly allows: ReadonlySet<Comparison | "pr">;
}

/** The expressions one parameter of one endpoint takes (fact sheet 1.1, 1.2 and 2.2). */
export interface SearchRules {
  readonly field: (name: string) => FieldRule | undefined;
  readonly logic: ReadonlySet<"and" | "or" | "not">;
  /** `search` values are compared without regard to case, `filter` values with. */
  readonly caseSensitive: boolean;
}

/** The value of an attribute: text, epoch ms or ISO text for dates; a list matches when any element does. */
export type FieldReader = (field: string) => unknown;
export type Matcher = (read: FieldReader) => boolean;

/**
 * Turns the text of a `filter` or `search` parameter into a test on rows. Throws Okta's errors: E0000053 for text that is
 * no SCIM and for unknown attributes, E0000031 for operators the attribute does not take and for dates that are none.
 */
export function compileSearch(source: string, rules: SearchRules): Matcher {
  try {
    return compile(parseScim(source), rules);
  } catch (error) {
    if (error instanceof ScimSyntaxError) throw new OktaError("E0000053", `${error.message} at ${error.at}`);
    throw error;
  }
}

function compile(expression: Expression, rules: SearchRules): Matcher {
  if (expression.kind === "and" || expression.kind === "or") {
    requireLogic(expression.kind, rules);
    const left = compile(expression.left, rules);
    const right = compile(expression.right, rules);
    return expression.kind === "and" ? (read) => left(read) && right(read) : (read) => left(read) || right(read);
  }
  if (expression.kind === "not") {
    requireLogic("not", rules);
    const inner = compile(expression.inner, rules);
    return (read) => !inner(read);
  }
  const rule = rules.field(expression.field);
  if (!rule) throw new OktaError("E0000053", `Unrecognized attribute "${expression.field}".`);
  const op = expression.kind === "present" ? "pr" : expression.op;
  if (!rule.allows.has(op)) {
    throw new OktaError("E0000031", "", [`Operator "${op}" is not supported for attribute "${expression.field}".`]);
  }
  const field = expression.field;
  if (expression.kind === "present") return (read) => anyOf(read(field), isPresent);
  const test =
    rule.type === "date"
      ? dateTest(expression.op, expression.value)
      : valueTest(expression.op, expression.value, rules);
  return (read) => anyOf(read(field), test);
}

function requireLogic(word: "and" | "or" | "not", rules: SearchRules): void {
  if (!rules.logic.has(word)) throw new OktaError("E0000031", "", [`Operator "${word}" is not supported.`]);
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

function anyOf(value: unknown, test: (value: unknown) => boolean): boolean {
  return Array.isArray(value) ? value.some(test) : test(value);
}

/** Order of two comparable values, by operator. */
const orders: Record<"eq" | "ne" | "gt" | "ge" | "lt" | "le", (sign: number) => boolean> = {
  eq: (sign) => sign === 0,
  ne: (sign) => sign !== 0,
  gt: (sign) => sign > 0,
  ge: (sign) => sign >= 0,
  lt: (sign) => sign < 0,
  le: (sign) => sign <= 0,
};

function isOrder(op: Comparison): op is keyof typeof orders {
  return Object.hasOwn(orders, op);
}

function dateTest(op: Comparison, value: Literal): (value: unknown) => boolean {
  const bound = parseInstant(value);
  if (bound === undefined || !isOrder(op)) throw new OktaError("E0000031", "", [`Invalid date "${String(value)}".`]);
  const order = orders[op];
  return (found) => {
    const at = typeof found === "number" ? found : typeof found === "string" ? Date.parse(found) : Number.NaN;
    return !Number.isNaN(at) && order(at - bound);
  };
}

/** Epoch ms of an ISO 8601 text with date and time, else undefined. */
export function parseInstant(value: Literal): number | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(value))
    return undefined;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(value) && value.includes("T");
  const at = Date.parse(value.includes("T") && !hasZone ? `${value}Z` : value);
  return Number.isNaN(at) ? undefined : at;
}

function valueTest(op: Comparison, value: Literal, rules: SearchRules): (value: unknown) => boolean {
  if (typeof value !== "string") {
    return (found) => {
      if (op === "eq" || op === "ne") return (found === value) === (op === "eq");
      return isOrder(op) && typeof found === "number" && typeof value === "number" && orders[op](found - value);
    };
  }
  const fold = rules.caseSensitive ? (text: string) => text : (text: string) => text.toLowerCase();
  const sought = fold(value);
  return (found) => {
    if (found === undefined || found === null) return op === "ne";
    const text = fold(plainText(found));
    if (isOrder(op)) return orders[op](text < sought ? -1 : text > sought ? 1 : 0);
    return op === "co" ? text.includes(sought) : op === "sw" ? text.startsWith(sought) : text.endsWith(sought);
  };
}
