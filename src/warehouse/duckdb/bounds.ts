/**
 * How much one call may be made to do. The engine looks at its clock, its memory limit and an interrupt between calls only, and some calls go
 * as deep into their argument as it is nested, on the thread's stack. So this is judged by what is written: sizes are numbers, patterns
 * and widths are literals, and what grows its argument stands in itself a few times at most. What adds up over many calls is the ceiling's care.
 */
import { refused } from "./refusal.ts";
import { isList, type Json, type Node, word } from "./tree.ts";

/** Characters of a statement. The engine binds thousands of SELECTs or names in seconds that nothing can interrupt. */
const TEXT_MAX = 100_000;
/** The engine follows `a.b.c…` on its stack, before anything can be judged. */
const DOTS_MAX = 5_000;
/** Further bounds of the kind, on what was parsed. The engine's own on depth is set with the connection. */
const SELECTS_MAX = 500;
/** Each lambda within another doubles the time of binding. */
const LAMBDAS_MAX = 4;
/** Calls within each other that make more of what they are given. */
const GROWING_MAX = 3;
/** Characters that a text may be padded or repeated to, and items that a list may be made of, in one call. */
const CHARACTERS_MAX = 1_000;
const ITEMS_MAX = 10_000;
/** Characters of each side of a comparison whose time is the product of the two. */
const COMPARED_MAX = 256;
/** Wildcards of a pattern for which the engine tries every combination of places. */
const WILDCARDS_MAX = 4;
const REPLACEMENT_MAX = 100;

/** Throws `QUERY_REFUSED` for a text that the engine's parser should not get. */
export function mustBeParsable(sql: string): void {
  if (sql.length > TEXT_MAX) throw refused(`A statement may have ${TEXT_MAX} characters.`);
  if (sql.includes("\0")) throw refused("A statement cannot hold the character NUL.");
  if (sql.split(".").length > DOTS_MAX) throw refused(`A statement may have ${DOTS_MAX} dots.`);
}

interface Around {
  readonly lambdas: number;
  readonly growing: number;
  readonly reducing: boolean;
}

/** Throws `QUERY_REFUSED` unless every call in the tree is bounded by what is written there. */
export function mustBeBounded(tree: Json): void {
  let selects = 0;
  const walk = (json: Json, around: Around): void => {
    if (json === null || typeof json !== "object") return;
    if (isList(json)) return json.forEach((item) => walk(item, around));
    if (json["type"] === "SELECT_NODE" && ++selects > SELECTS_MAX)
      throw refused(`A statement may have ${SELECTS_MAX} SELECTs.`);
    if (json["id"] === "VARIANT") throw refused("The type VARIANT is not supported here.");
    // A function in FROM makes its rows a few at a time: only what it is given counts.
    if (json["type"] === "TABLE_FUNCTION") return walk((json["function"] as Node)["children"] ?? null, around);
    const inner = enter(json, around);
    for (const value of Object.values(json)) walk(value, inner);
  };
  walk(tree, { lambdas: 0, growing: 0, reducing: false });
}

function enter(node: Node, around: Around): Around {
  if (node["class"] === "LAMBDA") {
    if (around.lambdas === LAMBDAS_MAX) throw refused(`Lambdas may stand in each other ${LAMBDAS_MAX} times at most.`);
    return { ...around, lambdas: around.lambdas + 1 };
  }
  if (typeof node["function_name"] !== "string") return around;
  const name = node["function_name"].toLowerCase();
  RULES.get(name)?.(name, (node["children"] ?? []) as readonly Json[]);
  if (REDUCING.has(name)) return { ...around, reducing: true };
  if (!GROWING.has(name)) return around;
  if (around.reducing && around.lambdas > 0) throw refused(`${name} cannot be used in what reduces a list.`);
  // Joining texts makes no more of them than is written; it is listed for what reduces only.
  if (JOINING.has(name)) return around;
  if (around.growing === GROWING_MAX) throw refused(`Calls such as ${name} stand in each other too often.`);
  return { ...around, growing: around.growing + 1 };
}

const REDUCING: ReadonlySet<string> = new Set(["list_reduce", "array_reduce", "reduce"]);
const JOINING: ReadonlySet<string> = new Set(
  "|| concat concat_ws list_concat list_cat array_concat array_cat list_append array_append list_prepend array_prepend array_push_back array_push_front list_pack list_value".split(
    " ",
  ),
);
const GROWING: ReadonlySet<string> = new Set([
  ...JOINING,
  ..."repeat lpad rpad replace regexp_replace format printf hex to_hex bin to_binary base64 to_base64 url_encode regexp_escape json_quote json_pretty json_array json_object to_json list_resize array_resize range generate_series list_zip array_zip array_to_string".split(
    " ",
  ),
]);

