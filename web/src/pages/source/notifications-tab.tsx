/** Who is told about this source, and of what. */
import { Anchor, Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import { useAsk } from "../../parts/ask.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import { When } from "../../parts/when.tsx";
import type { Result } from "../../api.ts";
import type { Source } from "../../parts/words.ts";

type Channel = Result<"get /api/channels">[number];

const KINDS: Readonly<Record<Channel["kind"], string>> = {
  webhook: "Webhook",
  slack: "Slack-compatible",
  email: "E-mail",
};
const EVENTS: Readonly<Record<Channel["events"][number], string>> = {
  failure: "failures",
  recovery: "recoveries",
  stale: "stale tables",
  alert: "thresholds of saved queries",
};

export function NotificationsTab({ source }: { readonly source: Source }) {
  const channels = useAsk("get /api/channels", {});
  const settings = (
    <Button component={Link} href="/settings/notifications" variant="light">
      Notification settings
    </Button>
  );
  return (
    <Asked query={channels} what="the channels">
      {(all) => {
        const mine = all.filter(({ sourceId }) => sourceId === null || sourceId === source.id);
        if (mine.length === 0)
          return (
            <Empty title="Nobody is told yet" action={settings}>
              Add a webhook, a Slack-compatible address or e-mail, and Rollcall says when this source fails, recovers or
              goes stale.
            </Empty>
          );
        return (
          <Stack gap="sm">
            {mine.map((channel) => (
              <ChannelCard key={channel.id} channel={channel} />
            ))}
            <Group>{settings}</Group>
          </Stack>
        );
      }}
    </Asked>
  );
}

function ChannelCard({ channel }: { readonly channel: Channel }) {
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between">
        <Group gap="xs">
          <Anchor component={Link} href="/settings/notifications" fw={600} size="sm">
            {channel.name}
          </Anchor>
          <Badge variant="light" color="gray" tt="none">
            {KINDS[channel.kind]}
          </Badge>
          {channel.enabled ? null : (
            <Badge variant="light" color="yellow" tt="none">
              Off
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" component="div">
          Last sent: <When at={channel.lastSentAt} never="never" />
        </Text>
      </Group>
      <Text size="sm" mt={4}>
        Told of {channel.events.map((event) => EVENTS[event]).join(", ")};{" "}
        {channel.digest === "daily" ? "once a day" : "at once"};{" "}
        {channel.sourceId === null ? "of every source" : "of this source only"}.
      </Text>
      {channel.lastError === null ? null : (
        <Text size="sm" c="red" role="alert">
          Last delivery failed: {channel.lastError}
        </Text>
      )}
    </Card>
  );
}
