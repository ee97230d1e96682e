/** One dashboard: its cards and, for editors, arranging them. Every change is stored at once. */
import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
  type Announcements,
  type DragEndEvent,
} from "@dnd-kit/core";
import { arrayMove, rectSortingStrategy, SortableContext, sortableKeyboardCoordinates } from "@dnd-kit/sortable";
import { Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Result } from "../../api.ts";
import { complain, keyOf } from "../../parts/ask.ts";
import { Empty } from "../../parts/state.tsx";
import type { SavedQuery } from "../../query/warehouse.ts";
import { useMay } from "../../shell/may.ts";
import { BoardCard, DELETED } from "./board-card.tsx";
import { BoardHead } from "./board-head.tsx";
import classes from "./board.module.css";

export type Dashboard = Result<"get /api/dashboards/{id}">;
export type Card = Dashboard["cards"][number];

interface BoardProps {
  readonly board: Dashboard;
  readonly queries: readonly SavedQuery[];
}

export function Board({ board, queries }: BoardProps) {
  const mayWrite = useMay("editor");
  const [isArranging, setArranging] = useState(mayWrite && board.cards.length === 0);
  const change = useChange(board);
  const { cards } = board;
  const place = (next: readonly Card[]) => change({ name: board.name, cards: [...next] });
  const keys = keysOf(cards);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const drop = ({ active, over }: DragEndEvent) => {
    if (over === null || active.id === over.id) return;
    place(arrayMove([...cards], keys.indexOf(String(active.id)), keys.indexOf(String(over.id))));
  };
  return (
    <Stack>
      <BoardHead
        board={board}
        queries={queries}
        isArranging={isArranging}
        onArrange={setArranging}
        onRename={(name) => change({ name, cards })}
        onAdd={(queryId) => place([...cards, { queryId, width: 6, height: 5 }])}
      />
      {cards.length === 0 ? (
        <Empty title="No cards yet">
          {mayWrite
            ? "Add a saved query above; its chart becomes a card."
            : "Whoever edits this dashboard has not added a card yet."}
        </Empty>
      ) : (
        <DndContext
          sensors={sensors}
          collisionDetection={closestCenter}
          onDragEnd={drop}
          accessibility={{ announcements: saying(keys, cards, queries) }}
        >
          <SortableContext items={keys} strategy={rectSortingStrategy}>
            <div className={classes.board}>
              {cards.map((card, index) => (
                <BoardCard
                  key={keys[index]}
                  id={keys[index]!}
                  card={card}
                  query={queryOf(card, queries)}
                  isArranging={isArranging}
                  onChange={(next) => place(cards.flatMap((old, at) => (at === index ? (next ?? []) : old)))}
                />
              ))}
            </div>
          </SortableContext>
        </DndContext>
      )}
    </Stack>
  );
}

/** Null: deleted since. */
function queryOf({ queryId }: Card, queries: readonly SavedQuery[]): SavedQuery | null {
  return queries.find(({ id }) => id === queryId) ?? null;
}

/** What a screen reader says while a card is moved by the keyboard: names and places, where the library would say ids. */
function saying(keys: readonly string[], cards: readonly Card[], queries: readonly SavedQuery[]): Announcements {
  const name = (key: unknown) => queryOf(cards[keys.indexOf(String(key))]!, queries)?.name ?? DELETED;
  const place = (key: unknown) => `place ${keys.indexOf(String(key)) + 1} of ${keys.length}`;
  return {
    onDragStart: ({ active }) => `Picked up ${name(active.id)}, at ${place(active.id)}.`,
    onDragOver: ({ active, over }) => (over === null ? undefined : `${name(active.id)} is at ${place(over.id)}.`),
    onDragEnd: ({ active, over }) => `${name(active.id)} was put down at ${place((over ?? active).id)}.`,
    onDragCancel: ({ active }) => `${name(active.id)} is back at ${place(active.id)}.`,
  };
}

/** The same query may be there twice. */
function keysOf(cards: readonly Card[]): readonly string[] & string[] {
  const seen = new Map<string, number>();
  return cards.map(({ queryId }) => {
    const many = seen.get(queryId) ?? 0;
    seen.set(queryId, many + 1);
    return `${queryId}:${many}`;
  });
}

/** Shown at once; taken back when the server refuses. */
function useChange(board: Dashboard) {
  const client = useQueryClient();
  const key = keyOf("get /api/dashboards/{id}", { params: { id: board.id } });
  const store = useMutation({
    mutationFn: (body: Pick<Dashboard, "name" | "cards">) =>
      call("put /api/dashboards/{id}", { params: { id: board.id }, body }),
    onMutate: (body) => client.setQueryData(key, { ...board, ...body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["get /api/dashboards"] }),
    onError: async (error) => {
      complain(error);
      await client.invalidateQueries({ queryKey: key });
    },
    // One after the other: the last arrangement is what stays.
    scope: { id: `dashboard ${board.id}` },
  });
  return store.mutate;
}
