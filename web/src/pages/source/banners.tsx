/** What keeps a source from being current, why, and the way out: paused, or a deletion held back. */
import { Alert, Anchor, Button, Group, List, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconHandStop, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "wouter";
import { useDo } from "../../parts/ask.ts";
import { FailureText } from "../../parts/failure-text.tsx";
import { TypedConfirmation } from "../../parts/typed-confirmation.tsx";
import { When } from "../../parts/when.tsx";
import type { Source, SourceTable } from "../../parts/words.ts";
import { useMay } from "../../shell/may.ts";

export function Banners({ source }: { readonly source: Source }) {
  const held = source.tables.filter(({ enabled, status }) => enabled && status === "held");
  return (
    <>
      {source.paused === null ? null : <Paused source={source} paused={source.paused} />}
      {held.length === 0 ? null : <Held source={source} held={held} />}
    </>
  );
}

function Paused({ source, paused }: { readonly source: Source; readonly paused: NonNullable<Source["paused"]> }) {
  const resume = useDo("post /api/sources/{id}/resume", `${source.name} runs by its schedule again.`);
  const mayEdit = useMay("editor");
  const byHand = paused.by === "person";
  return (
    <Alert
      color={byHand ? "yellow" : "red"}
      icon={<IconPlayerPause aria-hidden />}
      title={byHand ? "Paused by a person" : "Paused by Rollcall: it cannot go on without you"}
      role={byHand ? "status" : "alert"}
    >
      <Stack gap="xs" align="flex-start">
        {byHand ? (
          <Text size="sm">Nothing runs until it is resumed. What is stored can be queried as before.</Text>
        ) : (
          <FailureText failure={paused.failure} />
        )}
        <Text size="xs" c="dimmed" component="div">
          Since <When at={paused.since} never="" />.
        </Text>
        {mayEdit ? (
          <Group gap="sm">
            <Button
              size="xs"
              leftSection={<IconPlayerPlay size={14} aria-hidden />}
              loading={resume.isPending}
              onClick={() => resume.mutate({ params: { id: source.id } })}
            >
              Resume
            </Button>
            {byHand ? null : (
              <Anchor
                component={Link}
                href={`/sources/${source.id}/configuration`}
                size="sm"
                c="inherit"
                underline="always"
              >
                Change the credential
              </Anchor>
            )}
          </Group>
        ) : null}
      </Stack>
    </Alert>
  );
}

function Held({ source, held }: { readonly source: Source; readonly held: readonly SourceTable[] }) {
  const [asking, { open, close }] = useDisclosure(false);
  const mayConfirm = useMay("admin");
  return (
    <Alert color="orange" icon={<IconHandStop aria-hidden />} title="A large deletion is held back" role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          A complete reading found far fewer rows than are stored. That is what a lost right looks like, so nothing was
          marked as deleted.
        </Text>
        <HeldTables held={held} />
        {mayConfirm ? (
          <Button size="xs" variant="default" onClick={open}>
            It is right: delete them…
          </Button>
        ) : (
          <Text size="sm">An admin can confirm it here.</Text>
        )}
      </Stack>
      {asking ? <ConfirmHeld source={source} held={held} onClose={close} /> : null}
    </Alert>
  );
}

function HeldTables({ held }: { readonly held: readonly SourceTable[] }) {
  return (
    <List size="sm">
      {held.map(({ table, failure }) => (
        <List.Item key={table}>
          <b>{table}</b>
          {failure === null ? null : `: ${failure.message}`}
        </List.Item>
      ))}
    </List>
  );
}

function ConfirmHeld(props: {
  readonly source: Source;
  readonly held: readonly SourceTable[];
  readonly onClose: () => void;
}) {
  const { source, held, onClose } = props;
  const allow = useDo("post /api/sources/{id}/allow-mass-delete", "The next run, which begins now, may delete them.");
  return (
    <TypedConfirmation
      title="Let the deletion happen"
      word={source.name}
      action="Delete in the next run"
      pending={allow.isPending}
      onClose={onClose}
      onConfirm={(confirm) =>
        allow.mutate(
          { params: { id: source.id }, body: { tables: held.map(({ table }) => table), confirm } },
          { onSuccess: onClose },
        )
      }
    >
      <Text size="sm">
        Make sure in Okta that these are really gone, and that the credential still has its rights. The rows are marked
        as deleted in the next run of these tables, this once.
      </Text>
      <HeldTables held={held} />
    </TypedConfirmation>
  );
}
