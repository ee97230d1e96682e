/** A chart of a query in a card, with its own loading, emptiness and failure. */
import { Anchor, Card, Group, Stack, Text, Title, Tooltip } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Chart } from "../../../src/api/contract/queries.ts";
import { Asked } from "../parts/state.tsx";
import type { Stale } from "./ask.ts";
import { suggested } from "./drawing.ts";
import { ResultChart } from "./result-chart.tsx";
import { useResult } from "./use-result.ts";

interface QueryCardProps {
  readonly title: string;
  readonly about: string;
  readonly sql: string;
  readonly chart: Chart | null;
  /** Where the SQL can be seen and changed. */
  readonly href: string;
  readonly hrefLabel: string;
  /** Of what is drawn. */
  readonly height: number;
  /** Beside the title. */
  readonly tools?: ReactNode;
}

export function QueryCard({ title, about, sql, chart, href, hrefLabel, height, tools }: QueryCardProps) {
  const result = useResult(sql);
  return (
    <Card withBorder padding="md" component="section" aria-label={title} h="100%" style={{ minWidth: 0 }}>
      <Stack gap="xs" h="100%">
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
          <div style={{ minWidth: 0 }}>
            <Group gap={6} wrap="nowrap">
              <Title order={2} size="h5" lineClamp={1} title={title}>
                {title}
              </Title>
              <StaleSign freshness={result.data?.end.freshness ?? []} />
            </Group>
            {about === "" ? null : (
              <Text size="xs" c="dimmed" lineClamp={2} title={about}>
                {about}
              </Text>
            )}
          </div>
          <Group gap={4} wrap="nowrap">
            {tools}
            <Anchor
              component={Link}
              href={href}
              size="xs"
              aria-label={`${hrefLabel}: ${title}`}
              style={{ whiteSpace: "nowrap" }}
            >
              {hrefLabel}
            </Anchor>
          </Group>
        </Group>
        <div style={{ flex: 1, minHeight: 0, overflow: "auto" }}>
          <Asked query={result} what={title}>
            {({ table }) => (
              <ResultChart table={table} words={chart ?? suggested(table)} label={title} height={height} />
            )}
          </Asked>
        </div>
      </Stack>
    </Card>
  );
}

function StaleSign({ freshness }: { readonly freshness: readonly Stale[] }) {
  if (freshness.length === 0) return null;
  const text = freshness.map(({ table, message }) => `${table}: ${message}`).join("\n");
  return (
    <Tooltip label={text} multiline maw={360} events={{ hover: true, focus: true, touch: true }}>
      <span role="img" tabIndex={0} aria-label={`May be out of date. ${text}`} style={{ display: "inline-flex" }}>
        <IconAlertTriangle size={16} color="var(--mantine-color-orange-text)" aria-hidden />
      </span>
    </Tooltip>
  );
}
