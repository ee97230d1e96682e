/** Histories made more of the kind that shows a deliberate break, so that it is caught within few. */
import type { Fault, FaultRule } from "../../fake-okta/http/faults.ts";
import { MINUTE_MS } from "./breaking.ts";
import { DAY, type History, quietSync, type SyncStep } from "./history.ts";

export function crashingAmongLateEvents(history: History): History {
  const steps = history.steps.map((step) => ({
    ...step,
    before: [...step.before, "lateEvent", "lateEvent", "lateEvent"] as const,
    advance_ms: 3 * 60 * MINUTE_MS,
    sync: {
      ...step.sync,
      tables: { logs: "append" as const },
      batchPages: 1,
      faults: [],
      cancelAt: null,
      crashes: [{ commit: 12 + ((history.seed * 7) % 60), when: "after" as const }],
    },
  }));
  return {
    ...history,
    size: { ...history.size, events: 150, pageSize: 2 },
    steps: [...steps, ...steps, ...steps].slice(0, 3),
  };
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
