/** `rollcall check`: which tables the credential may read, and what to grant where it may not. */
import type { CheckConfig } from "../config.ts";
import { scopesOf } from "../core/stream.ts";
import { EXIT } from "../core/run.ts";
import { check, type CheckResult } from "../engine/check.ts";
import type { Context } from "./context.ts";
import { exitOfCode } from "./exit.ts";
import { grid, printable } from "./grid.ts";
import { openLink } from "../okta/open.ts";
import { count } from "./number.ts";
import { painter, type Paint } from "./paint.ts";

export async function checkCommand(config: CheckConfig, context: Context): Promise<number> {
  const scopes = scopesOf(config.streams);
  const result = await (async () => {
    await using okta = await openLink(config, scopes, context.signal, (understood) => {
      if (!config.json) context.stderr.write(`${understood}\n`);
    });
    return await check(okta, config.streams, context.signal);
  })();
  const lines = config.json ? [JSON.stringify(result)] : report(result, painter(context.stdout, context.env));
  context.stdout.write(`${lines.join("\n")}\n`);
  return exitOfCheck(result);
}

/** 3 where Okta refused the credential, 4 where a table is unreadable or looks empty for want of rights. */
export function exitOfCheck(result: CheckResult): number {
  const tables = Object.values(result.tables);
  const refused = tables.find((table) => table.reason === "CREDENTIAL_REFUSED");
  if (refused !== undefined) return exitOfCode("CREDENTIAL_REFUSED");
  return tables.every((table) => table.readable) ? EXIT.completed : EXIT.partialOrFailed;
}

const KINDS = {
  token: "API token",
  oauth: "service app (OAuth 2.0)",
  dpop: "service app (OAuth 2.0 with DPoP)",
} as const;

function report(result: CheckResult, paint: Paint): string[] {
  const tables = Object.entries(result.tables);
  const buckets = Object.entries(result.rateLimits);
  const rows = tables.map(([name, table]) => [name, table.readable ? "yes" : "no", table.reason ?? "", table.message]);
  const [head, rule, ...body] = grid(
    ["table", "readable", "reason", ""].map((title) => ({ title, align: "left" })),
    rows,
    120,
  );
  const coloured = body.map((line, index) => paint(tables[index]?.[1].readable ? "green" : "red", line));
  return [
    `${result.org.host} (${result.org.id}), ${KINDS[result.credential.kind]}`,
    "",
    paint("bold", head!),
    paint("dim", rule!),
    ...coloured,
    ...fixes(result).map((line) => `  next: ${line}`),
    "",
    ...buckets.map(
      ([name, { limit, remaining }]) =>
        `${printable(name)}: ${figure(remaining)} of ${figure(limit)} requests left this minute`,
    ),
  ];
}

/** Each next step once, with the tables it is for. */
function fixes(result: CheckResult): string[] {
  const tablesOf = new Map<string, string[]>();
  for (const [name, table] of Object.entries(result.tables)) {
    if (!table.readable) tablesOf.set(table.fix, [...(tablesOf.get(table.fix) ?? []), name]);
  }
  return [...tablesOf].map(([fix, tables]) => `${tables.join(", ")}: ${printable(fix)}`);
}

const figure = (value: number | null) => (value === null ? "?" : count(value));
