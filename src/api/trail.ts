/** What an audit entry says of a change. */

/** Only what changed, before and after. */
export function changes<T extends object>(before: T, after: T): Record<string, { before: unknown; after: unknown }> {
  const keys = Object.keys(after) as (keyof T & string)[];
  return Object.fromEntries(
    keys.filter((key) => before[key] !== after[key]).map((key) => [key, { before: before[key], after: after[key] }]),
  );
}
