/** The tables on a wide page; every column sorts. */
import { Checkbox, Group, Table, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconArrowsSort } from "@tabler/icons-react";
import type { SourceTable } from "../../../parts/words.ts";
import { useMay } from "../../../shell/may.ts";
import { When } from "../../../parts/when.tsx";
import { EnabledSwitch, Frequency, Method, Moved, Name, StatusCell, Stored, type TableProps } from "./facts.tsx";
import { nextSort, type Sort, type SortKey } from "./order.ts";
import { TableMenu } from "./table-menu.tsx";

interface Props extends Omit<TableProps, "table"> {
  readonly tables: readonly SourceTable[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

const COLUMNS: readonly { readonly key: SortKey; readonly label: string; readonly right?: boolean }[] = [
  { key: "table", label: "Schema" },
  { key: "status", label: "Status" },
  { key: "mode", label: "Method" },
  { key: "frequency", label: "Frequency" },
  { key: "lastCompletedAt", label: "Last synced" },
  { key: "rowsStored", label: "Rows stored", right: true },
  { key: "rowsMoved", label: "Rows moved", right: true },
];

export function SchemaTable(props: Props) {
  return (
    <Table.ScrollContainer minWidth={1040}>
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <ChooseAll {...props} />
            {COLUMNS.map(({ key, label, right = false }) => (
              <SortHead key={key} name={key} label={label} right={right} sort={props.sort} onSort={props.onSort} />
            ))}
            <Table.Th>Enabled</Table.Th>
            <Table.Th w={48}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.tables.map((table) => (
            <Row key={table.table} {...props} table={table} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function ChooseAll({ tables, chosen, choose }: Props) {
  const many = tables.filter(({ table }) => chosen.includes(table)).length;
  if (!useMay("editor")) return null;
  return (
    <Table.Th w={36}>
      <Checkbox
        size="xs"
        aria-label="Choose all tables"
        checked={many > 0 && many === tables.length}
        indeterminate={many > 0 && many < tables.length}
        onChange={() => choose(tables, many < tables.length)}
      />
    </Table.Th>
  );
}

function SortHead(props: {
  readonly name: SortKey;
  readonly label: string;
  readonly right: boolean;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}) {
  const { name, label, right, sort, onSort } = props;
  const here = sort.key === name;
  const Sign = here ? (sort.falling ? IconArrowDown : IconArrowUp) : IconArrowsSort;
  return (
    <Table.Th aria-sort={here ? (sort.falling ? "descending" : "ascending") : "none"}>
      <UnstyledButton onClick={() => onSort(nextSort(sort, name))} w="100%">
        <Group
          gap={4}
          wrap="nowrap"
          justify={right ? "flex-end" : "flex-start"}
          fz="sm"
          fw={700}
          style={{ whiteSpace: "nowrap" }}
        >
          {label}
          <Sign size={12} aria-hidden opacity={here ? 1 : 0.4} />
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}

function Row(props: TableProps) {
  const { source, table, live, chosen, choose } = props;
  const mayEdit = useMay("editor");
  return (
    <Table.Tr>
      {mayEdit ? (
        <Table.Td>
          <Checkbox
            size="xs"
            aria-label={`Choose ${table.table}`}
            checked={chosen.includes(table.table)}
            onChange={({ currentTarget }) => choose([table], currentTarget.checked)}
          />
        </Table.Td>
      ) : null}
      <Table.Td>
        <Name table={table} />
      </Table.Td>
      <Table.Td maw={280}>
        <StatusCell source={source} table={table} live={live} />
      </Table.Td>
      <Table.Td>
        <Method table={table} />
      </Table.Td>
      <Table.Td>
        <Frequency table={table} />
      </Table.Td>
      <Table.Td>
        <When both at={table.lastCompletedAt} never="Never" />
      </Table.Td>
      <Table.Td ta="right">
        <Stored table={table} />
      </Table.Td>
      <Table.Td ta="right">
        <Moved table={table} />
      </Table.Td>
      <Table.Td>
        <EnabledSwitch source={source} table={table} />
      </Table.Td>
      <Table.Td>
        <TableMenu {...props} />
      </Table.Td>
    </Table.Tr>
  );
}
