/** ECharts, and only what we draw with it. Loaded when the first chart is shown; never import this but through `chart.tsx`. */
import { useComputedColorScheme, useMantineTheme, type MantineTheme } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { BarChart, LineChart, PieChart } from "echarts/charts";
import {
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use as register, type ECharts, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

register([
  BarChart,
  LineChart,
  PieChart,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkLineComponent,
  TooltipComponent,
  CanvasRenderer,
]);

export default function ChartCanvas(props: {
  readonly option: EChartsCoreOption;
  readonly label: string;
  readonly height: number;
}) {
  const { option, label, height } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const dark = useComputedColorScheme("light") === "dark";
  const still = useReducedMotion();
  const theme = useMantineTheme();

  useEffect(() => {
    const drawn = init(box.current, look(theme, dark));
    chart.current = drawn;
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(box.current!);
    return () => {
      watch.disconnect();
      drawn.dispose();
    };
  }, [theme, dark]);

  // After the effect above: a new look begins with an empty chart.
  useEffect(() => {
    chart.current!.setOption({ ...option, animation: !still, tooltip: tooltip(option, dark) }, { notMerge: true });
  }, [option, still, theme, dark]);

  return <div ref={box} role="img" aria-label={label} style={{ width: "100%", height }} />;
}

/** Drawn into the canvas: a tooltip of HTML would need inline styles, which the content security policy forbids. */
function tooltip(option: EChartsCoreOption, dark: boolean): object | undefined {
  const asked = option["tooltip"];
  if (asked === undefined) return undefined;
  const [back, text, line] = dark ? ["#2e2e2e", "#e9ecef", "#555"] : ["#fff", "#212529", "#ced4da"];
  return {
    renderMode: "richText",
    confine: true,
    backgroundColor: back,
    borderColor: line,
    textStyle: { color: text, fontSize: 12 },
    ...(asked as object),
  };
}

function look({ colors, fontFamily }: MantineTheme, dark: boolean): object {
  const shade = dark ? 5 : 7;
  const text = dark ? "#c9c9c9" : "#495057";
  const line = dark ? "#424242" : "#e9ecef";
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: text, hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    color: (["blue", "teal", "orange", "grape", "red", "cyan", "lime", "indigo", "pink", "gray"] as const).map(
      (name) => colors[name][shade],
    ),
    backgroundColor: "transparent",
    textStyle: { fontFamily, color: text },
    legend: { textStyle: { color: text }, pageTextStyle: { color: text }, pageIconColor: text },
    categoryAxis: { ...axis, splitLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    pie: { label: { color: text } },
  };
}
