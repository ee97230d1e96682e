/** Every operation of the API: the one list that the server binds, the document is made of, and the page's client is typed by. */
import { dashboards, queries } from "./queries.ts";
import { audit, keys, people } from "./people.ts";
import { runs } from "./runs.ts";
import { channels, machine, settings } from "./settings.ts";
import { sources } from "./sources.ts";
import { warehouse } from "./warehouse.ts";

export const API = { sources, runs, warehouse, queries, dashboards, people, keys, audit, settings, channels, machine };
export type Api = typeof API;
