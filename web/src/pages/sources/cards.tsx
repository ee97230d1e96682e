/** The sources on a narrow page. */
import { Fact } from "../../parts/fact.tsx";
import { Card, Group, SimpleGrid, Stack } from "@mantine/core";
import { count } from "../../parts/format.ts";
import { Sparkline } from "../../parts/sparkline.tsx";
import type { Source } from "../../parts/words.ts";
import { LastRun, Name, Next, Statuses } from "./facts.tsx";
import { SourceMenu } from "./source-menu.tsx";

export function SourceCards({ sources }: { readonly sources: readonly Source[] }) {
  return (
    <Stack gap="sm">
      {sources.map((source) => (
        <Card key={source.id} withBorder padding="sm">
          <Group justify="space-between" align="flex-start" wrap="nowrap">
            <Name source={source} />
            <SourceMenu source={source} />
          </Group>
          <Group mt="xs">
            <Statuses source={source} />
          </Group>
          <SimpleGrid cols={2} mt="sm" spacing="xs">
            <Fact label="Last successful run">
              <LastRun source={source} />
            </Fact>
            <Fact label="Next run">
              <Next source={source} />
            </Fact>
            <Fact label="Rows stored">{count(source.rowsStored)}</Fact>
            <Fact label="Rows, last 7 days">
              <Sparkline days={source.rowsByDay} />
            </Fact>
          </SimpleGrid>
        </Card>
      ))}
    </Stack>
  );
}
