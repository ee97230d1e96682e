/** A result in the page: what its values are, how they are written, copied, sorted and drawn. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EChartsCoreOption } from "echarts/core";
import type { Chart } from "../../src/api/contract/queries.ts";
import { alternative } from "../../web/src/query/alternative.ts";
import { lines } from "../../web/src/query/ask.ts";
import { cellText, pretty, tsv } from "../../web/src/query/cell-text.ts";
import { drawing, fits, suggested, suggestedChart } from "../../web/src/query/drawing.ts";
import { compare, sortable } from "../../web/src/query/order.ts";
import { instantOf, kindOf, numberOf } from "../../web/src/query/result.ts";

const WORDS: Chart = { kind: "line", x: "day", y: ["n"], series: null, stacked: false };
const DAYS = {
  columns: [
    { name: "day", type: "DATE" },
    { name: "who", type: "VARCHAR" },
    { name: "n", type: "BIGINT" },
  ],
  rows: [
    ["2026-11-02", "a", "3"],
    ["2026-11-01", "a", 1],
    ["2026-11-01", "b", 2],
  ],
};

function drawn(words: Chart, table: typeof DAYS = DAYS): EChartsCoreOption {
  const what = drawing(table, words);
  if (what.kind !== "option") assert.fail(`drawn as ${what.kind}`);
  return what.option;
}

interface Shape {
  readonly xAxis: { type: string; data?: string[] };
  readonly series: { name: string; type: string; data: unknown[]; stack?: string; areaStyle?: object }[];
}
const option = (words: Chart): Shape => drawn(words) as unknown as Shape;

describe("values", () => {
  it("kinds of type", () => {
    const kinds = [
      "BIGINT",
      "DECIMAL(18,3)",
      "TIMESTAMP WITH TIME ZONE",
      "DATE",
      "JSON",
      "STRUCT(a INTEGER)",
      "INTEGER[]",
      "BOOLEAN",
      "VARCHAR",
      "INTERVAL",
    ];
    assert.deepEqual(kinds.map(kindOf), [
      "number",
      "number",
      "time",
      "time",
      "nested",
      "nested",
      "nested",
      "boolean",
      "text",
      "text",
    ]);
  });

  it("instants, as ISO 8601 and as DuckDB writes them", () => {
    const noon = Date.UTC(2026, 10, 1, 12);
    for (const text of [
      "2026-11-01T12:00:00.000Z",
      "2026-11-01 12:00:00+00",
      "2026-11-01 13:00:00+01:00",
      "2026-11-01 12:00:00",
    ])
      assert.equal(instantOf(text), noon, text);
    assert.equal(instantOf("2026-11-01"), Date.UTC(2026, 10, 1));
    assert.equal(instantOf("yesterday"), null);
  });

  it("numbers, also when sent as text", () => {
    assert.deepEqual(["12.5", 3, "", "x", null, true].map(numberOf), [12.5, 3, null, null, null, 1]);
  });

  it("NULL is not empty text", () => {
    assert.equal(cellText(null), null);
    assert.equal(cellText(""), "");
    assert.equal(cellText({ a: [1] }), '{"a":[1]}');
    assert.equal(pretty('{"a":1}', "JSON"), '{\n  "a": 1\n}');
    assert.equal(pretty('{"a":1}', "VARCHAR"), '{"a":1}');
  });

  it("copied for a spreadsheet", () => {
    assert.equal(
      tsv(
        [
          ["a\tb", null, 1],
          ['q"', { x: 1 }, true],
        ],
        ["h", "i", "j"],
      ),
      'h\ti\tj\n"a\tb"\t\t1\n"q"""\t"{""x"":1}"\ttrue',
    );
  });

  it("sorted as what they are", () => {
    assert.ok(compare(sortable("9", "BIGINT")!, sortable("10", "BIGINT")!) < 0);
    assert.ok(
      compare(sortable("2026-01-01 00:00:00+02", "TIMESTAMPTZ")!, sortable("2025-12-31 23:00:00+00", "TIMESTAMPTZ")!) <
        0,
    );
    assert.equal(sortable(null, "BIGINT"), undefined);
  });
});

describe("drawing", () => {
  it("a line keeps the order and the distance of time", () => {
    const { xAxis, series } = option({ ...WORDS, series: "who" });
    assert.equal(xAxis.type, "time");
    assert.deepEqual(
      series.map(({ name }) => name),
      ["a", "b"],
    );
    assert.deepEqual(series[0]!.data, [
      [Date.UTC(2026, 10, 1), 1],
      [Date.UTC(2026, 10, 2), 3],
    ]);
  });

  it("rows of one x are added up when nothing splits them", () => {
    assert.deepEqual(
      option(WORDS).series[0]!.data.map((point) => (point as number[])[1]),
      [3, 3],
    );
  });

  it("bars by category, stacked areas", () => {
    const bars = option({ ...WORDS, kind: "bar", x: "who" });
    assert.deepEqual(
      [bars.xAxis.data, bars.series[0]!.data],
      [
        ["a", "b"],
        [4, 2],
      ],
    );
    const areas = option({ ...WORDS, kind: "area", series: "who", stacked: true });
    assert.ok(areas.series.every(({ stack, areaStyle }) => stack !== undefined && areaStyle !== undefined));
  });

  it("bars lie down where their names are long, or so many that every other would be left out", () => {
    const shape = (names: readonly string[]) => {
      const rows = names.map((name) => ["2026-11-01", name, 1]);
      const { xAxis, yAxis } = drawn({ ...WORDS, kind: "bar", x: "who" }, { ...DAYS, rows }) as {
        xAxis: { type: string };
        yAxis: { axisLabel?: { interval?: number } };
      };
      return [xAxis.type, yAxis.axisLabel?.interval];
    };
    assert.deepEqual(shape(["Slack", "Zoom", "Jira", "Box"]), ["category", undefined]);
    assert.deepEqual(shape(["Google Workspace", "Zoom", "Jira", "Box"]), ["value", 0]);
    const ten = Array.from({ length: 10 }, (_, n) => `Tool ${n}`);
    assert.deepEqual(shape(ten), ["value", 0]);
  });

  it("many lines and many slices end in Other, and nothing is lost", () => {
    const rows = Array.from({ length: 40 }, (_, n) => ["2026-11-01", `who ${n}`, n]);
    const many = { ...DAYS, rows };
    for (const words of [
      { ...WORDS, kind: "pie" as const, x: "who" },
      { ...WORDS, series: "who" },
    ]) {
      const table = alternative(drawn(words, many));
      const figures = words.kind === "pie" ? table.rows.map((row) => row[1]) : table.rows[0]!.slice(1);
      assert.equal(
        figures.reduce((sum, figure) => sum + Number(figure), 0),
        (39 * 40) / 2,
      );
      assert.ok(figures.length <= 12);
    }
  });

  it("a number, and what is missing in words", () => {
    assert.deepEqual(drawing(DAYS, { ...WORDS, kind: "number" }), {
      kind: "number",
      numbers: [{ label: "n", value: 3 }],
    });
    assert.equal(drawing({ ...DAYS, rows: [] }, WORDS).kind, "nothing");
    assert.equal(drawing(DAYS, { ...WORDS, x: "gone" }).kind, "nothing");
    assert.equal(drawing(DAYS, { ...WORDS, y: [] }).kind, "nothing");
  });

  it("what a result suggests", () => {
    assert.deepEqual(suggested(DAYS), { ...WORDS, series: "who" });
    assert.equal(suggested({ ...DAYS, rows: DAYS.rows.slice(0, 1) }).kind, "number");
    assert.equal(suggested({ columns: [{ name: "a", type: "VARCHAR" }], rows: [["x"]] }).kind, "table");
  });

  it("a chart fits a result that has all the columns it names", () => {
    assert.equal(fits({ ...WORDS, series: "who" }, DAYS), true);
    assert.equal(fits({ ...WORDS, y: [] }, DAYS), true);
    assert.equal(fits({ ...WORDS, series: "gone" }, DAYS), false);
    assert.equal(fits({ ...WORDS, y: ["n", "gone"] }, DAYS), false);
    assert.deepEqual(suggestedChart({ columns: [{ name: "a", type: "VARCHAR" }], rows: [["x"]] }), {
      kind: "bar",
      x: "a",
      y: [],
      series: null,
      stacked: false,
    });
  });

  it("says the same as a table", () => {
    assert.deepEqual(alternative(drawn({ ...WORDS, series: "who" })), {
      columns: ["Time (UTC)", "a", "b"],
      rows: [
        ["2026-11-01 00:00", "1", "2"],
        ["2026-11-02 00:00", "3", ""],
      ],
    });
  });
});

it("lines of a stream, whatever pieces they come in", async () => {
  const bytes = new TextEncoder().encode('{"a":"ü"}\n{"b":1}\n\n{"c":2}');
  for (const size of [1, 3, 7, 100]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.slice(n * size, (n + 1) * size),
    );
    const read: string[] = [];
    for await (const line of lines(ReadableStream.from(pieces))) read.push(line);
    assert.deepEqual(read, ['{"a":"ü"}', '{"b":1}', '{"c":2}']);
  }
});
