/** From the bytes that Okta sent to a page that fits the declared columns. */
import type { Page } from "./batch.ts";
import { plainRows } from "./inspect.ts";
import { mend, treatPlain } from "./mend.ts";
import type { RowShape } from "./shape.ts";

export interface Conformed {
  readonly page: Page;
  readonly rejected: number;
  readonly oddValues: number;
}

/**
 * Plain pages pass as they are, treated where the table is; others are mended. `force` mends in any case: for a page that looked
 * plain and was refused by the warehouse. Throws `BODY_NOT_A_LIST`.
 */
export function conform(bytes: Uint8Array, readAt_ms: number, shape: RowShape, force = false): Conformed {
  const plain = force ? null : plainRows(bytes, shape);
  if (plain !== null) {
    const treated = shape.plan === null ? bytes : treatPlain(bytes, shape.plan);
    return { page: { bytes: treated, rows: plain, readAt_ms }, rejected: 0, oddValues: 0 };
  }
  const mended = mend(bytes, shape);
  return {
    page: { bytes: mended.bytes, rows: mended.rows, readAt_ms },
    rejected: mended.rejected,
    oddValues: mended.oddValues,
  };
}
