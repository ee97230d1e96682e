/**
 * SCIM filter expressions (RFC 7644 section 3.4.2.2, without `[ ]`), as Okta takes them in `filter` and `search`.
 * Precedence, tightest first: parentheses and attribute expressions, `not`, `and`, `or`. Operators are case-insensitive.
 */
export const comparisons = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] as const;
export type Comparison = (typeof comparisons)[number];

export type Literal = string | number | boolean | null;
export type Expression =
  | { readonly kind: "and"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not"; readonly inner: Expression }
  | { readonly kind: "present"; readonly field: string }
  | { readonly kind: "compare"; readonly field: string; readonly op: Comparison; readonly value: Literal };

/** The expression is not SCIM. `at` is the offset in characters where reading stopped. */
export class ScimSyntaxError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

interface Token {
  readonly kind: "(" | ")" | "word" | "string" | "end";
  readonly text: string;
  readonly at: number;
}

const tokenShape = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y;

function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  tokenShape.lastIndex = 0;
  let at = 0;
  while (source.slice(at).trim() !== "") {
    tokenShape.lastIndex = at;
    const found = tokenShape.exec(source);
    if (!found) throw new ScimSyntaxError("unterminated string", at);
    const [, bracket, quoted, word] = found;
    if (bracket === "(" || bracket === ")") tokens.push({ kind: bracket, text: bracket, at });
    else if (quoted !== undefined) tokens.push({ kind: "string", text: quoted.replace(/\\(.)/g, "$1"), at });
    else tokens.push({ kind: "word", text: word ?? "", at });
    at = tokenShape.lastIndex;
  }
  tokens.push({ kind: "end", text: "", at: source.length });
  return tokens;
}

const fieldShape = /^[A-Za-z_][\w.$:-]*$/;

/** Reads one expression. Throws `ScimSyntaxError`. */
export function parseScim(source: string): Expression {
  const tokens = tokenise(source);
  let position = 0;
  const peek = (): Token => tokens[position] ?? { kind: "end", text: "", at: source.length };
  const take = (): Token => {
    const token = peek();
    position++;
    return token;
  };
  const isWord = (word: string): boolean => peek().kind === "word" && peek().text.toLowerCase() === word;

  const chain = (word: "and" | "or", next: () => Expression): Expression => {
    let left = next();
    while (isWord(word)) {
      take();
      left = { kind: word, left, right: next() };
    }
    return left;
  };
  const either = (): Expression => chain("or", both);
  const both = (): Expression => chain("and", single);
  const single = (): Expression => {
    if (isWord("not")) {
      take();
      if (peek().kind !== "(") throw new ScimSyntaxError("not needs parentheses", peek().at);
      return { kind: "not", inner: single() };
    }
    if (peek().kind === "(") {
      take();
      const inner = either();
      if (take().kind !== ")") throw new ScimSyntaxError("missing closing parenthesis", position);
      return inner;
    }
    return attribute(take(), take);
  };

  const whole = either();
  if (peek().kind !== "end") throw new ScimSyntaxError(`unexpected "${peek().text}"`, peek().at);
  return whole;
}

function attribute(field: Token, take: () => Token): Expression {
  if (field.kind !== "word" || !fieldShape.test(field.text))
    throw new ScimSyntaxError("expected an attribute", field.at);
  const operator = take();
  const name = operator.text.toLowerCase();
  if (operator.kind === "word" && name === "pr") return { kind: "present", field: field.text };
  const op = comparisons.find((known) => known === name);
  if (operator.kind !== "word" || !op) throw new ScimSyntaxError(`unknown operator "${operator.text}"`, operator.at);
  return { kind: "compare", field: field.text, op, value: literal(take()) };
}

function literal(token: Token): Literal {
  if (token.kind === "string") return token.text;
  if (token.kind === "word") {
    if (token.text === "true" || token.text === "false") return token.text === "true";
    if (token.text === "null") return null;
    if (/^-?\d+(\.\d+)?$/.test(token.text)) return Number(token.text);
  }
  throw new ScimSyntaxError("expected a quoted string, a number or a boolean", token.at);
}
