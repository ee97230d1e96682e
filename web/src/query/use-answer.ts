/** A query as the page sees it: nothing asked yet, rows arriving, an end, or an error; and a way to stop it. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ask, LIMITS, type End, type Limits } from "./ask.ts";
import type { Column, Row, Table } from "./result.ts";

export interface Answer {
  readonly state: "idle" | "running" | "stopped" | "failed" | "done";
  readonly sql: string;
  /** Null until the columns are known. */
  readonly table: Table | null;
  readonly end: End | null;
  readonly error: unknown;
  readonly startedAt_ms: number;
}

const IDLE: Answer = { state: "idle", sql: "", table: null, end: null, error: null, startedAt_ms: 0 };

/** The first rows at once, then ever more seldom: every showing copies what has arrived so far. */
const FIRST_SHOWING_MS = 100;
const SHOWINGS_SLOW_BY = 2;

export function useAnswer() {
  const [answer, setAnswer] = useState<Answer>(IDLE);
  const running = useRef<AbortController>(null);

  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => () => running.current?.abort(), []);

  const run = useCallback((sql: string, limits: Limits = LIMITS) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    void follow(sql, limits, controller.signal, (next) => {
      if (running.current === controller) setAnswer(next);
    });
  }, []);

  return { answer, run, stop };
}

async function follow(sql: string, limits: Limits, signal: AbortSignal, show: (answer: Answer) => void): Promise<void> {
  let columns: readonly Column[] | null = null;
  const rows: Row[] = [];
  const base = { ...IDLE, sql, startedAt_ms: Date.now() };
  const table = () => (columns === null ? null : { columns, rows: rows.slice() });
  let pause_ms = FIRST_SHOWING_MS;
  let due_ms = Date.now() + pause_ms;
  show({ ...base, state: "running" });
  try {
    const end = await ask(
      sql,
      { ...limits, remember: true },
      {
        columns: (some) => {
          columns = some;
        },
        rows: (some) => {
          for (const row of some) rows.push(row);
          if (Date.now() < due_ms) return;
          show({ ...base, state: "running", table: table() });
          pause_ms *= SHOWINGS_SLOW_BY;
          due_ms = Date.now() + pause_ms;
        },
      },
      signal,
    );
    show({ ...base, state: "done", table: table(), end });
  } catch (error) {
    if (signal.aborted) show({ ...base, state: "stopped", table: table() });
    else show({ ...base, state: "failed", table: table(), error });
  }
}
