/** Dashboards: all of them, or the one of the address. */
import { useParams } from "wouter";
import { useAsk } from "../../parts/ask.ts";
import { Asked } from "../../parts/state.tsx";
import { useSavedQueries } from "../../query/warehouse.ts";
import { Board } from "./board.tsx";
import { BoardList } from "./list.tsx";

export default function DashboardsPage() {
  const { id } = useParams<{ id?: string }>();
  return id === undefined ? <BoardList /> : <One key={id} id={id} />;
}

function One({ id }: { readonly id: string }) {
  const board = useAsk("get /api/dashboards/{id}", { params: { id } });
  const queries = useSavedQueries();
  return (
    <Asked query={board} what="the dashboard">
      {(found) => (
        <Asked query={queries} what="the saved queries">
          {(all) => <Board board={found} queries={all} />}
        </Asked>
      )}
    </Asked>
  );
}
