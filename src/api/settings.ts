/** Settings of the whole server. */
import { record } from "../store/audit.ts";
import { readInstallation, readSettings, type Settings, writeSettings } from "../store/settings.ts";
import { actorOf, type App, bind } from "./bind.ts";
import { API } from "./contract/api.ts";
import type { ApiDeps } from "./deps.ts";
import { InvalidRequest } from "./problem.ts";
import { changes } from "./trail.ts";

export function bindSettings(app: App, { store, now_ms }: ApiDeps): void {
  const stated = async (settings: Settings) => ({ ...settings, installation: await readInstallation(store.db) });
  bind(app, API.settings.get, async () => stated(await readSettings(store.db)));

  bind(app, API.settings.change, async ({ body, caller }) => {
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const changed = await store.db.transaction().execute(async (trx) => {
      const before = await readSettings(trx);
      const after = checked({ ...before, ...(given as Partial<Settings>) });
      const detail = changes(before, after);
      if (Object.keys(detail).length === 0) return after;
      await writeSettings(trx, after);
      await record(
        trx,
        actorOf(caller),
        {
          action: "settings.changed",
          object: { kind: "settings", id: null },
          detail,
        },
        now_ms(),
      );
      return after;
    });
    return stated(changed);
  });
}

/** The settings as they are kept: the public address as an origin. Throws REQUEST_INVALID. */
function checked(settings: Settings): Settings {
  const { zone, publicUrl } = settings;
  if (!isZone(zone)) throw new InvalidRequest([{ path: "zone", message: "Not a time zone, such as Europe/Berlin." }]);
  if (publicUrl === null || publicUrl.trim() === "") return { ...settings, publicUrl: null };
  const url = URL.parse(publicUrl.trim());
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== "" ||
    url.password !== "" ||
    url.pathname !== "/"
  )
    throw new InvalidRequest([{ path: "publicUrl", message: "Not an address such as https://rollcall.acme.com." }]);
  return { ...settings, publicUrl: url.origin };
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
