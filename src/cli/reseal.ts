/** `rollcall reseal`: the stored credentials under another key. The server must not be running. */
import { userInfo } from "node:os";
import type { ResealConfig } from "../config.ts";
import { EXIT } from "../core/run.ts";
import type { Actor } from "../store/audit.ts";
import { assertDataDir } from "../store/backup.ts";
import { changeKeyFile, openKeys, parseKey } from "../store/keys.ts";
import { openStore } from "../store/open.ts";
import { reseal } from "../store/reseal.ts";
import type { Context, Environment } from "./context.ts";
import { plural } from "./number.ts";

const NEW_KEY = "ROLLCALL_NEW_SECRET_KEY";

/** With ROLLCALL_NEW_SECRET_KEY under that; else under a new `secret.key`. Throws STORE_IN_USE, STORE_UNUSABLE, SECRET_KEY_…. */
export async function resealCommand({ dataDir }: ResealConfig, { env, stdout }: Context): Promise<number> {
  assertDataDir(dataDir);
  await using store = await openStore(dataDir);
  const given = env[NEW_KEY] ?? "";
  if (given === "") {
    const { keys, secrets } = await changeKeyFile({ env, store }, person());
    stdout.write(
      `${plural(secrets, "credential")} sealed under the new key ${keys.id}, in ${dataDir}/secret.key. The former key is gone: backups made before need the copy of it that you keep.\n`,
    );
    return EXIT.completed;
  }
  const to = parseKey(given, NEW_KEY);
  const from = await openKeys({ env, store });
  const secrets = await reseal(store, { from, to, by: person() });
  stdout.write(`${plural(secrets, "credential")} sealed under the new key ${to.id}. ${next(env, dataDir)}\n`);
  return EXIT.completed;
}

const next = (env: Environment, dataDir: string) =>
  `Start the server with it in ROLLCALL_SECRET_KEY from now on${
    (env["ROLLCALL_SECRET_KEY"] ?? "") === "" ? `; ${dataDir}/secret.key opens nothing any more but older backups` : ""
  }.`;

/** For the audit trail: whose shell it was. */
function person(): Actor {
  const name = (() => {
    try {
      return userInfo().username;
    } catch {
      // A user id without a name, as containers have.
      return `user ${process.getuid?.() ?? "?"}`;
    }
  })();
  return { kind: "command", id: null, name: `rollcall reseal, ${name}` };
}
