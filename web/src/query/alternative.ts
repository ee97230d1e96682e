/** What a chart says, as a table: for whoever cannot see it, or wants the figures. Pure. */
import type { EChartsCoreOption } from "echarts/core";

export interface Alternative {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface SeriesShape {
  readonly name?: string;
  readonly type?: string;
  readonly data?: readonly unknown[];
}
interface AxisShape {
  readonly data?: readonly unknown[];
  readonly type?: string;
}

const first = <T>(value: T | readonly T[] | undefined): T | undefined =>
  Array.isArray(value) ? (value as readonly T[])[0] : (value as T | undefined);

export function alternative(option: EChartsCoreOption): Alternative {
  const series = [option["series"] as SeriesShape | readonly SeriesShape[] | undefined]
    .flat()
    .filter((one) => one !== undefined);
  if (series.some(({ type }) => type === "pie")) {
    const data = (series[0]?.data ?? []) as readonly { readonly name?: string; readonly value?: unknown }[];
    return {
      columns: ["", series[0]?.name ?? "Value"],
      rows: data.map(({ name, value }) => [name ?? "", figure(value)]),
    };
  }
  const axis = [option["xAxis"], option["yAxis"]].map((one) =>
    first(one as AxisShape | readonly AxisShape[] | undefined),
  );
  const categories = axis.find((one) => one?.data !== undefined)?.data;
  const timed = axis[0]?.type === "time";
  const rows = new Map<string, string[]>();
  for (const [index, { data = [] }] of series.entries()) {
    for (const [place, point] of data.entries()) {
      const bare = typeof point === "object" && point !== null && "value" in point ? point.value : point;
      const pair = Array.isArray(bare) ? (bare as readonly unknown[]) : [categories?.[place] ?? place + 1, bare];
      const key = timed ? instant(pair[0]) : String(pair[0]);
      const row = rows.get(key) ?? [key, ...series.map(() => "")];
      row[index + 1] = figure(pair[1]);
      rows.set(key, row);
    }
  }
  return {
    columns: [timed ? "Time (UTC)" : "", ...series.map(({ name }, index) => name ?? `Value ${index + 1}`)],
    rows: [...rows.values()],
  };
}

const instant = (value: unknown): string => {
  const at = new Date(value as string | number);
  return Number.isNaN(at.getTime()) ? String(value) : at.toISOString().replace("T", " ").slice(0, 16);
};

const figure = (value: unknown): string =>
  typeof value === "number" ? value.toLocaleString("en") : typeof value === "string" ? value : "";
