/** What a part of the page shows when it has nothing to show: loading, empty, failed. */
import { Alert, Button, Center, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "../api.ts";

export function Loading({ what }: { readonly what: string }) {
  return (
    <Center p="xl" role="status">
      <Group gap="sm">
        <Loader size="sm" />
        <Text c="dimmed">Loading {what}…</Text>
      </Group>
    </Center>
  );
}

export function Empty(props: { readonly title: string; readonly children: ReactNode; readonly action?: ReactNode }) {
  return (
    <Center p="xl">
      <Stack align="center" gap="xs" maw={520}>
        <Title order={3} ta="center">
          {props.title}
        </Title>
        <Text c="dimmed" ta="center">
          {props.children}
        </Text>
        {props.action}
      </Stack>
    </Center>
  );
}

/** What happened, and the next step. */
export function Failed({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : null;
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle aria-hidden />}
      title={problem?.detail ?? (error instanceof Error ? error.message : String(error))}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        {problem === null ? null : <Text size="sm">{problem.fix}</Text>}
        {problem?.fields?.map(({ path, message }) => (
          <Text size="sm" key={path}>
            <b>{path}</b>: {message}
          </Text>
        ))}
        {again === undefined ? null : (
          <Button size="xs" variant="light" color="red" onClick={again}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** The three states of what is asked of the server, or the thing itself. */
export function Asked<T>(props: {
  readonly query: UseQueryResult<T>;
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}) {
  const { query, what, children } = props;
  if (query.data !== undefined) return children(query.data);
  return query.isError ? <Failed error={query.error} again={() => void query.refetch()} /> : <Loading what={what} />;
}
