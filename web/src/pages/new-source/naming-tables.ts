/** What the server found wrong with a table's settings, in the words of the form. Pure. */
import { ApiError } from "../../api.ts";

const FIELDS: Readonly<Record<string, string>> = {
  schedule: "frequency",
  mode: "sync method",
  lookBack_s: "look-back",
  treatment: "columns",
};

/** What the server calls `tables.0.schedule`, people know as the frequency of users. */
export function namingTables(error: unknown, tables: readonly string[]): unknown {
  if (!(error instanceof ApiError) || error.problem.fields === undefined) return error;
  const fields = error.problem.fields.map(({ path, message }) => {
    const [, place, field = ""] = /^tables\.(\d+)\.(\w+)/.exec(path) ?? [];
    return { path: place === undefined ? path : `${tables[Number(place)]}: ${FIELDS[field] ?? field}`, message };
  });
  if (fields.every(({ path }, place) => path === error.problem.fields?.[place]?.path)) return error;
  const once = fields.filter(({ path, message }, place) => {
    const first = fields.findIndex((each) => each.path === path && each.message === message);
    return first === place;
  });
  return new ApiError({ ...error.problem, detail: "The settings of a table are not right.", fields: once });
}
