/** Reading everything again, with what that does and does not do. */
import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useDo } from "../../../parts/ask.ts";
import type { Source, SourceTable } from "../../../parts/words.ts";

export function Resync(props: {
  readonly source: Source;
  readonly tables: readonly SourceTable[];
  readonly onClose: () => void;
}) {
  const { source, tables, onClose } = props;
  const resync = useDo("post /api/sources/{id}/resync", "Reading completely again.");
  const names = tables.map(({ table }) => table);
  return (
    <Modal
      opened
      onClose={onClose}
      title={<Text fw={600}>Resync {names.join(", ")}</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        <Text size="sm">Reads all that Okta has, as in the first sync, and stores the differences.</Text>
        <List size="sm" spacing={4}>
          <List.Item>Nothing is removed first: the tables can be queried all the while.</List.Item>
          <List.Item>What is no longer in Okta is marked as deleted at the end, not before.</List.Item>
          {tables.some(({ isLog }) => isLog) ? (
            <List.Item>Logs are never shortened: events that Okta no longer has stay.</List.Item>
          ) : null}
          <List.Item>It takes as many requests as the first sync did.</List.Item>
        </List>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button
            loading={resync.isPending}
            disabled={source.currentRun !== null || source.paused !== null}
            onClick={() =>
              resync.mutate({ params: { id: source.id }, body: { tables: names } }, { onSuccess: onClose })
            }
          >
            Resync
          </Button>
        </Group>
        {source.currentRun === null ? null : (
          <Text size="xs" c="dimmed">
            A run is under way. Resync when it has ended.
          </Text>
        )}
      </Stack>
    </Modal>
  );
}
