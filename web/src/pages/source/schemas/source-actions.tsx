/** What concerns all tables at once. */
import { Button, Group } from "@mantine/core";
import { IconDownload, IconRefresh } from "@tabler/icons-react";
import { useDo } from "../../../parts/ask.ts";
import type { Source } from "../../../parts/words.ts";
import { useMay } from "../../../shell/may.ts";

export function SourceActions({ source }: { readonly source: Source }) {
  const mayEdit = useMay("editor");
  const sync = useDo("post /api/sources/{id}/sync", "Syncing all enabled tables.");
  const pull = useDo("post /api/sources/{id}/tables/pull", ({ added }) =>
    added.length === 0 ? "There are no new schemas." : `Added, switched off: ${added.join(", ")}.`,
  );
  if (!mayEdit) return null;
  const params = { id: source.id };
  return (
    <Group gap="sm">
      <Button
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={sync.isPending}
        disabled={source.currentRun !== null || source.paused !== null || !source.tables.some(({ enabled }) => enabled)}
        onClick={() => sync.mutate({ params, body: {} })}
      >
        Sync all now
      </Button>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={pull.isPending}
        title="Adds tables that this version of Rollcall knows and the source does not have yet; syncs nothing."
        onClick={() => pull.mutate({ params })}
      >
        Pull new schemas
      </Button>
    </Group>
  );
}