type Rule = (name: string, given: readonly Json[]) => void;

/** The number behind `at` is written, and at most so large. */
const size =
  (at: number, most: number): Rule =>
  (name, given) => {
    const number = numberIn(given[at]);
    if (number === null || Math.abs(number) > most)
      throw refused(`The size that ${name} makes must be written as a number, ${most} at most.`);
  };

const repeated: Rule = (name, given) => {
  const text = textIn(given[0]);
  if (text === null || text.length > REPLACEMENT_MAX)
    throw refused(`What ${name} repeats must be written, in ${REPLACEMENT_MAX} characters at most.`);
  size(1, CHARACTERS_MAX)(name, given);
};

const series: Rule = (name, given) => {
  if (given.some((item) => Math.abs(numberIn(item) ?? Infinity) > ITEMS_MAX))
    throw refused(
      `The bounds of ${name} must be written as numbers here, ${ITEMS_MAX} at most. In FROM it takes any; generate_subscripts(list, 1) gives a row for each item.`,
    );
};

const compared: Rule = (name, given) => {
  if (!given.every(isShort))
    throw refused(`${name} compares ${COMPARED_MAX} characters at most here: write left(…, ${COMPARED_MAX}).`);
};

/** A written text, or `left(…, n)`, as it is or in another case. */
function isShort(json: Json): boolean {
  const text = textIn(json);
  if (text !== null) return text.length <= COMPARED_MAX;
  if (json === null || typeof json !== "object" || isList(json)) return false;
  const name = word(json["function_name"]).toLowerCase();
  const given = (json["children"] ?? []) as readonly Json[];
  if (["lower", "upper", "lcase", "ucase", "trim", "strip_accents"].includes(name)) return isShort(given[0] ?? null);
  // Of a negative number it leaves all but so many.
  const left = name === "left" ? numberIn(given[1]) : null;
  return left !== null && left >= 0 && left <= COMPARED_MAX;
}

/** `wildcard`: what the engine takes for any number of characters. `simple`: it looks for the pieces between them one after the other. */
const pattern =
  (wildcard: string, simple: (written: string) => boolean): Rule =>
  (_name, given) => {
    const written = textIn(given[1]);
    if (written === null)
      throw refused("A pattern must be written. contains(…), starts_with(…) and regexp_matches(…) take any value.");
    if (!simple(written) && written.split(wildcard).length - 1 > WILDCARDS_MAX)
      throw refused(
        `This pattern may have ${WILDCARDS_MAX} times ${wildcard}. regexp_matches(…) takes any number of them.`,
      );
  };

const width: Rule = (name, given) => {
  const written = textIn(given[0]);
  if (written === null || /\d{4}|\*|\{[^}]*\{/.test(written))
    throw refused(`The format of ${name} must be written, with widths of three digits at most.`);
};

const replacement: Rule = (name, given) => {
  const written = textIn(given[2]);
  if (written === null || written.length > REPLACEMENT_MAX)
    throw refused(`What ${name} puts in must be written, in ${REPLACEMENT_MAX} characters at most.`);
};

const never = () => false;
const RULES: ReadonlyMap<string, Rule> = new Map([
  ["repeat", repeated],
  ["lpad", size(1, CHARACTERS_MAX)],
  ["rpad", size(1, CHARACTERS_MAX)],
  ["list_resize", size(1, ITEMS_MAX)],
  ["array_resize", size(1, ITEMS_MAX)],
  ["bitstring", size(1, ITEMS_MAX)],
  ["range", series],
  ["generate_series", series],
  ["levenshtein", compared],
  ["editdist3", compared],
  ["damerau_levenshtein", compared],
  ["jaro_similarity", compared],
  ["jaro_winkler_similarity", compared],
  ["~~", pattern("%", (written) => !written.includes("_"))],
  ["!~~", pattern("%", (written) => !written.includes("_"))],
  ...["~~*", "!~~*", "like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape"].map(
    (name) => [name, pattern("%", never)] as const,
  ),
  ["~~~", pattern("*", never)],
  ["format", width],
  ["printf", width],
  ["replace", replacement],
  ["regexp_replace", replacement],
]);

/** The number that is written there, whatever it is cast to; null for anything else. */
function numberIn(json: Json | undefined): number | null {
  const held = constantIn(json);
  return typeof held === "number" ? held : null;
}

function textIn(json: Json | undefined): string | null {
  const held = constantIn(json);
  return typeof held === "string" ? held : null;
}

function constantIn(json: Json | undefined): Json | undefined {
  if (json === undefined || json === null || typeof json !== "object" || isList(json)) return undefined;
  if (json["class"] === "CAST") return constantIn(json["child"]);
  if (json["class"] !== "CONSTANT") return undefined;
  return (json["value"] as Node | null)?.["value"];
}
