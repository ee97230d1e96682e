/**
 * A chart: an ECharts option, drawn when ECharts has arrived, with its figures as a table one click away.
 *
 * Keep `option` the same object between renders (useMemo): a new one draws anew. Line, bar and pie are what is loaded.
 */
import { Button, Center, Loader, ScrollArea, Table } from "@mantine/core";
import { IconChartLine, IconTable } from "@tabler/icons-react";
import type { EChartsCoreOption } from "echarts/core";
import { lazy, Suspense, useMemo, useState } from "react";
import { alternative, type Alternative } from "../query/alternative.ts";
import { count } from "./format.ts";

const ChartCanvas = lazy(() => import("./chart-canvas.tsx"));

const MOST_ROWS = 500;

export interface ChartProps {
  readonly option: EChartsCoreOption;
  /** What it shows, for whoever cannot see it. */
  readonly label: string;
  readonly height?: number;
  /** Without the button that shows the figures: for charts the size of a word. */
  readonly bare?: boolean;
}

export function Chart({ option, label, height = 280, bare = false }: ChartProps) {
  const [asTable, setAsTable] = useState(false);
  const drawn = (
    <Suspense
      fallback={
        <Center h={height}>
          <Loader size="sm" role="status" aria-label={`Loading the chart: ${label}`} />
        </Center>
      }
    >
      <ChartCanvas option={option} label={label} height={height} />
    </Suspense>
  );
  if (bare) return drawn;
  return (
    <div>
      {asTable ? <Figures option={option} label={label} height={height} /> : drawn}
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        leftSection={asTable ? <IconChartLine size={14} aria-hidden /> : <IconTable size={14} aria-hidden />}
        onClick={() => setAsTable(!asTable)}
        aria-label={`${asTable ? "Show as chart" : "Show as table"}: ${label}`}
      >
        {asTable ? "Show as chart" : "Show as table"}
      </Button>
    </div>
  );
}

function Figures({
  option,
  label,
  height,
}: {
  readonly option: EChartsCoreOption;
  readonly label: string;
  readonly height: number;
}) {
  const table = useMemo(() => alternative(option), [option]);
  return (
    <ScrollArea h={height} type="auto" viewportProps={{ tabIndex: 0, role: "group", "aria-label": label }}>
      <FigureTable table={table} label={label} />
    </ScrollArea>
  );
}

function FigureTable({ table: { columns, rows }, label }: { readonly table: Alternative; readonly label: string }) {
  return (
    <Table stickyHeader fz="sm" verticalSpacing={4}>
      <Table.Caption>
        {label}
        {rows.length > MOST_ROWS ? ` The first ${count(MOST_ROWS)} of ${count(rows.length)}.` : ""}
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          {columns.map((name, index) => (
            <Table.Th key={index} ta={index === 0 ? "left" : "right"}>
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.slice(0, MOST_ROWS).map((row) => (
          <Table.Tr key={row[0]}>
            {row.map((figure, index) => (
              <Table.Td key={index} ta={index === 0 ? "left" : "right"}>
                {figure}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
