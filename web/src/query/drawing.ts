/** From a result and the words of a chart to what is drawn. Pure: ECharts itself is loaded only where something is drawn. */
import type { Chart } from "../../../src/api/contract/queries.ts";
import type { EChartsCoreOption } from "echarts/core";
import { instantOf, kindOf, numberOf, type Column, type Row, type Table } from "./result.ts";

export type Drawing =
  | { readonly kind: "option"; readonly option: EChartsCoreOption }
  | { readonly kind: "number"; readonly numbers: readonly { readonly label: string; readonly value: number | null }[] }
  | { readonly kind: "nothing"; readonly why: string };

/** More than this many lines or slices say less than “Other” does. */
const MOST_SERIES = 12;
const MOST_SLICES = 10;
const MOST_POINTS = 5000;
const OTHER = "Other";

interface Series {
  readonly name: string;
  /** By position of the category. */
  readonly values: (number | null)[];
}

export function drawing({ columns, rows }: Table, words: Chart): Drawing {
  if (words.kind === "table") return { kind: "nothing", why: "Shown as a table." };
  if (rows.length === 0) return { kind: "nothing", why: "The result has no rows." };
  const at = (name: string | null) => columns.findIndex((column) => column.name === name);
  const values = words.y.map(at).filter((index) => index >= 0);
  if (values.length === 0) return { kind: "nothing", why: "Choose at least one column of numbers." };
  if (words.kind === "number") {
    const [first = []] = rows;
    return {
      kind: "number",
      numbers: values.map((index) => ({ label: columns[index]!.name, value: numberOf(first[index]) })),
    };
  }
  const x = at(words.x);
  if (x < 0) return { kind: "nothing", why: "Choose the column of the categories or times." };
  if (words.kind === "pie") return { kind: "option", option: pie(columns[values[0]!]!, slices(rows, x, values[0]!)) };
  return { kind: "option", option: axes(words, columns[x]!, points(rows, x, at(words.series), values, columns)) };
}

/** The words that a result suggests before anybody has chosen. */
export function suggested({ columns, rows }: Table): Chart {
  const named = (kinds: readonly string[]) => columns.filter(({ type }) => kinds.includes(kindOf(type)));
  const numbers = named(["number"]).map(({ name }) => name);
  const [time] = named(["time"]);
  const [text] = named(["text", "boolean"]);
  const plain = { series: null, stacked: false };
  if (numbers.length === 0) return { kind: "table", x: null, y: [], ...plain };
  if (rows.length === 1) return { kind: "number", x: null, y: numbers.slice(0, 4), ...plain };
  if (time !== undefined)
    return {
      kind: "line",
      x: time.name,
      y: text === undefined ? numbers.slice(0, 4) : numbers.slice(0, 1),
      series: text?.name ?? null,
      stacked: false,
    };
  const [first] = columns;
  const x = text?.name ?? first!.name;
  return { kind: "bar", x, y: numbers.filter((name) => name !== x).slice(0, 4), ...plain };
}

interface Points {
  readonly categories: readonly string[];
  readonly series: readonly Series[];
}

/** Several rows of the same x and series are added up. */
function points(
  rows: readonly Row[],
  x: number,
  split: number,
  values: readonly number[],
  columns: readonly Column[],
): Points {
  const categories = new Map<string, number>();
  const series = new Map<string, Series>();
  for (const row of rows) {
    const category = label(row[x]);
    let place = categories.get(category);
    if (place === undefined) {
      if (categories.size >= MOST_POINTS) continue;
      place = categories.size;
      categories.set(category, place);
    }
    for (const index of values) {
      const name =
        split < 0 ? columns[index]!.name : splitName(row[split], values.length > 1 ? columns[index]!.name : null);
      const value = numberOf(row[index]);
      if (value === null) continue;
      const one = series.get(name) ?? { name, values: [] };
      one.values[place] = (one.values[place] ?? 0) + value;
      series.set(name, one);
    }
  }
  const length = categories.size;
  const all = [...series.values()].map(({ name, values: some }) => ({
    name,
    values: Array.from({ length }, (_, place) => some[place] ?? null),
  }));
  return { categories: [...categories.keys()], series: largest(all) };
}

