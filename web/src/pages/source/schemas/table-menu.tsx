/** What can be done to one table. */
import { ActionIcon, Menu } from "@mantine/core";
import {
  IconAdjustments,
  IconDots,
  IconPlayerStop,
  IconRefresh,
  IconReload,
  IconTerminal2,
  IconTrash,
} from "@tabler/icons-react";
import { Link } from "wouter";
import { useDo } from "../../../parts/ask.ts";
import { queryHref } from "../../../parts/query-link.tsx";
import { useMay } from "../../../shell/may.ts";
import type { TableProps } from "./facts.tsx";

export function TableMenu({ source, table, live, ask }: TableProps) {
  const mayEdit = useMay("editor");
  const mayDelete = useMay("admin");
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${table.table}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component={Link}
          href={queryHref(table.queryName)}
          leftSection={<IconTerminal2 size={16} aria-hidden />}
        >
          Query
        </Menu.Item>
        {mayEdit ? (
          <>
            <RunItems source={source} table={table} live={live} />
            <Menu.Item
              leftSection={<IconAdjustments size={16} aria-hidden />}
              onClick={() => ask({ what: "edit", table })}
            >
              Settings…
            </Menu.Item>
            <Menu.Item
              leftSection={<IconReload size={16} aria-hidden />}
              onClick={() => ask({ what: "resync", tables: [table] })}
            >
              Resync…
            </Menu.Item>
          </>
        ) : null}
        {mayDelete ? (
          <Menu.Item
            c="var(--mantine-color-error)"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => ask({ what: "delete", tables: [table] })}
          >
            Delete data…
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

/** A run holds several tables: cancelling one cancels the run, and says so. */
function RunItems({ source, table, live }: Pick<TableProps, "source" | "table" | "live">) {
  const sync = useDo("post /api/sources/{id}/sync", `Syncing ${table.table}.`);
  const cancel = useDo("post /api/runs/{id}/cancel", "The run stops at the next batch; what was read is kept.");
  const runId = source.currentRun;
  if (runId !== null && live.some((each) => each.table === table.table && !each.finishedAt))
    return (
      <Menu.Item
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={() => cancel.mutate({ params: { id: runId } })}
      >
        Cancel the run{live.length > 1 ? ` (all ${live.length} tables)` : ""}
      </Menu.Item>
    );
  return (
    <Menu.Item
      leftSection={<IconRefresh size={16} aria-hidden />}
      disabled={runId !== null || source.paused !== null}
      onClick={() => sync.mutate({ params: { id: source.id }, body: { tables: [table.table] } })}
    >
      Sync now
    </Menu.Item>
  );
}
