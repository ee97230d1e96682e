/** What the preflight found: which org was understood, what this credential may not read and where to grant it, and silence that is no proof. */
import { Alert, Anchor, Card, Group, List, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconBuildingSkyscraper, IconLock, IconVolumeOff } from "@tabler/icons-react";
import { Link } from "wouter";
import { Markdown } from "../../parts/markdown.tsx";
import type { Preflight, TableOffer } from "../../parts/words.ts";

const CREDENTIALS: Readonly<Record<Preflight["credential"], string>> = {
  token: "API token",
  oauth: "service app",
  dpop: "service app with DPoP",
};

export function Findings({ preflight }: { readonly preflight: Preflight }) {
  return (
    <Stack gap="sm">
      <Org preflight={preflight} />
      {preflight.linkedAs === null ? null : <AlreadyLinked linked={preflight.linkedAs} />}
      <Silence tables={preflight.tables.filter(({ emptySuspicious }) => emptySuspicious)} />
      <Missing tables={preflight.tables.filter((each) => each.readable === false && !each.emptySuspicious)} />
    </Stack>
  );
}

function Org({ preflight }: { readonly preflight: Preflight }) {
  const readable = preflight.tables.filter((table) => table.readable !== false).length;
  return (
    <Card withBorder padding="sm" component="section" aria-label="The org">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <IconBuildingSkyscraper aria-hidden />
        <Stack gap={2}>
          <Text size="sm" fw={500}>
            {preflight.understood}
          </Text>
          <Text size="sm" c="dimmed">
            {preflight.org.canonicalHost} · org {preflight.org.id} · {CREDENTIALS[preflight.credential]} ·{" "}
            {readable === preflight.tables.length
              ? `all ${readable} tables readable`
              : `${readable} of ${preflight.tables.length} tables readable`}
          </Text>
        </Stack>
      </Group>
    </Card>
  );
}

function AlreadyLinked({ linked }: { readonly linked: NonNullable<Preflight["linkedAs"]> }) {
  return (
    <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title="This org is linked already" role="alert">
      It is the source{" "}
      <Anchor component={Link} href={`/sources/${linked.id}`} c="inherit" inherit underline="always">
        {linked.name}
      </Anchor>
      . Change its tables there, or its credential under Configuration; linking it twice would copy everything twice.
    </Alert>
  );
}

/** Okta answers some lists with nothing where a right is missing: an empty table would look like a truth. */
function Silence({ tables }: { readonly tables: readonly TableOffer[] }) {
  if (tables.length === 0) return null;
  return (
    <Alert
      color="orange"
      icon={<IconVolumeOff aria-hidden />}
      title={`Suspiciously empty: ${tables.map(({ table }) => table).join(", ")}`}
      role="alert"
    >
      <Text size="sm" mb="xs">
        Okta answered with an empty list and no error. Every org has some of these, so a right is probably missing; what
        it has would silently be left out.
        {tables.some(({ readable }) => readable === false) ? " Switched off for now." : ""}
      </Text>
      <Reasons tables={tables} />
    </Alert>
  );
}

function Missing({ tables }: { readonly tables: readonly TableOffer[] }) {
  if (tables.length === 0) return null;
  return (
    <Alert
      color="yellow"
      icon={<IconLock aria-hidden />}
      title={tables.length === 1 ? "One table cannot be read" : `${tables.length} tables cannot be read`}
    >
      <Text size="sm" mb="xs">
        {tables.length === 1 ? "It starts" : "They start"} switched off. Grant the right in Okta, then go back and press
        Next again, or import the others now.
      </Text>
      <Reasons tables={tables} />
    </Alert>
  );
}

/** The same reason of several tables is said once. */
function Reasons({ tables }: { readonly tables: readonly TableOffer[] }) {
  const reasons = [...Map.groupBy(tables, ({ message, fix }) => JSON.stringify([message, fix])).values()];
  return (
    <List size="sm" spacing={4}>
      {reasons.map((of) => (
        <List.Item key={of[0]!.table}>
          <b>{of.map(({ table }) => table).join(", ")}</b>: {of[0]!.message}
          <Markdown text={of[0]!.fix} />
        </List.Item>
      ))}
    </List>
  );
}
