/** Every operation of the API: the one list that the server binds, the document is made of, and the page's client is typed by. */
import { dashboards, queries } from "./queries.ts";
import { audit, keys, people } from "./people.ts";
import { LiveEvent, runs } from "./runs.ts";
import { channels, machine, settings } from "./settings.ts";
import { sources } from "./sources.ts";
import { QueryLine, warehouse } from "./warehouse.ts";

export const API = { sources, runs, warehouse, queries, dashboards, people, keys, audit, settings, channels, machine };
export type Api = typeof API;

/** What streams are made of, piece by piece: described in the document by their names, since no answer as a whole is one. */
export const PIECES = { QueryLine, LiveEvent } as const;
