/** A run's result for people: the table of what moved, then what failed and what to do, then what is worth knowing. */
import type { Notice, RunResult, TableResult } from "../core/run.ts";
import { grid, printable, type GridColumn } from "./grid.ts";
import { count, plural, span } from "./number.ts";
import type { Paint } from "./paint.ts";

type Figure = "read" | "inserted" | "updated" | "unchanged" | "deleted" | "rejected" | "oddValues" | "requests";

const FIGURES: readonly (readonly [string, Figure])[] = [
  ["read", "read"],
  ["inserted", "inserted"],
  ["updated", "updated"],
  ["unchanged", "unchanged"],
  ["deleted", "deleted"],
  ["rejected", "rejected"],
  ["odd values", "oddValues"],
  ["requests", "requests"],
];

const COLUMNS: readonly GridColumn[] = [
  { title: "table", align: "left" },
  { title: "mode", align: "left" },
  { title: "status", align: "left" },
  ...FIGURES.map(([title]) => ({ title, align: "right" }) as const),
];

/** The whole summary, line by line. `seconds` is how long the person waited. */
export function summary(run: RunResult, notices: readonly Notice[], seconds: number, paint: Paint): string[] {
  const tables = Object.entries(run.tables);
  const rows = tables.map(([name, table]) => [
    name,
    table.mode,
    table.status,
    ...FIGURES.map(([, figure]) => count(table[figure])),
  ]);
  const total = (figure: Figure) => tables.reduce((sum, [, table]) => sum + table[figure], 0);
  if (tables.length > 1)
    rows.push([
      "all",
      "",
      "",
      ...FIGURES.map(([, figure]) => count(figure === "requests" ? run.requests : total(figure))),
    ]);
  const [head, rule, ...body] = grid(COLUMNS, rows);
  const ended = `${run.status} in ${span(seconds)}: ${run.org.host} (${run.org.id}), ${plural(run.requests, "request")}, ${count(run.rateLimited)} of them rate-limited`;
  return [
    paint("bold", head!),
    paint("dim", rule!),
    ...body,
    ...troubles(tables).flatMap(([names, table]) => trouble(names, table, paint)),
    ...notices.filter((notice) => notice.code !== "ORG_UNDERSTOOD").map((notice) => noticeLine(notice, paint)),
    "",
    paint(run.status === "completed" ? "green" : "yellow", ended),
  ];
}

/** The tables that ended badly; those that ended alike (a refused credential ends all of them) are told once. */
function troubles(tables: readonly (readonly [string, TableResult])[]): [string, TableResult][] {
  const alike = Map.groupBy(
    tables.filter(([, table]) => table.error !== null),
    ([, { status, error }]) => JSON.stringify([status, error]),
  );
  return [...alike.values()].map((same) => [same.map(([name]) => name).join(", "), same[0]![1]]);
}

function trouble(name: string, table: TableResult, paint: Paint): string[] {
  if (table.error === null) return [];
  const { code, message, fix } = table.error;
  return [
    "",
    `${paint(table.status === "skipped" ? "dim" : "red", `${name} ${table.status}`)}: ${printable(message)} [${code}]`,
    `  next: ${printable(fix)}`,
  ];
}

/** A notice as one line. */
export function noticeLine(notice: Notice, paint: Paint): string {
  return `${paint("cyan", "note")}: ${notice.table === null ? "" : `${notice.table}: `}${printable(notice.message)} [${notice.code}]`;
}
