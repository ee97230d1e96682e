/**
 * A schedule's words: for people, and back from them.
 * Breaks these were seen to catch: `?` let through, an expression that never comes, an offset taken as a zone.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCode } from "../../src/core/error.ts";
import {
  checkSchedule,
  defaultSchedule,
  describe as inWords,
  type Frequency,
  type Schedule,
} from "../../src/core/schedule.ts";

const anchoredAt = (frequency: Frequency, anchor: string, zone: string): Schedule => ({
  kind: "every",
  frequency,
  anchor,
  zone,
});

describe("words", () => {
  it("a schedule in words", () => {
    assert.equal(
      inWords(anchoredAt("6hour", "21:30", "Europe/Zurich")),
      "every 6 hours, at 03:30, 09:30, 15:30 and 21:30 (Europe/Zurich)",
    );
    assert.equal(inWords(anchoredAt("12hour", "00:05", "UTC")), "every 12 hours, at 00:05 and 12:05 (UTC)");
    assert.equal(inWords(anchoredAt("7day", "03:30", "UTC")), "every 7 days, on Mondays at 03:30 (UTC)");
    assert.equal(inWords(defaultSchedule("incremental")), "every 6 hours");
    assert.equal(inWords(defaultSchedule("append")), "every 15 minutes");
    assert.equal(inWords({ kind: "every", frequency: "never", anchor: null, zone: "UTC" }), "only when asked");
    assert.equal(
      inWords({ kind: "cron", expression: "0 3 * * 1", zone: "UTC" }),
      "by the cron expression 0 3 * * 1 (UTC)",
    );
  });

  it("what is no schedule is refused with what is wrong", () => {
    const refused: readonly (readonly [unknown, RegExp])[] = [
      [{ kind: "cron", expression: "0 0 30 2 *", zone: "UTC" }, /never comes/],
      [{ kind: "cron", expression: "61 * * * *", zone: "UTC" }, /61/],
      [{ kind: "cron", expression: "0 0 * * * *", zone: "UTC" }, /five fields/],
      [{ kind: "cron", expression: "", zone: "UTC" }, /five fields/],
      [{ kind: "cron", expression: "? 3 * * *", zone: "UTC" }, /“\?”/],
      [{ kind: "cron", expression: "0 3 * * *", zone: "Mars/Olympus" }, /time zone/],
      [{ kind: "cron", expression: "0 3 * * *", zone: "+02:00" }, /time zone/],
      [{ kind: "every", frequency: "6hour", anchor: "24:00", zone: "UTC" }, /HH:MM/],
      [{ kind: "every", frequency: "7hour", anchor: null, zone: "UTC" }, /7day/],
      [null, /./],
    ];
    for (const [value, reason] of refused)
      assert.throws(
        () => checkSchedule(value),
        (error) => hasCode(error, "SCHEDULE_INVALID") && reason.test(error.message),
        JSON.stringify(value),
      );
    for (const mode of ["incremental", "append", "full_refresh"] as const) checkSchedule(defaultSchedule(mode));
    assert.deepEqual(checkSchedule({ kind: "every", frequency: "6hour", zone: "UTC" }), defaultSchedule("incremental"));
  });
});
