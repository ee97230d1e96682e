/** When a table is due, computed from its row and nothing else: no state that could drift. Pure; all instants are epoch ms. */

export const FREQUENCIES = [
  "never",
  "5min",
  "15min",
  "30min",
  "1hour",
  "6hour",
  "12hour",
  "24hour",
  "7day",
  "30day",
] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** `anchor`: a time of day (`HH:MM`) in `zone` (IANA name) that one of the runs begins at; null: spread by the seed. */
export type Schedule =
  | { readonly kind: "every"; readonly frequency: Frequency; readonly anchor: string | null; readonly zone: string }
  | { readonly kind: "cron"; readonly expression: string; readonly zone: string };
