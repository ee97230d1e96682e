import { hash } from "../random.ts";

export type RateLimitPlan = "workforce" | "integrator" | "none";

interface BucketRule {
  readonly name: string;
  readonly shape: RegExp;
  /** Requests a minute for the whole org, by plan (fact sheet 4.1). */
  readonly workforce: number;
  readonly integrator: number;
}

const id = "[^/]+";
/** Which bucket a path counts in: the first shape that fits, the narrow ones first. Shared as recorded (fact sheet 4.1). */
const bucketRules: readonly BucketRule[] = [
  { name: "logs", shape: /^\/api\/v1\/logs/, workforce: 120, integrator: 20 },
  { name: "apps/{id}", shape: new RegExp(`^/api/v1/apps/${id}$`), workforce: 500, integrator: 100 },
  { name: "apps", shape: /^\/api\/v1\/apps/, workforce: 100, integrator: 20 },
  { name: "groups", shape: /^\/api\/v1\/groups(\/rules(\/|$)|$)/, workforce: 500, integrator: 100 },
  { name: "groups/{id}", shape: new RegExp(`^/api/v1/groups/${id}$`), workforce: 1000, integrator: 100 },
  { name: "groups", shape: /^\/api\/v1\/groups/, workforce: 500, integrator: 100 },
  { name: "users/{id}", shape: new RegExp(`^/api/v1/users/${id}$`), workforce: 2000, integrator: 100 },
  { name: "users", shape: /^\/api\/v1\/users/, workforce: 600, integrator: 100 },
  { name: "token", shape: /^\/oauth2\/v1\/token$/, workforce: 2000, integrator: 300 },
  { name: "other", shape: /^\/api\/v1\//, workforce: 1200, integrator: 100 },
];

/** One token may use this part of a bucket, and the headers report that part (fact sheet 0.15). */
const tokenShare = 0.5;
const window_ms = 60_000;
/** Requests at once for the whole org (fact sheet 4.2); a token's share of them is not known, so it is all. */
const concurrencyLimits = { workforce: 75, integrator: 35 } as const;
/** What the headers say where nothing is limited: the same in each answer, for nothing is counted. */
const unlimited = 60_000;

/** What one request learned of its bucket; the three `X-Rate-Limit-*` headers. `reset` is epoch seconds. */
export interface RateState {
  readonly bucket: string;
  readonly limit: number;
  readonly remaining: number;
  readonly reset: number;
  readonly refused: "rate" | "concurrency" | undefined;
}

/** Counts requests per bucket in windows of 60 s that begin at no round minute. */
export class Buckets {
  readonly #plan: RateLimitPlan;
  readonly #seed: number;
  readonly #used = new Map<string, { window: number; count: number }>();
  #inFlight = 0;

  constructor(plan: RateLimitPlan, seed: number) {
    this.#plan = plan;
    this.#seed = seed;
  }

  /** Takes one request, already entered, from the path's bucket; undefined for a path that is not limited, as the well-known documents. */
  take(path: string, now: number): RateState | undefined {
    const rule = bucketRules.find((candidate) => candidate.shape.test(path));
    if (!rule) return undefined;
    const phase = hash(this.#seed, rule.name.length, 71) % window_ms;
    const window = Math.floor((now - phase) / window_ms);
    const reset = Math.ceil((phase + (window + 1) * window_ms) / 1000);
    if (this.#plan === "none")
      return { bucket: rule.name, limit: unlimited, remaining: unlimited - 1, reset, refused: undefined };
    const limit = Math.floor(rule[this.#plan] * tokenShare);
    if (this.#inFlight > concurrencyLimits[this.#plan])
      return { bucket: rule.name, limit: 0, remaining: 0, reset, refused: "concurrency" };
    const before = this.#used.get(rule.name);
    const count = before?.window === window ? before.count + 1 : 1;
    this.#used.set(rule.name, { window, count });
    return {
      bucket: rule.name,
      limit,
      remaining: Math.max(0, limit - count),
      reset,
      refused: count > limit ? "rate" : undefined,
    };
  }

  /** Counts a request as in flight until the returned function is called. */
  enter(): () => void {
    this.#inFlight++;
    return () => {
      this.#inFlight--;
    };
  }
}

/** In lower case, as recorded. `skew_ms`: how far the clock is off that the reset is told from. */
export function rateHeaders(state: RateState, skew_ms: number): Record<string, string> {
  return {
    "x-rate-limit-limit": String(state.limit),
    "x-rate-limit-remaining": String(state.remaining),
    "x-rate-limit-reset": String(state.reset + Math.round(skew_ms / 1000)),
  };
}
