/** SQL cut into words, as far as the editor needs it: where strings and comments are, and where a statement ends. Pure. */

export interface Token {
  readonly kind: "word" | "quoted" | "string" | "comment" | "symbol";
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const TOKEN = new RegExp(
  [
    String.raw`(?<comment>--[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    String.raw`(?<string>'(?:[^']|'')*(?:'|$)|\$(?<tag>[A-Za-z_]*)\$[\s\S]*?(?:\$\k<tag>\$|$))`,
    String.raw`(?<quoted>"(?:[^"]|"")*(?:"|$))`,
    String.raw`(?<word>[\p{L}_\d][\p{L}_\d$]*)`,
    String.raw`(?<symbol>\S)`,
  ].join("|"),
  "gu",
);

export function tokens(sql: string): readonly Token[] {
  return Array.from(sql.matchAll(TOKEN), (match) => {
    const groups = match.groups ?? {};
    const kind =
      (["comment", "string", "quoted", "word"] as const).find((name) => groups[name] !== undefined) ?? "symbol";
    return { kind, text: match[0], from: match.index, to: match.index + match[0].length };
  });
}

export interface Statement {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The statements between the semicolons, without those that say nothing. */
export function statements(sql: string): readonly Statement[] {
  const found: Statement[] = [];
  let begin: number | null = null;
  let end = 0;
  const close = () => {
    if (begin !== null) found.push({ text: sql.slice(begin, end), from: begin, to: end });
    begin = null;
  };
  for (const token of tokens(sql)) {
    if (token.text === ";" && token.kind === "symbol") close();
    else if (token.kind !== "comment") {
      begin ??= token.from;
      end = token.to;
    }
  }
  close();
  return found;
}

/** The statement that the cursor is in or behind; the last one before it when it stands between two. */
export function statementAt(sql: string, at: number): Statement | null {
  const all = statements(sql);
  return all.find(({ from, to }) => at >= from && at <= to) ?? all.findLast(({ from }) => from <= at) ?? all[0] ?? null;
}
