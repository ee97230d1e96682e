/** What a run did to each table. */
import { Table, Text } from "@mantine/core";
import { FailureText } from "../../../parts/failure-text.tsx";
import { count, duration } from "../../../parts/format.ts";
import { MODES } from "../../../parts/frequency.ts";
import { Bar, wordsOf } from "../../../parts/run-progress.tsx";
import { StatusTag } from "../../../parts/status.tsx";
import type { RunTable } from "../../../parts/words.ts";

const FIGURES = ["read", "inserted", "updated", "unchanged", "deleted", "rejected", "oddValues", "requests"] as const;
const HEADS: Readonly<Record<(typeof FIGURES)[number], string>> = {
  read: "Read",
  inserted: "Inserted",
  updated: "Updated",
  unchanged: "Unchanged",
  deleted: "Deleted",
  rejected: "Rejected",
  oddValues: "Odd values",
  requests: "Requests",
};

export function RunTables({ tables }: { readonly tables: readonly RunTable[] }) {
  return (
    <Table.ScrollContainer minWidth={900} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Table</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Method</Table.Th>
            {FIGURES.map((name) => (
              <Table.Th key={name} ta="right">
                {HEADS[name]}
              </Table.Th>
            ))}
            <Table.Th ta="right">Took</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tables.map((table) => (
            <Row key={table.table} table={table} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ table }: { readonly table: RunTable }) {
  return (
    <Table.Tr>
      <Table.Td maw={360}>
        <Text size="sm" fw={500}>
          {table.table}
        </Text>
        {table.status === "running" ? (
          <>
            <Bar table={table} />
            <Text size="xs" c="dimmed">
              {wordsOf(table)}
            </Text>
          </>
        ) : null}
        {table.failure === null ? null : <FailureText failure={table.failure} />}
      </Table.Td>
      <Table.Td>
        <StatusTag status={table.status} />
      </Table.Td>
      <Table.Td>{MODES[table.mode].label}</Table.Td>
      {FIGURES.map((name) => (
        <Table.Td key={name} ta="right">
          {count(table[name])}
        </Table.Td>
      ))}
      <Table.Td ta="right">
        {table.startedAt === null || table.finishedAt === null
          ? ""
          : duration((Date.parse(table.finishedAt) - Date.parse(table.startedAt)) / 1000)}
      </Table.Td>
    </Table.Tr>
  );
}
