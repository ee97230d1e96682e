/**
 * What the log may lack: only what Okta no longer kept when it could first be read, and what `rollcall.gaps` confesses. The
 * events are noted as they happen, by the test and not by the code under test.
 */
import type { FakeOkta } from "../../fake-okta/server.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import { DAY } from "./history.ts";

const RETENTION_MS = 90 * DAY;
/** Okta's retention has no sharp edge. */
const EDGE_MS = 3_600_000 + 60_000;
const ALL = { maxRows: 1_000_000 };

export class EventsSeen {
  readonly #published = new Map<string, number>();
  #firstRead_ms: number | null = null;

  /** To be called before time passes: what Okta drops meanwhile was there. */
  note({ org }: FakeOkta): void {
    for (const event of org.truth("logs"))
      this.#published.set(String(event["uuid"]), Date.parse(String(event["published"])));
  }

  /** The log has a checkpoint since this moment at the latest. */
  beganBy(at_ms: number): void {
    this.#firstRead_ms ??= at_ms;
  }

  /** Events that went by without being held or confessed. */
  async lostInSilence(warehouse: Warehouse, prefix: string): Promise<readonly string[]> {
    const { signal } = new AbortController();
    const held = await warehouse.query(`SELECT uuid FROM "${prefix}".logs`, ALL, signal);
    const uuids = new Set(held.rows.map(([uuid]) => uuid));
    const { rows } = await warehouse.query(
      `SELECT epoch_ms(from_ts), epoch_ms(to_ts) FROM rollcall.gaps WHERE prefix = '${prefix}'`,
      ALL,
      signal,
    );
    const confessed = (at_ms: number) =>
      rows.some(([from, to]) => at_ms >= Number(from) - EDGE_MS && at_ms <= Number(to) + EDGE_MS);
    const since_ms = (this.#firstRead_ms ?? Infinity) - RETENTION_MS + EDGE_MS;
    return [...this.#published]
      .filter(([uuid, at_ms]) => !uuids.has(uuid) && at_ms >= since_ms && !confessed(at_ms))
      .map(([uuid, at_ms]) => `logs: event ${uuid} of ${new Date(at_ms).toISOString()} is neither held nor in a gap`);
  }
}
