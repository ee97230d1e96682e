/** All dashboards, and the way to a new one. */
import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconLayoutDashboard, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { useAsk, useDo } from "../../parts/ask.ts";
import { relative } from "../../parts/format.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import { useMay } from "../../shell/may.ts";
import { NameDialog } from "./name-dialog.tsx";

export function BoardList() {
  const boards = useAsk("get /api/dashboards", {});
  const mayWrite = useMay("editor");
  const [isNaming, setNaming] = useState(false);
  const [, navigate] = useLocation();
  const create = useDo("post /api/dashboards");
  const add = mayWrite ? (
    <Button size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setNaming(true)}>
      New dashboard
    </Button>
  ) : null;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Dashboards
        </Title>
        {boards.data?.length === 0 ? null : add}
      </Group>
      <Asked query={boards} what="the dashboards">
        {(all) =>
          all.length === 0 ? (
            <Empty title="No dashboards yet" action={add}>
              A dashboard shows the charts of saved queries, arranged as you like.
            </Empty>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {all.map(({ id, name, cards, createdBy, updatedAt }) => (
                <Card key={id} withBorder component={Link} href={`/dashboards/${encodeURIComponent(id)}`}>
                  <Group gap="xs" wrap="nowrap">
                    <IconLayoutDashboard size={20} aria-hidden />
                    <Text fw={600} truncate>
                      {name}
                    </Text>
                  </Group>
                  <Text size="sm" c="dimmed" mt={4}>
                    {cards.length === 1 ? "1 card" : `${cards.length} cards`} · by {createdBy} · changed{" "}
                    {relative(updatedAt)}
                  </Text>
                </Card>
              ))}
            </SimpleGrid>
          )
        }
      </Asked>
      {isNaming ? (
        <NameDialog
          title="New dashboard"
          name=""
          isBusy={create.isPending}
          onClose={() => setNaming(false)}
          onName={(name) => create.mutate({ body: { name } }, { onSuccess: ({ id }) => navigate(`/dashboards/${id}`) })}
        />
      ) : null}
    </Stack>
  );
}
