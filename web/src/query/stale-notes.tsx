/** Says of a result that the tables behind it are not as fresh as they should be. */
import { Alert, List } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Stale } from "./ask.ts";

export function StaleNotes({ freshness }: { readonly freshness: readonly Stale[] }) {
  if (freshness.length === 0) return null;
  return (
    <Alert
      color="yellow"
      p="xs"
      icon={<IconAlertTriangle aria-hidden />}
      title="This result may be out of date"
      role="status"
    >
      <List size="sm">
        {freshness.map(({ table, message }) => (
          <List.Item key={table}>
            <b>{table}</b>: {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
