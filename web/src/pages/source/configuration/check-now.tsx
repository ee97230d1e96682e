/** The preflight again, with the stored credential: what it may read today. */
import { Button, Card, Group, List, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconCheck, IconVolumeOff, IconX } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { call } from "../../../api.ts";
import { Failed } from "../../../parts/state.tsx";
import type { Preflight, Source, TableOffer } from "../../../parts/words.ts";

export function CheckNow({ source }: { readonly source: Source }) {
  const check = useMutation({
    mutationFn: () => call("post /api/sources/{id}/preflight", { params: { id: source.id } }),
  });
  return (
    <Card withBorder component="section" aria-labelledby="check">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={2} size="h4" id="check">
            What it may read
          </Title>
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
            Check now
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          Asks Okta for one object of each list with the stored credential. Nothing is stored.
        </Text>
        {check.isError ? <Failed error={check.error} again={() => check.mutate()} /> : null}
        {check.data === undefined ? null : <Answer preflight={check.data} />}
      </Stack>
    </Card>
  );
}

function Answer({ preflight }: { readonly preflight: Preflight }) {
  return (
    <Stack gap="xs" role="status">
      <Text size="sm">{preflight.understood}</Text>
      <List spacing="xs" size="sm" center={false}>
        {preflight.tables.map((table) => (
          <List.Item key={table.table} icon={<Sign table={table} />}>
            <b>{table.table}</b>: {table.message}
            {table.readable === false || table.emptySuspicious ? ` ${table.fix}` : null}
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

function Sign({ table }: { readonly table: TableOffer }) {
  const [color, Icon, label] =
    table.readable === false
      ? (["red", IconX, "not readable"] as const)
      : table.emptySuspicious
        ? (["orange", IconVolumeOff, "suspiciously empty"] as const)
        : (["green", IconCheck, "readable"] as const);
  return (
    <ThemeIcon size={20} radius="xl" variant="light" color={color} role="img" aria-label={label}>
      <Icon size={14} aria-hidden />
    </ThemeIcon>
  );
}
