/** What the machine may have against an address to listen on, told to the operator. */
import { usage } from "./value.ts";

const REFUSALS: Readonly<Record<string, readonly [why: string, next: string]>> = {
  EADDRINUSE: ["is taken", "Choose another --port, or 0 for any free one."],
  EACCES: ["may not be listened on", "Choose a --port above 1023, or 0 for any free one."],
  EADDRNOTAVAIL: ["is no address of this machine", "Leave --host out: it is 127.0.0.1 then."],
  ENOTFOUND: ["is no address of this machine", "Leave --host out: it is 127.0.0.1 then."],
};

/** The error to tell: by its code, or as it is. */
export function refusalOf(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const refusal = REFUSALS[code];
  return refusal === undefined ? error : usage(`${host}:${port} ${refusal[0]}.`, refusal[1]);
}
