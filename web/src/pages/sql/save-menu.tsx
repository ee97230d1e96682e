/** Saving, and what else can be done with a saved query. */
import { ActionIcon, Button, Menu } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconDeviceFloppy, IconDots } from "@tabler/icons-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { complain, useDo } from "../../parts/ask.ts";
import type { Column } from "../../query/result.ts";
import { useSaveQuery, wordsOf, type QueryWords, type SavedQuery } from "../../query/warehouse.ts";
import { QueryDialog } from "./query-dialog.tsx";

interface SaveMenuProps {
  readonly saved: SavedQuery | null;
  readonly now: Pick<QueryWords, "sql" | "chart">;
  readonly isChanged: boolean;
  readonly columns: readonly Column[];
  readonly onRevert: () => void;
  readonly onSaved: () => void;
}

export function SaveMenu({ saved, now, isChanged, columns, onRevert, onSaved }: SaveMenuProps) {
  const [dialog, setDialog] = useState<"none" | "new" | "change">("none");
  const [, navigate] = useLocation();
  const save = useSaveQuery();
  const remove = useDo("delete /api/queries/{id}", "Deleted.");
  const isBlank = now.sql.trim() === "";
  const press = () => {
    if (saved === null) setDialog("new");
    else save.mutate({ id: saved.id, words: { ...wordsOf(saved), ...now } }, { onSuccess: onSaved, onError: complain });
  };
  const askDelete = (query: SavedQuery) =>
    modals.openConfirmModal({
      title: `Delete “${query.name}”?`,
      children:
        query.viewName === null
          ? "Dashboards lose its card."
          : `Dashboards lose its card, and the view views.${query.viewName} goes with it.`,
      labels: { confirm: "Delete", cancel: "Keep" },
      confirmProps: { color: "red" },
      onConfirm: () => remove.mutate({ params: { id: query.id } }, { onSuccess: () => navigate("/sql") }),
    });
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDeviceFloppy size={14} aria-hidden />}
        disabled={isBlank || (saved !== null && !isChanged)}
        loading={save.isPending}
        onClick={press}
      >
        Save
      </Button>
      {saved === null ? null : (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size={30} aria-label={`More for ${saved.name}`}>
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setDialog("change")}>Name, view, alert…</Menu.Item>
            <Menu.Item onClick={() => setDialog("new")}>Save as a new query…</Menu.Item>
            {isChanged ? <Menu.Item onClick={onRevert}>Undo my changes</Menu.Item> : null}
            <Menu.Divider />
            <Menu.Item color="red" onClick={() => askDelete(saved)}>
              Delete…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {dialog === "none" ? null : (
        <QueryDialog
          saved={dialog === "new" ? null : saved}
          now={now}
          columns={columns}
          onClose={() => setDialog("none")}
          onSaved={({ id }) => {
            setDialog("none");
            onSaved();
            navigate(`/sql?query=${encodeURIComponent(id)}`);
          }}
        />
      )}
    </>
  );
}
