/** What concerns all tables at once. */
import { Button, Group } from "@mantine/core";
import { IconDownload, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useDo } from "../../../parts/ask.ts";
import type { Source } from "../../../parts/words.ts";
import { useMay } from "../../../shell/may.ts";

export function SourceActions({ source }: { readonly source: Source }) {
  const mayEdit = useMay("editor");
  const sync = useDo("post /api/sources/{id}/sync", "Syncing all enabled tables.");
  const pull = useDo("post /api/sources/{id}/tables/pull", ({ added }) =>
    added.length === 0 ? "There are no new schemas." : `Added, switched off: ${added.join(", ")}.`,
  );
  const cancel = useDo("post /api/runs/{id}/cancel", "The run stops at the next batch; what was read is kept.");
  if (!mayEdit) return null;
  const runId = source.currentRun;
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
      {runId === null ? null : (
        <Button
          variant="light"
          color="red"
          leftSection={<IconPlayerStop size={16} aria-hidden />}
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ params: { id: runId } })}
        >
          Cancel the run
        </Button>
      )}
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
