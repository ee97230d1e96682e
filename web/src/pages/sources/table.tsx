/** The sources on a wide page. */
import { Code, Table, VisuallyHidden } from "@mantine/core";
import { count } from "../../parts/format.ts";
import { Sparkline } from "../../parts/sparkline.tsx";
import type { Source } from "../../parts/words.ts";
import { LastRun, Name, Next, Statuses } from "./facts.tsx";
import { SourceMenu } from "./source-menu.tsx";

export function SourceTableView({ sources }: { readonly sources: readonly Source[] }) {
  return (
    <Table.ScrollContainer minWidth={960}>
      <Table verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Source</Table.Th>
            <Table.Th>Prefix</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Last successful run</Table.Th>
            <Table.Th ta="right">Rows stored</Table.Th>
            <Table.Th>Rows, last 7 days</Table.Th>
            <Table.Th>Next run</Table.Th>
            <Table.Th w={48}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sources.map((source) => (
            <Table.Tr key={source.id}>
              <Table.Td maw={320}>
                <Name source={source} />
              </Table.Td>
              <Table.Td>
                <Code>{source.prefix}</Code>
              </Table.Td>
              <Table.Td maw={280}>
                <Statuses source={source} />
              </Table.Td>
              <Table.Td>
                <LastRun source={source} />
              </Table.Td>
              <Table.Td ta="right">{count(source.rowsStored)}</Table.Td>
              <Table.Td>
                <Sparkline days={source.rowsByDay} />
              </Table.Td>
              <Table.Td>
                <Next source={source} />
              </Table.Td>
              <Table.Td>
                <SourceMenu source={source} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
