/**
 * When a table is due, on drawn schedules, zones and downtimes, around changes of the clocks.
 * Breaks these were seen to catch: a skipped time moved by the gap instead of to its end, the second of two repeated times taken,
 * one offset for the whole year, offsets without their sign, the day searched from today where the clocks went back over midnight,
 * now counted as past or as future by one millisecond (anchored and cron), days counted from now, weeks from another day, an anchor
 * heeded at one hour, six hours a second longer, jitter the same for all or the same for like names; due at an occurrence already
 * begun, due by the time since the last begin, a retry beside the schedule, `never` begun once, a wrong clock believed or every small
 * step of it disbelieved; cron: gaps kept too long, kept for other zones, lists of hours treated as intervals, the interval of a
 * weekend taken from its Monday.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  defaultSchedule,
  describe as inWords,
  FREQUENCIES,
  interval_ms,
  isDue,
  lastDue_ms,
  nextDue_ms,
  type Schedule,
} from "../../src/core/schedule.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Both hemispheres, half and quarter hours, half an hour of daylight saving, changes at midnight, none, and the edges of the day line. */
const ZONES = [
  "UTC",
  "Europe/Zurich",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Africa/Casablanca",
  "America/Santiago",
  "Asia/Beirut",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "America/Havana",
];

/** Several ways to write the same thing are meant: what is drawn must not depend on what the code finds easy. */
const CRONS = [
  "0 * * * *",
  "*/15 * * * *",
  "30 2 * * *",
  "30 2,14 * * *",
  "0 9-17 * * 1-5",
  "15 0 1 * *",
  "45 23 * * 0",
  "0 0 29 2 *",
  "@daily",
  "5 4 * * mon",
];

const zone = fc.constantFrom(...ZONES);
const anchor = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
const every = fc.record({
  kind: fc.constant("every" as const),
  frequency: fc.constantFrom(...FREQUENCIES.filter((frequency) => frequency !== "never")),
  anchor: fc.option(anchor),
  zone,
});
const cron = fc.record({ kind: fc.constant("cron" as const), expression: fc.constantFrom(...CRONS), zone });
const schedule: fc.Arbitrary<Schedule> = fc.oneof({ weight: 3, arbitrary: every }, { weight: 1, arbitrary: cron });
const seed = fc.string({ minLength: 1, maxLength: 30 });
/** Milliseconds, not minutes; 2005 to 2037: zones have changed their rules in between. */
const instant = fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2037, 0, 1) });
const HOURLY: Schedule = { kind: "every", frequency: "1hour", anchor: null, zone: "UTC" };
const standing = { lastBegun_ms: null, retryAt_ms: null };

const anchored = (
  frequency: Extract<Schedule, { kind: "every" }>["frequency"],
  at: string,
  where: string,
): Schedule => ({ kind: "every", frequency, anchor: at, zone: where });

/** The occurrences from `from` (exclusive) on, ISO. */
function occurrences(of: Schedule, from: string, count: number): readonly string[] {
  const found: string[] = [];
  for (let at = Date.parse(from); found.length < count;) {
    at = nextDue_ms(of, "seed", at)!;
    found.push(new Date(at).toISOString());
  }
  return found;
}

/** What a clock on the wall in that zone shows: by Intl's own words, not by the code under test. */
function wall(at_ms: number, where: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: where,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at_ms);
}

