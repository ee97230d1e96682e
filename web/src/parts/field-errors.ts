/** What the server found wrong with a form, field by field. */
import { ApiError } from "../api.ts";

/** Message by field (`password.new`); empty where the failure is about something else. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries((error.problem.fields ?? []).map(({ path, message }) => [path, message]));
}
