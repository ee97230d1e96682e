/** Rows to begin with: a store in a directory of its own, with one source in it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type Store } from "../../src/store/open.ts";

export const NOW_MS = Date.UTC(2026, 10, 1);

/** A directory that is gone when the test is over, and the path in it where a data directory may be made. */
export function scratch(): { readonly dataDir: string } & Disposable {
  const directory = mkdtempSync(join(tmpdir(), "rollcall-store-"));
  return {
    dataDir: join(directory, "data"),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A fresh store with the source `src_1`, which has the tables `users` and `logs`. */
export async function storeWithSource(): Promise<{ readonly store: Store } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const { dataDir } = opened.use(scratch());
  const store = opened.use(await openStore(dataDir));
  await addSource(store, "src_1");
  const lifetime = opened.move();
  return { store, [Symbol.asyncDispose]: () => lifetime.disposeAsync() };
}

export interface Different {
  readonly prefix?: string;
  readonly org_id?: string;
  readonly sealed_credential?: string;
}

export async function addSource({ db }: Store, id: string, different: Different = {}): Promise<void> {
  await db
    .insertInto("source")
    .values({
      id,
      kind: "okta",
      name: id,
      description: "",
      prefix: id,
      origin: "https://acme.okta.com",
      org_id: `00o_${id}`,
      canonical_host: "acme.okta.com",
      auth: "token",
      client_id: null,
      sealed_credential: "v1.none.none.none",
      share_percent: 75,
      complete_every_ms: 86_400_000,
      logs_since_ms: null,
      takes_new_tables: 1,
      paused_json: null,
      paused_ms: null,
      created_ms: NOW_MS,
      updated_ms: NOW_MS,
      ...different,
    })
    .execute();
  for (const table_name of ["users", "logs"])
    await db
      .insertInto("source_table")
      .values({
        source_id: id,
        table_name,
        enabled: 1,
        mode: table_name === "logs" ? "append" : "incremental",
        schedule_json: "{}",
        look_back_ms: 0,
        treatment_json: "{}",
        last_begun_ms: null,
        last_completed_ms: null,
        last_status: null,
        last_run_id: null,
        last_error_json: null,
        failures_in_a_row: 0,
        retry_at_ms: null,
        rows_stored: 0,
        wish: null,
      })
      .execute();
}