describe("occurrences", () => {
  it("the last is at or before now, the next after it, and none lies between", () => {
    fc.assert(
      fc.property(schedule, seed, instant, (of, by, now_ms) => {
        const last = lastDue_ms(of, by, now_ms)!;
        const next = nextDue_ms(of, by, now_ms)!;
        assert.ok(last <= now_ms && now_ms < next, `${last} ${now_ms} ${next}`);
        assert.equal(nextDue_ms(of, by, last), next, "the one after the last is the next");
        assert.equal(lastDue_ms(of, by, next - 1), last, "the one before the next is the last");
        assert.equal(lastDue_ms(of, by, next), next);
        assert.equal(lastDue_ms(of, by, last), last);
      }),
      { numRuns: 1500 },
    );
  });

  it("strictly increase, forwards and backwards the same ones", () => {
    fc.assert(
      fc.property(schedule, seed, instant, (of, by, now_ms) => {
        const forwards: number[] = [];
        for (let at = now_ms; forwards.length < 40;) forwards.push((at = nextDue_ms(of, by, at)!));
        for (const [index, at] of forwards.entries()) if (index > 0) assert.ok(at > forwards[index - 1]!);
        const backwards: number[] = [];
        for (let at = forwards.at(-1)!; backwards.length < 40; at = backwards[0]! - 1)
          backwards.unshift(lastDue_ms(of, by, at)!);
        assert.deepEqual(backwards, forwards);
      }),
      { numRuns: 150 },
    );
  });

  it("the same question has the same answer, whatever was asked in between", () => {
    fc.assert(
      fc.property(cron, instant, fc.array(instant, { maxLength: 5 }), (of, now_ms, between) => {
        const answer = [lastDue_ms(of, "a", now_ms), nextDue_ms(of, "a", now_ms), interval_ms(of, now_ms)];
        for (const at of between) nextDue_ms(of, "a", at);
        assert.deepEqual([lastDue_ms(of, "a", now_ms), nextDue_ms(of, "a", now_ms), interval_ms(of, now_ms)], answer);
      }),
      { numRuns: 200 },
    );
  });

  it("do not drift: over ten years as many as fit, each in its own interval", () => {
    fc.assert(
      fc.property(every, seed, (of, by) => {
        const from_ms = Date.UTC(2020, 0, 1);
        const step = interval_ms(of, from_ms)!;
        const count = Math.min(2000, Math.floor((10 * 365 * DAY_MS) / step));
        const first = nextDue_ms(of, by, from_ms)!;
        const there_ms = first + count * step;
        // Local times wander by the change of the clocks, and by nothing else, however long ago the first was.
        const landed = lastDue_ms(of, by, there_ms + 2 * HOUR_MS)!;
        assert.ok(Math.abs(landed - there_ms) <= 2 * HOUR_MS || step < 2 * HOUR_MS, `${landed - there_ms}`);
        if (of.anchor === null) assert.equal(lastDue_ms(of, by, there_ms), there_ms);
      }),
      { numRuns: 300 },
    );
  });

  it("two tables with other seeds are spread over the interval", () => {
    for (const frequency of ["5min", "15min", "6hour", "30day"] as const) {
      const of: Schedule = { kind: "every", frequency, anchor: null, zone: "UTC" };
      const step = interval_ms(of, 0)!;
      const places = Array.from({ length: 1000 }, (_, index) => nextDue_ms(of, `src_${index} users`, 0)! / step);
      // Ten equal parts of the interval: by chance none of them gets fewer than 60 or more than 140 of 1000.
      const parts = Map.groupBy(places, (place) => Math.floor(place * 10 - 1e-9));
      assert.equal(parts.size, 10);
      for (const [part, { length }] of parts)
        assert.ok(length > 60 && length < 140, `${frequency}: ${length} in ${part}`);
    }
    // And names that differ in one letter only: 26 of them are expected in 9.35 of the ten parts.
    const parts = Array.from({ length: 100 }, (_, source) => {
      const places = Array.from("abcdefghijklmnopqrstuvwxyz", (letter) =>
        nextDue_ms(HOURLY, `src_${source} ${letter}`, 0)!,
      );
      return new Set(places.map((at) => Math.floor((10 * (at - 1)) / HOUR_MS))).size;
    });
    assert.ok(parts.reduce((sum, count) => sum + count, 0) / 100 > 9);
    const six: Schedule = { kind: "every", frequency: "6hour", anchor: null, zone: "UTC" };
    assert.notEqual(nextDue_ms(six, "src_a users", 0), nextDue_ms(six, "src_a groups", 0));
    assert.equal(nextDue_ms(six, "src_a users", 0), nextDue_ms({ ...six, zone: "Europe/Zurich" }, "src_a users", 0));
  });
});

