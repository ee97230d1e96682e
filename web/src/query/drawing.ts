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
/** More bars than pixels are a surface. */
const MOST_BARS = 1000;
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
  const found = points(rows, x, at(words.series), values, columns);
  if (words.kind === "bar" && found.categories.length > MOST_BARS)
    return {
      kind: "nothing",
      why: `Too many bars: ${found.categories.length.toLocaleString("en")}. Group the rows, or choose another column.`,
    };
  return { kind: "option", option: axes(words, columns[x]!, found) };
}

/** Whether the columns that a chart names are all in the result: another query's may be gone. */
export function fits({ x, y, series }: Chart, { columns }: Table): boolean {
  const names = new Set(columns.map(({ name }) => name));
  return [x ?? [], series ?? [], y].flat().every((name) => names.has(name));
}

/** As `suggested`, for who wants a chart in any case: where nothing can be drawn, it asks for columns. */
export function suggestedChart(table: Table): Chart {
  const first = suggested(table);
  return first.kind === "table" ? { ...first, kind: "bar", x: table.columns[0]?.name ?? null } : first;
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
      y: numbers.slice(0, text === undefined ? 4 : 1),
      series: text !== undefined && isFew(rows, columns.indexOf(text)) ? text.name : null,
      stacked: false,
    };
  const [first] = columns;
  const x = text?.name ?? first!.name;
  return { kind: "bar", x, y: numbers.filter((name) => name !== x).slice(0, 4), ...plain };
}

const isFew = (rows: readonly Row[], index: number): boolean =>
  new Set(rows.slice(0, 1000).map((row) => row[index])).size <= MOST_SERIES;

interface Points {
  readonly categories: readonly string[];
  readonly series: readonly Series[];
}

/** Several rows of the same x and series are added up; the small series become one, before any of them takes room. */
function points(
  rows: readonly Row[],
  x: number,
  split: number,
  values: readonly number[],
  columns: readonly Column[],
): Points {
  const nameOf = (row: Row, index: number) =>
    split < 0 ? columns[index]!.name : splitName(row[split], values.length > 1 ? columns[index]!.name : null);
  const kept = largest(rows, values, nameOf);
  const categories = new Map<string, number>();
  const series = new Map<string, Series>();
  for (const row of rows) {
    const category = label(row[x]);
    const place = categories.get(category) ?? categories.size;
    categories.set(category, place);
    for (const index of values) {
      const value = numberOf(row[index]);
      if (value === null) continue;
      const own = nameOf(row, index);
      const name = kept.has(own) ? own : OTHER;
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
  return { categories: [...categories.keys()], series: all };
}

function largest(
  rows: readonly Row[],
  values: readonly number[],
  nameOf: (row: Row, index: number) => string,
): ReadonlySet<string> {
  const weights = new Map<string, number>();
  for (const row of rows)
    for (const index of values) {
      const name = nameOf(row, index);
      weights.set(name, (weights.get(name) ?? 0) + Math.abs(numberOf(row[index]) ?? 0));
    }
  const order = [...weights].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return new Set(order.length <= MOST_SERIES ? order : order.slice(0, MOST_SERIES - 1));
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
      {
        type: "pie",
        name,
        radius: ["45%", "72%"],
        center: ["50%", "45%"],
        data,
        label: { formatter: "{b}: {d}%" },
        minShowLabelAngle: 14,
      },
    ],
  };
}

function axes(words: Chart, x: Column, { categories, series }: Points): EChartsCoreOption {
  const instants = kindOf(x.type) === "time" ? categories.map(instantOf) : [];
  // Bars stand side by side whatever the distance in time; lines keep it.
  const timed = words.kind !== "bar" && instants.length > 0 && !instants.includes(null);
  const stacked = words.stacked && series.length > 1;
  const names = kindOf(x.type) === "time" ? shortTimes(categories, instants) : categories;
  const values = { type: "value" };
  const lying = words.kind === "bar" && liesDown(names, kindOf(x.type) === "time");
  const along = timed
    ? { type: "time", axisLabel: { formatter: TIME_LABELS } }
    : {
        type: "category",
        data: names,
        ...(lying ? { inverse: true, axisLabel: { width: 190, overflow: "truncate", ...everyOne(names) } } : {}),
      };
  return {
    useUTC: true,
    grid: { left: 8, right: 20, top: 16, bottom: series.length > 1 ? 32 : 8, containLabel: true },
    tooltip: { trigger: "axis" },
    ...(series.length > 1 ? { legend: { type: "scroll", bottom: 0 } } : {}),
    xAxis: lying ? values : along,
    yAxis: lying ? along : values,
    series: series.map((one) => oneSeries(one, words.kind, stacked, timed ? instants : null)),
  };
}

/** The month is said with every day: an axis of bare numbers says little. */
const TIME_LABELS = {
  year: "{yyyy}",
  month: "{MMM} {yyyy}",
  day: "{d} {MMM}",
  hour: "{HH}:{mm}",
  minute: "{HH}:{mm}",
  second: "{HH}:{mm}:{ss}",
};

/** Long names, and many short ones, are readable only beside their bars: under them, every other would be left out. */
const liesDown = (names: readonly string[], isTime: boolean): boolean =>
  !isTime &&
  names.length > 3 &&
  names.length <= 30 &&
  (names.some((name) => name.length > 9) || names.join("").length > MOST_LETTERS);

/** Under the bars of a card of half a page's width. */
const MOST_LETTERS = 36;

/** So few that each has room beside its bar, also in a card. */
const everyOne = (names: readonly string[]) => (names.length <= 12 ? { interval: 0 } : {});

function oneSeries(
  { name, values }: Series,
  kind: Chart["kind"],
  stacked: boolean,
  instants: readonly (number | null)[] | null,
) {
  // What is stacked must stand on something: no row means none of it.
  const all = stacked ? values.map((value) => value ?? 0) : values;
  const data =
    instants === null ? all : all.map((value, place) => [instants[place]!, value]).sort(([a], [b]) => a! - b!);
  const shape =
    kind === "bar"
      ? { type: "bar", barMaxWidth: 48 }
      : {
          type: "line",
          connectNulls: true,
          showSymbol: values.length <= 40,
          symbolSize: 6,
          ...(stacked ? {} : { sampling: "lttb" }),
        };
  return {
    name,
    data,
    ...shape,
    ...(kind === "area" ? { areaStyle: { opacity: stacked ? 0.6 : 0.2 } } : {}),
    ...(stacked ? { stack: "all" } : {}),
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
