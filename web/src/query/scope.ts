/** What the names of a statement mean at the cursor: which tables it reads, under which aliases, and what is being typed. Pure. */
import { bare } from "./names.ts";
import { statementAt, tokens, type Token } from "./sql-tokens.ts";

/** A table of FROM or JOIN: `okta.users u` is `{path: ["okta", "users"], alias: "u"}`. */
export interface Named {
  readonly path: readonly string[];
  readonly alias: string | null;
}

export interface Scope {
  /** False inside of strings and comments. */
  readonly completes: boolean;
  /** What stands before the last dot: `u.pro|` has `["u"]`. */
  readonly path: readonly string[];
  /** Where the word that is being typed begins. */
  readonly from: number;
  /** Whether a table is expected: behind FROM, JOIN, INTO, or a comma of these. */
  readonly wantsTable: boolean;
  readonly tables: readonly Named[];
  /** Names of WITH. */
  readonly locals: readonly string[];
}

const TABLE_FOLLOWS = /^(?:from|join|into|describe|summarize)$/i;
const ENDS_TABLES =
  /^(?:where|group|order|having|limit|on|using|select|union|except|intersect|qualify|window|set|values|offset|as|inner|left|right|full|cross|natural|asof|positional|semi|anti|outer|lateral|tablesample|join|from|pivot|unpivot)$/i;

export function scopeAt(sql: string, at: number): Scope {
  const all = tokens(sql).filter(({ kind }) => kind !== "comment");
  const inside = tokens(sql).find(({ from, to }) => from < at && at < to);
  const typing = all.findLast(({ to }) => to <= at);
  const ends = tokens(sql).findLast(({ to }) => to === at);
  const completes = !isSilent(inside) && !isOpen(ends, sql, at) && !isNumber(typing, at);
  const before = all.filter(({ to }) => to <= at);
  const isTyping = typing !== undefined && typing.to === at && isName(typing);
  const from = isTyping ? typing.from : at;
  const rest = isTyping ? before.slice(0, -1) : before;
  const path = pathBefore(rest);
  const statement = statementAt(sql, at);
  const words =
    statement === null ? [] : all.filter((token) => token.from >= statement.from && token.to <= statement.to);
  return {
    completes,
    path,
    from,
    wantsTable: wantsTable(rest.slice(0, rest.length - path.length * 2)),
    tables: tablesOf(words, from),
    locals: localsOf(words),
  };
}

const isName = ({ kind }: Token): boolean => kind === "word" || kind === "quoted";
const isSilent = (token: Token | undefined): boolean => token?.kind === "string" || token?.kind === "comment";
const isNumber = (token: Token | undefined, at: number): boolean => token?.to === at && /^\d/.test(token.text);

/** A line comment goes on where the cursor stands at its end; so does a string that nobody has closed. */
function isOpen(token: Token | undefined, sql: string, at: number): boolean {
  if (token?.kind === "comment") return token.text.startsWith("--") || !token.text.endsWith("*/");
  return token?.kind === "string" && at === sql.length && !/^'(?:[^']|'')*'$|^\$(\w*)\$[\s\S]*\$\1\$$/.test(token.text);
}

/** `a . b .` at the end, as names. */
function pathBefore(before: readonly Token[]): readonly string[] {
  const path: string[] = [];
  for (let at = before.length - 1; at >= 1; at -= 2) {
    const name = before[at - 1]!;
    if (before[at]!.text !== "." || !isName(name)) break;
    path.unshift(bare(name.text));
  }
  return path;
}

function wantsTable(before: readonly Token[]): boolean {
  const last = before.at(-1);
  if (last === undefined) return false;
  if (last.text !== ",") return last.kind === "word" && TABLE_FOLLOWS.test(last.text);
  // A comma: of the tables when nothing but names, dots and commas stands between it and FROM.
  const opener = before.findLast(
    (token) => token.text !== "," && token.text !== "." && !(isName(token) && !isClause(token)),
  );
  return opener !== undefined && TABLE_FOLLOWS.test(opener.text);
}

const isClause = ({ kind, text }: Token): boolean =>
  kind === "word" && (TABLE_FOLLOWS.test(text) || ENDS_TABLES.test(text));

/** `typedAt`: the name that is just being typed is no table yet. */
function tablesOf(words: readonly Token[], typedAt: number): readonly Named[] {
  const found: Named[] = [];
  for (let at = 0; at < words.length; at++) {
    if (words[at]!.kind !== "word" || !/^(?:from|join)$/i.test(words[at]!.text)) continue;
    let next = at + 1;
    for (;;) {
      const read = readTable(words, next);
      if (read === null) break;
      if (words[read.last]!.from !== typedAt) found.push(read.table);
      if (words[read.end]?.text !== ",") break;
      next = read.end + 1;
    }
  }
  return found;
}

function readTable(words: readonly Token[], begin: number) {
  const path: string[] = [];
  let at = begin;
  while (words[at] !== undefined && isName(words[at]!) && !isClause(words[at]!)) {
    path.push(bare(words[at]!.text));
    if (words[at + 1]?.text !== ".") break;
    at += 2;
  }
  if (path.length === 0) return null;
  const last = Math.min(at, words.length - 1);
  let end = last + 1;
  if (/^as$/i.test(words[end]?.text ?? "")) end++;
  const next = words[end];
  const hasAlias = next !== undefined && isName(next) && !isClause(next);
  return { table: { path, alias: hasAlias ? bare(next.text) : null }, last, end: hasAlias ? end + 1 : end };
}

function localsOf(words: readonly Token[]): readonly string[] {
  if (!words.some(({ text }) => /^with$/i.test(text))) return [];
  return words.flatMap((token, at) =>
    isName(token) && /^as$/i.test(words[at + 1]?.text ?? "") && words[at + 2]?.text === "(" ? [bare(token.text)] : [],
  );
}
