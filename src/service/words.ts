/** From a row's values to those of the API. */
import type { z } from "@hono/zod-openapi";
import type { Failure as FailureWords } from "../api/contract/words.ts";

export type Failure = z.infer<typeof FailureWords>;

/** Epoch ms as ISO 8601. */
export function instant(ms: number): string;
export function instant(ms: number | null): string | null;
export function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** An ErrorReport as stored. */
export function failureOf(json: string | null): Failure | null {
  return json === null ? null : (JSON.parse(json) as Failure);
}
