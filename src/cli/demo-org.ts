/** The demo's org: `rollcall fake-okta` in a process of its own, which ends with this one, however this one ends. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { RollcallError, throwIfCancelled } from "../core/error.ts";

export interface DemoOrg extends AsyncDisposable {
  readonly url: string;
  /** An API token; the org takes it, and its service app, which demands DPoP. */
  readonly token: string;
  readonly clientId: string;
  /** The service app's key, as JWK. */
  readonly privateKey: string;
  readonly controlUrl: string;
  /** Lets one thing happen in the org; gives what it answers. */
  apply(operation: { readonly op: string } & Readonly<Record<string, unknown>>): Promise<unknown>;
}

type Size = Readonly<Record<"users" | "groups" | "apps" | "rules" | "events", number>>;

const WANTED = ["OKTA_CLIENT_ORGURL", "ROLLCALL_CONTROL_URL"] as const;
const ENDS_WITHIN_MS = 3000;
const Credentials = z.object({
  token: z.string(),
  clientId: z.string(),
  privateKey: z.record(z.string(), z.unknown()),
});

/** Starts the org and waits until it says where it is. The channel that `fork` opens is what tells it of our end. */
export async function startOrg(size: Size, signal: AbortSignal): Promise<DemoOrg> {
  throwIfCancelled(signal);
  const flags = Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = fork(
    fileURLToPath(new URL("../main.ts", import.meta.url)),
    ["fake-okta", "--port", "0", "--rate-limits", "none", "--auth", "dpop", ...flags],
    {
      execArgv: process.execArgv,
      stdio: ["ignore", "pipe", "ignore", "ipc"],
    },
  );
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    const impatience = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
    await gone;
    clearTimeout(impatience);
  };
  const said = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, name = "", value = ""] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    said.set(name, value);
    if (WANTED.every((wanted) => said.has(wanted))) break;
  }
  const [url, controlUrl] = WANTED.map((name) => said.get(name));
  if (url === undefined || controlUrl === undefined) {
    await stop();
    throwIfCancelled(signal);
    throw new RollcallError(
      "UNEXPECTED",
      `The simulated org ended before it said where it is (exit code ${child.exitCode}).`,
    );
  }
  const { token, clientId, privateKey } = Credentials.parse(await (await fetch(`${controlUrl}/credentials`)).json());
  return {
    url,
    token,
    clientId,
    privateKey: JSON.stringify(privateKey),
    controlUrl,
    apply: async (operation) => {
      const response = await fetch(`${controlUrl}/apply`, { method: "POST", body: JSON.stringify(operation), signal });
      const answer = (await response.json()) as { readonly result?: unknown; readonly error?: string };
      if (!response.ok)
        throw new RollcallError("UNEXPECTED", `The simulated org refused ${operation.op}: ${answer.error}`);
      return answer.result;
    },
    [Symbol.asyncDispose]: stop,
  };
}
