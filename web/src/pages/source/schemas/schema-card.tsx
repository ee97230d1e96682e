/** A table on a narrow page. */
import { Fact } from "../../../parts/fact.tsx";
import { Card, Checkbox, Group, SimpleGrid, Stack } from "@mantine/core";
import { When } from "../../../parts/when.tsx";
import { useMay } from "../../../shell/may.ts";
import { EnabledSwitch, Frequency, Method, Moved, Name, StatusCell, Stored, type TableProps } from "./facts.tsx";
import { TableMenu } from "./table-menu.tsx";

export function SchemaCard(props: TableProps) {
  const { source, table, live, chosen, choose } = props;
  const mayEdit = useMay("editor");
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="sm" wrap="nowrap" align="flex-start">
          {mayEdit ? (
            <Checkbox
              size="xs"
              mt={3}
              aria-label={`Choose ${table.table}`}
              checked={chosen.includes(table.table)}
              onChange={({ currentTarget }) => choose([table], currentTarget.checked)}
            />
          ) : null}
          <Name table={table} />
        </Group>
        <Group gap="xs" wrap="nowrap">
          <EnabledSwitch source={source} table={table} />
          <TableMenu {...props} />
        </Group>
      </Group>
      <Stack gap="xs" mt="xs">
        <StatusCell source={source} table={table} live={live} />
        <SimpleGrid cols={2} spacing="xs" verticalSpacing="xs">
          <Fact label="Method">
            <Method table={table} />
          </Fact>
          <Fact label="Frequency">
            <Frequency table={table} />
          </Fact>
          <Fact label="Last synced">
            <When both at={table.lastCompletedAt} never="Never" />
          </Fact>
          <Fact label="Rows stored · moved">
            <Stored table={table} /> · <Moved table={table} />
          </Fact>
        </SimpleGrid>
      </Stack>
    </Card>
  );
}
