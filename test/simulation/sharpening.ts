/** Histories made more of the kind that shows a deliberate break, so that it is caught within few. */
import type { Fault, FaultRule } from "../../fake-okta/http/faults.ts";
import { MINUTE_MS } from "./breaking.ts";
import { DAY, type History, quietSync, type SyncStep } from "./history.ts";

/** A first sync of a log that dies among its windows; hours and late events later the command is given again. */
export function crashingAmongLateEvents(history: History): History {
  const late = ["lateEvent", "lateEvent", "lateEvent", "lateEvent"] as const;
  const commit = 12 + ((history.seed * 7) % 60);
  const crash = { commit, when: "after", meanwhile: late, pause_ms: 3 * 60 * MINUTE_MS } as const;
  const sync: SyncStep = { ...quietSync(["logs"], 0), batchPages: 1, crashes: [crash, { ...crash, commit: 9 }] };
  const size = { ...history.size, events: 150, pageSize: 2 };
  return { ...history, size, steps: [{ before: late, advance_ms: 0, sync }] };
}

/** One run whose bounded windows meet faults that outlast the client's patience; then nothing disturbs any more. */
export function troubledPast(fault: Fault): (history: History) => History {
  return (history) => {
    const [first] = history.steps;
    const faults: FaultRule[] = [{ match: { path: "/api/v1/logs", query: { until: true } }, times: 60, fault }];
    const sync: SyncStep = {
      ...quietSync(["logs"], 0),
      faults,
    };
    return {
      ...history,
      size: { ...history.size, events: 150, pageSize: 2 },
      steps: [{ before: first?.before ?? [], advance_ms: 0, sync }],
    };
  };
}

/** The first run, then time enough for Okta to drop what came after it. */
export function outage(history: History): History {
  const step = {
    before: ["logEvents", "lateEvent", "logEvents"],
    advance_ms: 2 * DAY,
    sync: quietSync(["logs"], 0),
  } as const;
  return { ...history, steps: [step, { ...step, advance_ms: 100 * DAY }] };
}

/** A first run, then a complete reading whose list seems to end early: every row behind it is only found by the second look. */
export function endingEarly(history: History): History {
  const faults: FaultRule[] = history.tables.map((table) => ({
    match: { path: `/api/v1/${table}`, nth: 2 },
    fault: { kind: "empty" },
  }));
  const step = { before: [], advance_ms: 60 * MINUTE_MS, sync: quietSync(history.tables, 0) } as const;
  return { ...history, steps: [step, { ...step, sync: { ...step.sync, faults } }] };
}
