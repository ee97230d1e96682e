/** Where else one is logged in, and how to end that: for a browser that was left open, or a session that is nobody's one knows. */
import { Button, Fieldset, Group, Stack, Text } from "@mantine/core";
import type { Result } from "../../api.ts";
import { useAsk, useDo } from "../../parts/ask.ts";
import { dateTime, relative } from "../../parts/format.ts";
import { Asked } from "../../parts/state.tsx";

type OtherSession = Result<"get /api/session/others">[number];

export function OtherSessions() {
  const others = useAsk("get /api/session/others", {});
  const endAll = useDo("delete /api/session/others", "Your other sessions have ended.");
  return (
    <Fieldset legend="Your other sessions">
      <Asked query={others} what="your other sessions">
        {(sessions) =>
          sessions.length === 0 ? (
            <Text c="dimmed">You are logged in here only.</Text>
          ) : (
            <Stack gap="md">
              {sessions.map((session) => (
                <Entry key={session.id} session={session} />
              ))}
              <Button variant="default" w="fit-content" loading={endAll.isPending} onClick={() => endAll.mutate({})}>
                End them all
              </Button>
            </Stack>
          )
        }
      </Asked>
    </Fieldset>
  );
}

function Entry({ session: { id, createdAt, usedAt, userAgent } }: { readonly session: OtherSession }) {
  const end = useDo("delete /api/session/others/{id}", "The session has ended.");
  const browser = userAgent === "" ? "A browser that does not say which" : userAgent;
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <div>
        <Text size="sm" lineClamp={2} title={browser}>
          {browser}
        </Text>
        <Text size="xs" c="dimmed">
          since {dateTime(createdAt)}, last used {relative(usedAt)}
        </Text>
      </div>
      <Button
        variant="subtle"
        color="red"
        size="compact-sm"
        loading={end.isPending}
        aria-label={`End the session of ${dateTime(createdAt)}`}
        onClick={() => end.mutate({ params: { id } })}
      >
        End
      </Button>
    </Group>
  );
}
