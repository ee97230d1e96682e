/** What a command is given of the world, so that a test can give it another. */

/** A stream to write to; a terminal if it says so. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Context {
  readonly env: Environment;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Ends the process at once, for when a thread of it would keep an ordinary exit waiting; what was committed stays. Absent in tests. */
  readonly abandon?: () => void;
}
