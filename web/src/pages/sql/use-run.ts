/** What Run runs: the selection, else the statement at the cursor. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type RefObject } from "react";
import type { CodeHandle } from "../../parts/code.tsx";
import { LIMITS } from "../../query/ask.ts";
import { statementAt, statements } from "../../query/sql-tokens.ts";
import { useAnswer } from "../../query/use-answer.ts";
import { historyKey } from "../../query/warehouse.ts";

export function useRun(editor: RefObject<CodeHandle | null>, text: string, maxRows: number) {
  const { answer, run, stop } = useAnswer();
  const [which, setWhich] = useState("");
  const client = useQueryClient();
  const begin = () => {
    const chosen = editor.current?.chosen() ?? { text: "", at: 0 };
    const all = statements(text);
    const one = statementAt(text, chosen.at);
    const isSelection = chosen.text.trim() !== "";
    const sql = isSelection ? chosen.text : (one?.text ?? text);
    if (sql.trim() === "") return;
    const place = all.findIndex(({ from }) => from === one?.from) + 1;
    setWhich(isSelection ? "the selection" : all.length > 1 ? `statement ${place} of ${all.length}` : "");
    run(sql, { ...LIMITS, maxRows });
  };
  const isOver = answer.state !== "running";
  useEffect(() => {
    if (isOver) void client.invalidateQueries({ queryKey: historyKey });
  }, [isOver, client]);
  return { answer, which, run: begin, stop };
}