describe("with an anchor", () => {
  it("begins when a clock on the wall shows it, but for a time that is skipped", () => {
    const above = fc.constantFrom(
      "6hour" as const,
      "12hour" as const,
      "24hour" as const,
      "7day" as const,
      "30day" as const,
    );
    fc.assert(
      fc.property(above, anchor, zone, instant, (frequency, at, where, now_ms) => {
        const of = anchored(frequency, at, where);
        const hours = { "6hour": [0, 6, 12, 18], "12hour": [0, 12], "24hour": [0], "7day": [0], "30day": [0] }[
          frequency
        ];
        const [hour, minute] = at.split(":");
        const shown = hours.map((more) => `${String((Number(hour) + more) % 24).padStart(2, "0")}:${minute}`);
        const next = nextDue_ms(of, "seed", now_ms)!;
        if (shown.includes(wall(next, where))) return;
        // Only where the clocks have just been put forward.
        const before = wall(next - 1, where);
        assert.ok(
          shown.some((time) => before < time && time < wall(next, where)) || before > wall(next, where),
          `${before} → ${wall(next, where)}`,
        );
      }),
      { numRuns: 1500 },
    );
  });

  it("a skipped local time comes once, just after the gap", () => {
    assert.deepEqual(occurrences(anchored("24hour", "02:30", "Europe/Zurich"), "2026-03-27T12:00:00Z", 3), [
      "2026-03-28T01:30:00.000Z",
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
    // At midnight: the day begins at 01:00.
    assert.deepEqual(occurrences(anchored("24hour", "00:00", "Asia/Beirut"), "2024-03-30T12:00:00Z", 2), [
      "2024-03-30T22:00:00.000Z",
      "2024-03-31T21:00:00.000Z",
    ]);
    // A whole day that never was: Samoa went from the 29th to the 31st of December 2011.
    assert.deepEqual(occurrences(anchored("12hour", "09:00", "Pacific/Apia"), "2011-12-30T06:00:00Z", 4), [
      "2011-12-30T07:00:00.000Z",
      "2011-12-30T10:00:00.000Z",
      "2011-12-30T19:00:00.000Z",
      "2011-12-31T07:00:00.000Z",
    ]);
  });

  it("a repeated local time comes once, the first time", () => {
    assert.deepEqual(occurrences(anchored("24hour", "02:30", "Europe/Zurich"), "2026-10-24T12:00:00Z", 2), [
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
    // Half an hour only, on Lord Howe.
    assert.deepEqual(occurrences(anchored("24hour", "01:45", "Australia/Lord_Howe"), "2026-04-04T00:00:00Z", 2), [
      "2026-04-04T14:45:00.000Z",
      "2026-04-05T15:15:00.000Z",
    ]);
    // Across midnight: Newfoundland set its clocks back one minute after it, to 23:01 of the day before.
    assert.deepEqual(occurrences(anchored("24hour", "00:00", "America/St_Johns"), "2005-10-29T12:00:00Z", 2), [
      "2005-10-30T02:30:00.000Z",
      "2005-10-31T03:30:00.000Z",
    ]);
    // In the hour that comes again it is the day before once more, and the new day's occurrence has been.
    const again_ms = Date.parse("2005-10-30T03:00:00Z");
    const midnight = anchored("24hour", "00:00", "America/St_Johns");
    assert.equal(lastDue_ms(midnight, "a", again_ms), Date.parse("2005-10-30T02:30:00Z"));
    assert.equal(nextDue_ms(midnight, "a", again_ms), Date.parse("2005-10-31T03:30:00Z"));
  });

  it("every six hours is four local times a day, also on the days of 23 and 25 hours", () => {
    const of = anchored("6hour", "03:30", "Europe/Zurich");
    for (const day of ["2026-03-28T22:59:59Z", "2026-10-24T21:59:59Z"])
      assert.deepEqual(
        occurrences(of, day, 4).map((at) => wall(Date.parse(at), "Europe/Zurich")),
        ["03:30", "09:30", "15:30", "21:30"],
      );
  });

  it("every 7 and 30 days: on fixed days, at the local time", () => {
    for (const at of occurrences(anchored("7day", "03:30", "America/New_York"), "2026-01-01T00:00:00Z", 60)) {
      const shown = new Intl.DateTimeFormat("en-GB", {
        timeZone: "America/New_York",
        weekday: "long",
        hour: "2-digit",
        minute: "2-digit",
      });
      assert.equal(shown.format(Date.parse(at)), "Monday 03:30");
    }
    const months = occurrences(anchored("30day", "12:00", "Europe/Zurich"), "2026-01-01T00:00:00Z", 30).map(Date.parse);
    for (const [index, at] of months.entries())
      if (index > 0) assert.ok(Math.abs(at - months[index - 1]! - 30 * DAY_MS) <= HOUR_MS);
  });

  it("has no meaning up to one hour", () => {
    for (const frequency of ["5min", "15min", "30min", "1hour"] as const) {
      const of = anchored(frequency, "03:30", "Asia/Kathmandu");
      assert.equal(nextDue_ms(of, "a", 0), nextDue_ms({ ...of, anchor: null } as Schedule, "a", 0));
      assert.doesNotMatch(inWords(of), /03:30/);
    }
  });
});

describe("a cron expression", () => {
  it("names wall-clock times: skipped ones come after the gap, repeated ones once", () => {
    const of: Schedule = { kind: "cron", expression: "30 2,14 * * *", zone: "Europe/Zurich" };
    assert.deepEqual(occurrences(of, "2026-03-28T20:00:00Z", 2), [
      "2026-03-29T01:00:00.000Z",
      "2026-03-29T12:30:00.000Z",
    ]);
    assert.deepEqual(occurrences(of, "2026-10-24T20:00:00Z", 2), [
      "2026-10-25T00:30:00.000Z",
      "2026-10-25T13:30:00.000Z",
    ]);
  });

  it("an hour's wildcard is an interval: it comes as often as time goes by", () => {
    const of: Schedule = { kind: "cron", expression: "0 * * * *", zone: "Europe/Zurich" };
    for (const day of ["2026-03-28T23:00:00Z", "2026-10-24T22:00:00Z"]) {
      const times: readonly number[] = occurrences(of, day, 6).map((time) => Date.parse(time));
      for (const [index, at] of times.entries()) if (index > 0) assert.equal(at - times[index - 1]!, HOUR_MS);
    }
  });

  it("of office hours: the weekend is no staleness, an hour on a working day is", () => {
    const of: Schedule = { kind: "cron", expression: "0 9-17 * * 1-5", zone: "UTC" };
    // A Monday, a Wednesday.
    assert.equal(interval_ms(of, Date.parse("2026-11-23T09:05:00Z"))! / HOUR_MS, 64);
    assert.equal(interval_ms(of, Date.parse("2026-11-25T15:05:00Z"))! / HOUR_MS, 1);
  });
});

describe("what is due", () => {
  it("what was never begun is, at once; what is never, is not", () => {
    fc.assert(
      fc.property(schedule, seed, instant, (of, by, now_ms) =>
        assert.ok(isDue({ ...standing, schedule: of, seed: by, now_ms })),
      ),
    );
    const never: Schedule = { kind: "every", frequency: "never", anchor: "03:30", zone: "UTC" };
    for (const lastBegun_ms of [null, 0])
      assert.equal(isDue({ schedule: never, seed: "a", lastBegun_ms, retryAt_ms: null, now_ms: DAY_MS * 9999 }), false);
    assert.equal(lastDue_ms(never, "a", 0), null);
    assert.equal(nextDue_ms(never, "a", 0), null);
    assert.equal(interval_ms(never, 0), null);
  });

  it("a downtime of any length gives exactly one run, and none where no occurrence fell into it", () => {
    const downtime = fc.integer({ min: 0, max: 3 * 365 * DAY_MS });
    fc.assert(
      fc.property(schedule, seed, instant, downtime, (of, by, lastBegun_ms, down_ms) => {
        const at = (now_ms: number, begun_ms: number) =>
          isDue({ schedule: of, seed: by, lastBegun_ms: begun_ms, retryAt_ms: null, now_ms });
        const now_ms = lastBegun_ms + down_ms;
        assert.equal(at(now_ms, lastBegun_ms), nextDue_ms(of, by, lastBegun_ms)! <= now_ms);
        // Begun now: not due again until the next occurrence, to the millisecond.
        const next = nextDue_ms(of, by, now_ms)!;
        assert.equal(at(now_ms, now_ms), false);
        assert.equal(at(next - 1, now_ms), false);
        assert.equal(at(next, now_ms), true);
        assert.equal(at(next, next), false, "begun in the millisecond of its occurrence");
      }),
      { numRuns: 1000 },
    );
  });

  it("looked at however often, it is begun once per occurrence", () => {
    fc.assert(
      fc.property(every, seed, instant, fc.integer({ min: 1, max: 7 }), (of, by, from_ms, looks) => {
        const step = interval_ms(of, from_ms)! / looks;
        let lastBegun_ms = from_ms;
        const begun: number[] = [];
        for (let now_ms = from_ms; now_ms <= from_ms + step * looks * 10; now_ms += step)
          if (isDue({ schedule: of, seed: by, lastBegun_ms, retryAt_ms: null, now_ms }))
            begun.push((lastBegun_ms = Math.floor(now_ms)));
        const meant = new Set<number>();
        for (let at = nextDue_ms(of, by, from_ms)!; at <= from_ms + step * looks * 10; at = nextDue_ms(of, by, at)!)
          meant.add(at);
        // A change of the clocks moves two local times closer than the interval: one look may meet both.
        assert.ok(begun.length <= meant.size && begun.length >= meant.size - 1, `${begun.length} for ${meant.size}`);
      }),
      { numRuns: 200 },
    );
  });

  it("a retry decides alone: before it nothing is due, after it everything", () => {
    fc.assert(
      fc.property(schedule, seed, instant, fc.integer({ min: 1, max: HOUR_MS }), (of, by, now_ms, wait_ms) => {
        const with_ = (retryAt_ms: number, lastBegun_ms: number) =>
          isDue({ schedule: of, seed: by, lastBegun_ms, retryAt_ms, now_ms });
        assert.equal(with_(now_ms + wait_ms, now_ms - 400 * DAY_MS), false);
        assert.equal(with_(now_ms - wait_ms, now_ms), true);
        assert.equal(with_(now_ms, now_ms), true);
      }),
    );
    const never: Schedule = { kind: "every", frequency: "never", anchor: null, zone: "UTC" };
    assert.ok(
      isDue({ schedule: never, seed: "a", lastBegun_ms: 5, retryAt_ms: 10, now_ms: 10 }),
      "what a person asked for is tried again",
    );
  });

  it("a clock that was once far ahead does not stop a table; one that steps back a little begins nothing", () => {
    const of = defaultSchedule("incremental");
    const now_ms = Date.UTC(2026, 5, 1);
    assert.ok(isDue({ schedule: of, seed: "a", lastBegun_ms: now_ms + HOUR_MS, retryAt_ms: null, now_ms }));
    assert.equal(isDue({ schedule: of, seed: "a", lastBegun_ms: now_ms + MINUTE_MS, retryAt_ms: null, now_ms }), false);
    const retried = (retryAt_ms: number) => isDue({ schedule: of, seed: "a", lastBegun_ms: 0, retryAt_ms, now_ms });
    assert.ok(retried(now_ms + 365 * DAY_MS), "a retry set far ahead says nothing");
    assert.equal(retried(now_ms + HOUR_MS), false);
  });
});
