/** The words that several resources share. */
import { z } from "@hono/zod-openapi";
import { Schedule } from "../../core/schedule.ts";
import { ROLES } from "./operation.ts";

export const Instant = z.iso.datetime().openapi({ description: "ISO 8601, UTC.", example: "2026-11-01T12:00:00.000Z" });
export const Role = z.enum(ROLES).openapi("Role");
export const Mode = z.enum(["incremental", "append", "full_refresh"]).openapi("Mode");
export const TableStatus = z
  .enum(["queued", "running", "completed", "skipped", "failed", "held", "cancelled"])
  .openapi("TableStatus");
export const RunStatus = z
  .enum(["queued", "running", "completed", "partial", "failed", "held", "cancelled"])
  .openapi("RunStatus");
export const Failure = z
  .object({ code: z.string(), message: z.string(), fix: z.string() })
  .openapi("Failure", { description: "What went wrong: a stable code, a sentence, the next step." });
export const ScheduleWord = z
  .custom<Schedule>((value) => Schedule.safeParse(value).success, { message: "Not a schedule." })
  .openapi("Schedule", {
    type: "object",
    description: "How often: `{kind:'every', frequency, anchor, zone}` or `{kind:'cron', expression, zone}`.",
    properties: {
      kind: { type: "string", enum: ["every", "cron"] },
      frequency: { type: "string" },
      anchor: { type: ["string", "null"] },
      zone: { type: "string" },
      expression: { type: "string" },
    },
    required: ["kind", "zone"],
    additionalProperties: false,
  });
export const Text = (most: number) => z.string().trim().min(1).max(most);
export const Remark = z.string().trim().max(2000);
export const Id = z.object({ id: z.string().min(1).max(64) });
export const Confirmation = z
  .string()
  .openapi({ description: "The name of what is to go, typed by the person: their word that they mean it." });
