/** The first SIGINT or SIGTERM asks the command to end well; the second ends the process at once. */

/**
 * `npm run` and `npx` pass a signal on to their child, which a terminal's Ctrl-C has reached already: below them, two that
 * come within this time are one. Elsewhere every signal counts, because the launcher's exec leaves nobody in between.
 */
const NPM_ECHO_MS = 400;

/** What is needed of the process. */
interface Signalled {
  readonly env: Readonly<Record<string, string | undefined>>;
  on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
}

/** Aborts the signal it returns at the first, calls `end` at the second. */
export function stoppingOf(signalled: Signalled, end: () => void): AbortSignal {
  const echo_ms = signalled.env["npm_lifecycle_event"] === undefined ? 0 : NPM_ECHO_MS;
  const stopping = new AbortController();
  let first_ms: number | null = null;
  const onSignal = () => {
    const now_ms = performance.now();
    if (first_ms !== null && now_ms - first_ms >= echo_ms) end();
    if (first_ms !== null) return;
    first_ms = now_ms;
    stopping.abort();
  };
  signalled.on("SIGINT", onSignal);
  signalled.on("SIGTERM", onSignal);
  return stopping.signal;
}
