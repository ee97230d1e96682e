/** What happens to columns before they are stored: kept, hashed, dropped. Personal ones are marked. */
import { Badge, Button, Checkbox, Group, NativeSelect, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Inline, Markdown } from "./markdown.tsx";
import { useNarrow } from "./narrow.ts";
import type { ColumnChoice, Treatment } from "./words.ts";

interface Props {
  readonly columns: readonly ColumnChoice[];
  readonly value: Treatment;
  readonly onChange: (treatment: Treatment) => void;
  readonly note: string;
}

export function TreatmentField({ columns, value, onChange, note }: Props) {
  const [search, setSearch] = useState("");
  const [personalOnly, setPersonalOnly] = useState(false);
  const wanted = search.trim().toLowerCase();
  const shown = columns.filter(
    ({ column, about, personal }) =>
      (!personalOnly || personal) && (column.toLowerCase().includes(wanted) || about.toLowerCase().includes(wanted)),
  );
  if (columns.length === 0) return <Text size="sm">All columns are stored as Okta sends them.</Text>;
  return (
    <Stack gap="xs">
      <Markdown text={note} size="xs" />
      <Group gap="xs">
        <TextInput
          aria-label="Search columns"
          placeholder="Search columns"
          size="xs"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <Checkbox
          size="xs"
          label="Personal only"
          checked={personalOnly}
          onChange={({ currentTarget }) => setPersonalOnly(currentTarget.checked)}
        />
        <Button size="compact-xs" variant="light" onClick={() => onChange(treatPersonal(columns, value))}>
          Hash all personal
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={() => onChange({})}>
          Keep all
        </Button>
      </Group>
      <Choices columns={shown} value={value} onChange={onChange} />
    </Stack>
  );
}

/** Hashed where that is possible, so that rows can still be joined; dropped where it is not. */
function treatPersonal(columns: readonly ColumnChoice[], before: Treatment): Treatment {
  const next: Treatment = { ...before };
  for (const { column, personal, canHash, canDrop } of columns)
    if (personal && canHash) next[column] = "hash";
    else if (personal && canDrop) next[column] = "drop";
  return next;
}

function Choices({ columns, value, onChange }: Omit<Props, "note">) {
  const choose = (column: string, choice: string) => {
    const { [column]: _, ...rest } = value;
    onChange(choice === "hash" || choice === "drop" ? { ...rest, [column]: choice } : rest);
  };
  // Beside each other, the longest name and the select do not fit in a narrow drawer.
  const narrow = useNarrow();
  return (
    <Table.ScrollContainer
      minWidth={narrow ? 0 : 320}
      mah={360}
      scrollAreaProps={{ type: "auto", viewportProps: { tabIndex: 0 } }}
    >
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{narrow ? "Column, and what is stored of it" : "Column"}</Table.Th>
            {narrow ? null : <Table.Th w={120}>Stored as</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((each) => {
            const choice = (
              <Choice each={each} value={value[each.column]} onChoose={(next) => choose(each.column, next)} />
            );
            return (
              <Table.Tr key={each.column}>
                <Table.Td>
                  <About each={each} />
                  {narrow ? choice : null}
                </Table.Td>
                {narrow ? null : <Table.Td>{choice}</Table.Td>}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function About({ each }: { readonly each: ColumnChoice }) {
  return (
    <>
      <Group gap={6}>
        <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {each.column}
        </Text>
        {each.personal ? (
          <Badge size="xs" variant="light" color="grape" tt="none">
            personal
          </Badge>
        ) : null}
      </Group>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        <Inline text={each.about} />
      </Text>
    </>
  );
}

function Choice(props: {
  readonly each: ColumnChoice;
  readonly value: "drop" | "hash" | undefined;
  readonly onChoose: (choice: string) => void;
}) {
  const { each, value, onChoose } = props;
  if (!each.canHash && !each.canDrop)
    return (
      <Text size="xs" c="dimmed">
        always kept
      </Text>
    );
  return (
    <NativeSelect
      size="xs"
      aria-label={`What is stored of ${each.column}`}
      value={value ?? "keep"}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      data={[
        { value: "keep", label: "Keep" },
        ...(each.canHash ? [{ value: "hash", label: "Hash" }] : []),
        ...(each.canDrop ? [{ value: "drop", label: "Drop" }] : []),
      ]}
    />
  );
}
