/** The columns: type, how often NULL, how many different values, least and most, examples. */
import { Box, Card, Group, Progress, ScrollArea, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { count, countShort } from "../../parts/format.ts";
import { useNarrow } from "../../parts/narrow.ts";
import type { TableDetail } from "./page.tsx";

type Profile = TableDetail["columns"][number];

interface ColumnListProps {
  readonly columns: readonly Profile[];
  readonly rows: number | null;
  readonly sampled: boolean;
}

export function ColumnList({ columns, rows, sampled }: ColumnListProps) {
  const [filter, setFilter] = useState("");
  const isNarrow = useNarrow();
  const word = filter.trim().toLowerCase();
  const shown = columns.filter(({ name, about }) => `${name} ${about ?? ""}`.toLowerCase().includes(word));
  return (
    <section aria-label="Columns">
      <Group justify="space-between" mb="xs">
        <div>
          <Title order={2} size="h4">
            Columns
          </Title>
          {sampled ? (
            <Text size="xs" c="dimmed">
              The figures are of a sample of the {rows === null ? "" : count(rows)} rows.
            </Text>
          ) : null}
        </div>
        <TextInput
          size="xs"
          aria-label="Filter columns"
          placeholder="Filter columns"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      </Group>
      {isNarrow ? <Cards columns={shown} /> : <Wide columns={shown} />}
      {shown.length === 0 ? <Text c="dimmed">Nothing is called that.</Text> : null}
    </section>
  );
}

function Wide({ columns }: { readonly columns: readonly Profile[] }) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: "group", "aria-label": "Columns" }}>
      <Table verticalSpacing={6} fz="sm" miw={960} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Column</Table.Th>
            <Table.Th>Type</Table.Th>
            <Table.Th w={130}>NULL</Table.Th>
            <Table.Th ta="right">Distinct</Table.Th>
            <Table.Th>Least to most</Table.Th>
            <Table.Th>Examples</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((column) => (
            <Table.Tr key={column.name}>
              <Table.Td miw={200} maw={320}>
                <Name column={column} />
              </Table.Td>
              <Table.Td maw={160}>
                <TypeText type={column.type} />
              </Table.Td>
              <Table.Td>
                <NullShare column={column} />
              </Table.Td>
              <Table.Td ta="right" title={column.distinct === null ? "Unknown" : count(column.distinct)}>
                {column.distinct === null ? "–" : countShort(column.distinct)}
              </Table.Td>
              <Table.Td maw={220}>
                <Span column={column} />
              </Table.Td>
              <Table.Td maw={260}>
                <Examples examples={column.examples} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Cards({ columns }: { readonly columns: readonly Profile[] }) {
  return (
    <Stack gap="xs">
      {columns.map((column) => (
        <Card key={column.name} withBorder padding="sm">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Name column={column} />
            <Box maw="45%" style={{ flexShrink: 0 }}>
              <TypeText type={column.type} />
            </Box>
          </Group>
          <Group gap={6}>
            <Text size="xs" c="dimmed">
              NULL
            </Text>
            <NullShare column={column} />
            <Text size="xs" c="dimmed">
              {column.distinct === null ? "" : `· ${count(column.distinct)} different values`}
            </Text>
          </Group>
          <Span column={column} />
          <Examples examples={column.examples} />
        </Card>
      ))}
    </Stack>
  );
}

function Name({ column: { name, about } }: { readonly column: Profile }) {
  return (
    <div style={{ minWidth: 0 }}>
      <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        {name}
      </Text>
      <Text size="xs" c="dimmed">
        {about?.replaceAll("`", "")}
      </Text>
    </div>
  );
}

const TypeText = ({ type }: { readonly type: string }) => (
  <Text ff="monospace" size="xs" lineClamp={2} title={type} style={{ overflowWrap: "anywhere" }}>
    {type}
  </Text>
);

function NullShare({ column: { name, nullShare } }: { readonly column: Profile }) {
  if (nullShare === null) return <Text size="xs">–</Text>;
  const share = shareText(nullShare);
  return (
    <Group gap={6} wrap="nowrap">
      <Progress value={nullShare * 100} size="sm" w={64} aria-label={`NULL in ${name}: ${share}`} />
      <Text size="xs" style={{ fontVariantNumeric: "tabular-nums" }}>
        {share}
      </Text>
    </Group>
  );
}

/** 0% and 100% are said only where they are meant. */
function shareText(share: number): string {
  if (share > 0 && share < 0.01) return "< 1%";
  if (share < 1 && share > 0.99) return "> 99%";
  return `${Math.round(share * 100)}%`;
}

function Span({ column: { least, most } }: { readonly column: Profile }) {
  if (least === null && most === null) return null;
  return (
    <Text size="xs" lineClamp={2} title={`${least ?? ""} to ${most ?? ""}`} style={{ overflowWrap: "anywhere" }}>
      {least === most ? least : `${least ?? ""} … ${most ?? ""}`}
    </Text>
  );
}

function Examples({ examples }: { readonly examples: readonly string[] }) {
  const text = examples.map((example) => (example === "" ? "(empty)" : example)).join(" · ");
  return (
    <Text size="xs" c="dimmed" lineClamp={2} title={examples.join("\n")} style={{ overflowWrap: "anywhere" }}>
      {text}
    </Text>
  );
}
