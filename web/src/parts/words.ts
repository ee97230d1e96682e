/** The API's things by name, for the pages. */
import type { z } from "@hono/zod-openapi";
import type { Result } from "../api.ts";
import type { LiveEvent as LiveEventSchema, RunLine as RunLineSchema } from "../../../src/api/contract/runs.ts";

export type { Frequency, Schedule } from "../../../src/core/schedule.ts";
export type { Role } from "../../../src/api/contract/operation.ts";
export type Source = Result<"get /api/sources/{id}">;
export type SourceTable = Source["tables"][number];
export type Mode = SourceTable["mode"];
export type Treatment = SourceTable["treatment"];
export type SourceType = Result<"get /api/source-types">[number];
export type FormField = SourceType["fields"][number];
export type Preflight = Result<"post /api/preflights">;
export type TableOffer = Preflight["tables"][number];
export type ColumnChoice = TableOffer["columns"][number];
export type Run = Result<"get /api/runs/{id}">;
export type RunTable = Run["tables"][number];
export type RunLine = z.output<typeof RunLineSchema>;
export type Failure = NonNullable<Run["failure"]>;
export type LiveEvent = z.output<typeof LiveEventSchema>;
