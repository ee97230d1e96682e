/** Rows keep epoch ms, answers say ISO 8601. */

export const instant = (at_ms: number): string => new Date(at_ms).toISOString();
export const instantOrNull = (at_ms: number | null): string | null => (at_ms === null ? null : instant(at_ms));