function largest(all: readonly Series[]): readonly Series[] {
  if (all.length <= MOST_SERIES) return all;
  const weight = ({ values }: Series) => values.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0);
  const order = [...all].sort((a, b) => weight(b) - weight(a));
  const kept = order.slice(0, MOST_SERIES - 1);
  const rest = order.slice(MOST_SERIES - 1);
  const values = rest[0]!.values.map((_, place) =>
    rest.reduce<number | null>((sum, one) => {
      const value = one.values[place] ?? null;
      return value === null ? sum : (sum ?? 0) + value;
    }, null),
  );
  return [...kept, { name: OTHER, values }];
}

function slices(
  rows: readonly Row[],
  x: number,
  y: number,
): readonly { readonly name: string; readonly value: number }[] {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = label(row[x]);
    sums.set(name, (sums.get(name) ?? 0) + (numberOf(row[y]) ?? 0));
  }
  const order = [...sums].map(([name, value]) => ({ name, value })).sort((a, b) => b.value - a.value);
  if (order.length <= MOST_SLICES) return order;
  const rest = order.slice(MOST_SLICES - 1).reduce((sum, { value }) => sum + value, 0);
  return [...order.slice(0, MOST_SLICES - 1), { name: OTHER, value: rest }];
}

function pie({ name }: Column, data: ReturnType<typeof slices>): EChartsCoreOption {
  return {
    tooltip: { trigger: "item" },
    legend: { type: "scroll", bottom: 0 },
    series: [
      { type: "pie", name, radius: ["45%", "72%"], center: ["50%", "45%"], data, label: { formatter: "{b}: {d}%" } },
    ],
  };
}

function axes(words: Chart, x: Column, { categories, series }: Points): EChartsCoreOption {
  const instants = kindOf(x.type) === "time" ? categories.map(instantOf) : [];
  // Bars stand side by side whatever the distance in time; lines keep it.
  const timed = words.kind !== "bar" && instants.length > 0 && !instants.includes(null);
  const stacked = words.stacked && series.length > 1;
  return {
    useUTC: true,
    grid: { left: 8, right: 16, top: 16, bottom: series.length > 1 ? 32 : 8, containLabel: true },
    tooltip: { trigger: "axis" },
    ...(series.length > 1 ? { legend: { type: "scroll", bottom: 0 } } : {}),
    xAxis: timed
      ? { type: "time" }
      : { type: "category", data: kindOf(x.type) === "time" ? shortTimes(categories, instants) : categories },
    yAxis: { type: "value" },
    series: series.map(({ name, values }) => ({
      name,
      type: words.kind === "bar" ? "bar" : "line",
      data: timed ? values.map((value, place) => [instants[place]!, value]).sort(([a], [b]) => a! - b!) : values,
      ...(words.kind === "bar"
        ? { barMaxWidth: 48 }
        : { showSymbol: values.length <= 40, symbolSize: 6, ...(stacked ? {} : { sampling: "lttb" }) }),
      ...(words.kind === "area" ? { areaStyle: { opacity: stacked ? 0.6 : 0.2 } } : {}),
      ...(stacked ? { stack: "all" } : {}),
    })),
  };
}

/** Days where all are midnights, else minutes. */
function shortTimes(categories: readonly string[], instants: readonly (number | null)[]): readonly string[] {
  const days = instants.every((at) => at !== null && at % 86_400_000 === 0);
  return instants.map((at, place) =>
    at === null
      ? categories[place]!
      : new Date(at)
          .toISOString()
          .replace("T", " ")
          .slice(0, days ? 10 : 16),
  );
}

function label(value: unknown): string {
  if (value === null || value === undefined) return "(null)";
  if (value === "") return "(empty)";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const splitName = (value: unknown, column: string | null) =>
  column === null ? label(value) : `${label(value)} · ${column}`;
