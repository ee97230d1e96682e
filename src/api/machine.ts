/** What machines ask: does the process answer, can it work. */
import { RollcallError } from "../core/error.ts";
import type { App } from "./bind.ts";
import { bind } from "./bind.ts";
import { API } from "./contract/api.ts";
import type { ApiDeps } from "./deps.ts";

export function bindMachine(app: App, { version, ready, store }: ApiDeps): void {
  const usable = async () => {
    await store.db.selectFrom("setting").select("key").limit(1).execute();
    await ready();
  };
  bind(app, API.machine.health, async () => ({ status: "ok" as const, version }));
  bind(app, API.machine.ready, async () => {
    await usable().catch((cause: unknown) => {
      throw new RollcallError("NOT_READY", "Warehouse or control plane cannot be used now.", { cause });
    });
    return { status: "ok" as const };
  });
}
