/** What needs attention, the gravest first: what, why, what to do, and where. */
import { Alert, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { Result } from "../../api.ts";
import { dateTime, relative } from "../../parts/format.ts";

type Attention = Result<"get /api/overview">["attention"][number];

const FIRST = 3;

export function AttentionList({ attention }: { readonly attention: readonly Attention[] }) {
  const [showsAll, setShowsAll] = useState(false);
  if (attention.length === 0) {
    return (
      <Group gap={6} role="status">
        <IconCircleCheck size={18} color="var(--mantine-color-green-text)" aria-hidden />
        <Text size="sm">Nothing needs attention.</Text>
      </Group>
    );
  }
  const order = [...attention].sort((a, b) => rank(a) - rank(b));
  const shown = showsAll ? order : order.slice(0, FIRST);
  return (
    <Stack gap="xs" component="section" aria-label="Needs attention">
      {shown.map((one) => (
        <Entry key={`${one.title} ${one.sourceId ?? ""} ${one.table ?? ""} ${one.since ?? ""}`} attention={one} />
      ))}
      {order.length > FIRST ? (
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => setShowsAll(!showsAll)}
          style={{ alignSelf: "flex-start" }}
        >
          {showsAll ? "Show fewer" : `Show ${order.length - FIRST} more`}
        </Button>
      ) : null}
    </Stack>
  );
}

const rank = ({ severity }: Attention): number => (severity === "error" ? 0 : 1);

/** Where something can be done about it; null: nowhere on the page. */
function placeOf({ sourceId, queryId }: Attention): { readonly href: string; readonly label: string } | null {
  if (sourceId !== null) return { href: `/sources/${encodeURIComponent(sourceId)}`, label: "Go to the source" };
  if (queryId !== null) return { href: `/sql?query=${encodeURIComponent(queryId)}`, label: "Open the query" };
  return null;
}

function Entry({ attention }: { readonly attention: Attention }) {
  const { severity, title, detail, fix, since } = attention;
  const place = placeOf(attention);
  const isError = severity === "error";
  return (
    <Alert
      color={isError ? "red" : "yellow"}
      icon={isError ? <IconCircleX aria-hidden /> : <IconAlertTriangle aria-hidden />}
      title={`${isError ? "Error" : "Warning"}: ${title}`}
      p="sm"
    >
      <Text size="sm">{detail}</Text>
      <Text size="sm">{fix}</Text>
      <Group gap="sm" mt={4}>
        {since === null ? null : (
          <Text size="xs" title={dateTime(since)}>
            since {relative(since)}
          </Text>
        )}
        {place === null ? null : (
          <Anchor
            component={Link}
            c="inherit"
            underline="always"
            href={place.href}
            size="sm"
            aria-label={`${place.label}: ${title}`}
          >
            {place.label}
          </Anchor>
        )}
      </Group>
    </Alert>
  );
}
