/** Who is told of failures, recoveries, stale tables and thresholds, and how. */
import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { notifications } from "@mantine/notifications";
import { IconBell, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { Result } from "../../api.ts";
import { useAsk, useDo } from "../../parts/ask.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import { When } from "../../parts/when.tsx";
import { type Channel, EVENTS, KINDS } from "./channel.ts";
import { ChannelForm } from "./channel-form.tsx";

type Source = Result<"get /api/sources">[number];

export default function NotificationsTab() {
  const channels = useAsk("get /api/channels", {});
  const sources = useAsk("get /api/sources", {});
  const [edited, setEdited] = useState<Channel | "new" | null>(null);
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited("new")}>
      New channel
    </Button>
  );
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text c="dimmed">
          Each channel is told of an event once, and of a recovery only after it was told of the trouble.
        </Text>
        {add}
      </Group>
      <Asked query={channels} what="the channels">
        {(all) =>
          all.length === 0 ? (
            <Empty title="Nobody is told yet">
              Add a webhook, a Slack-compatible address or e-mail: it is told when a source fails, recovers or goes
              stale, and when a saved query passes its threshold.
            </Empty>
          ) : (
            <Stack gap="sm">
              {all.map((channel) => (
                <ChannelCard
                  key={channel.id}
                  channel={channel}
                  sources={sources.data ?? []}
                  onEdit={() => setEdited(channel)}
                />
              ))}
            </Stack>
          )
        }
      </Asked>
      {edited === null ? null : (
        <ChannelForm
          channel={edited === "new" ? null : edited}
          sources={sources.data ?? []}
          onClose={() => setEdited(null)}
        />
      )}
    </Stack>
  );
}

interface CardProps {
  readonly channel: Channel;
  readonly sources: readonly Source[];
  readonly onEdit: () => void;
}

function ChannelCard({ channel, sources, onEdit }: CardProps) {
  const { name, kind, config, events, digest, sourceId, enabled, lastSentAt, lastError } = channel;
  const source = sources.find(({ id }) => id === sourceId)?.name ?? sourceId;
  return (
    <Card withBorder padding="md" component="section" aria-label={name}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} miw={0} flex={1}>
          <Group gap="xs">
            <IconBell size={16} aria-hidden />
            <Text fw={600}>{name}</Text>
            <Badge variant="light" color="gray" tt="none">
              {KINDS[kind].label}
            </Badge>
            {enabled ? null : (
              <Badge variant="light" color="yellow" tt="none">
                Off
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {kind === "email" ? `${config["to"]} by way of ${config["host"]}` : config["host"]}
          </Text>
          <Text size="sm">
            Told of {events.map((event) => EVENTS[event].toLowerCase()).join(", ")};{" "}
            {digest === "daily" ? "once a day at 08:00" : "at once"};{" "}
            {source === null ? "of every source" : `of ${source}`}.
          </Text>
          <Text size="sm" c="dimmed" component="div">
            Last sent: <When at={lastSentAt} never="never" />
          </Text>
          {lastError === null ? null : (
            <Text size="sm" c="red" role="alert">
              The last message did not arrive: {lastError}
            </Text>
          )}
        </Stack>
        <ChannelActions channel={channel} onEdit={onEdit} />
      </Group>
    </Card>
  );
}

function ChannelActions({ channel: { id, name }, onEdit }: Pick<CardProps, "channel" | "onEdit">) {
  const test = useDo("post /api/channels/{id}/test");
  const remove = useDo("delete /api/channels/{id}", `${name} was deleted.`);
  const send = () =>
    test.mutate(
      { params: { id } },
      {
        onSuccess: ({ delivered, message }) =>
          notifications.show({ message, color: delivered ? "green" : "red", autoClose: delivered ? 4000 : 12_000 }),
      },
    );
  const ask = () =>
    modals.openConfirmModal({
      title: `Delete ${name}?`,
      children: <Text size="sm">Its address and secrets are forgotten, and what waits to be sent with them.</Text>,
      labels: { confirm: "Delete", cancel: "Leave it" },
      confirmProps: { color: "red" },
      onConfirm: () => remove.mutate({ params: { id } }),
    });
  return (
    <Group gap="xs">
      <Button
        variant="light"
        size="compact-sm"
        loading={test.isPending}
        onClick={send}
        aria-label={`Send a test to ${name}`}
      >
        Send a test
      </Button>
      <Button variant="default" size="compact-sm" onClick={onEdit} aria-label={`Edit ${name}`}>
        Edit
      </Button>
      <Button variant="subtle" color="red" size="compact-sm" onClick={ask} aria-label={`Delete ${name}`}>
        Delete
      </Button>
    </Group>
  );
}
