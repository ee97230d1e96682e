/** Name of the dashboard and what can be done with it. */
import { ActionIcon, Button, Group, Menu, Select, Text, Title } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconChevronLeft, IconDots, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { useDo } from "../../parts/ask.ts";
import type { SavedQuery } from "../../query/warehouse.ts";
import { useMay } from "../../shell/may.ts";
import type { Dashboard } from "./board.tsx";
import { NameDialog } from "./name-dialog.tsx";

interface BoardHeadProps {
  readonly board: Dashboard;
  readonly queries: readonly SavedQuery[];
  readonly isArranging: boolean;
  readonly onArrange: (isArranging: boolean) => void;
  readonly onRename: (name: string) => void;
  readonly onAdd: (queryId: string) => void;
}

export function BoardHead({ board, queries, isArranging, onArrange, onRename, onAdd }: BoardHeadProps) {
  const mayWrite = useMay("editor");
  const client = useQueryClient();
  return (
    <>
      <Group justify="space-between">
        <Group gap="xs" wrap="nowrap">
          <ActionIcon component={Link} href="/dashboards" variant="subtle" color="gray" aria-label="All dashboards">
            <IconChevronLeft size={18} aria-hidden />
          </ActionIcon>
          <Title order={1} size="h2">
            {board.name}
          </Title>
        </Group>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            onClick={() => void client.invalidateQueries({ queryKey: ["result"] })}
          >
            Refresh
          </Button>
          {mayWrite ? (
            <>
              <Button size="xs" variant={isArranging ? "filled" : "default"} onClick={() => onArrange(!isArranging)}>
                {isArranging ? "Done" : "Arrange"}
              </Button>
              <More board={board} onRename={onRename} />
            </>
          ) : null}
        </Group>
      </Group>
      {isArranging ? <AddCard queries={queries} onAdd={onAdd} /> : null}
    </>
  );
}

function AddCard({
  queries,
  onAdd,
}: {
  readonly queries: readonly SavedQuery[];
  readonly onAdd: (queryId: string) => void;
}) {
  if (queries.length === 0) {
    return (
      <Text size="sm">
        There is no saved query yet. <Link href="/sql">Write one and save it</Link>, then add it here.
      </Text>
    );
  }
  return (
    <Select
      w={{ base: "100%", sm: 360 }}
      label="Add a card"
      placeholder="Choose a saved query"
      searchable
      data={queries.map(({ id, name }) => ({ value: id, label: name }))}
      value={null}
      onChange={(id) => (id === null ? undefined : onAdd(id))}
    />
  );
}

function More({ board, onRename }: Pick<BoardHeadProps, "board" | "onRename">) {
  const [isNaming, setNaming] = useState(false);
  const [, navigate] = useLocation();
  const remove = useDo("delete /api/dashboards/{id}", "Deleted.");
  const ask = () =>
    modals.openConfirmModal({
      title: `Delete “${board.name}”?`,
      children: "The saved queries of its cards stay.",
      labels: { confirm: "Delete", cancel: "Keep" },
      confirmProps: { color: "red" },
      onConfirm: () => remove.mutate({ params: { id: board.id } }, { onSuccess: () => navigate("/dashboards") }),
    });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={`More for ${board.name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setNaming(true)}>Rename…</Menu.Item>
          <Menu.Item color="red" onClick={ask}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isNaming ? (
        <NameDialog
          title="Rename the dashboard"
          name={board.name}
          isBusy={false}
          onClose={() => setNaming(false)}
          onName={(name) => {
            onRename(name);
            setNaming(false);
          }}
        />
      ) : null}
    </>
  );
}
