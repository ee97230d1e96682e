/** Who may come in: first-run setup, log-in, people, API keys; and the record of who changed what. */
import { z } from "@hono/zod-openapi";
import { operation, silent } from "./operation.ts";
import { Id, Instant, Role, Text } from "./words.ts";

const Email = z.email().max(254);
/** Long rather than odd; the upper bound keeps hashing cheap. */
const Password = z.string().min(12, "At least 12 characters.").max(256);

export const Person = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: Role,
    disabled: z.boolean(),
    createdAt: Instant,
    lastLoginAt: Instant.nullable(),
  })
  .openapi("Person");

export const Session = z
  .object({
    person: Person,
    csrfToken: z
      .string()
      .openapi({ description: "To be sent as `x-csrf-token` with everything that changes something." }),
    expiresAt: Instant,
  })
  .openapi("Session");

export const OtherSession = z
  .object({
    id: z.string(),
    createdAt: Instant,
    usedAt: Instant.openapi({ description: "When it was last used, to the minute." }),
    expiresAt: Instant.openapi({ description: "When it ends unless it is used before." }),
    userAgent: z.string().openapi({ description: "What the browser called itself at the log-in." }),
  })
  .openapi("OtherSession");

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string(),
    scope: z.enum(["read", "write", "admin"]),
    createdBy: z.string(),
    createdAt: Instant,
    usedAt: Instant.nullable(),
    expiresAt: Instant.nullable(),
  })
  .openapi("ApiKey");

export const AuditEntry = z
  .object({
    id: z.number(),
    at: Instant,
    actorKind: z.enum(["person", "api_key", "command", "rollcall"]),
    actor: z.string(),
    action: z.string(),
    objectKind: z.string(),
    objectId: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .openapi("AuditEntry");

const tag = "People";

export const people = {
  setupState: operation({
    method: "get",
    path: "/api/setup",
    tag,
    needs: "nobody",
    summary: "Whether the first person is still to be set up",
    result: z.object({ needed: z.boolean(), demo: z.boolean(), version: z.string() }),
  }),
  setup: operation({
    method: "post",
    path: "/api/setup",
    tag,
    needs: "nobody",
    summary: "Set up the first person, an admin, with the one-time link's token",
    status: 201,
    body: z.object({ token: z.string().min(1).max(200), email: Email, name: Text(100), password: Password }),
    result: Session,
  }),
  login: operation({
    method: "post",
    path: "/api/session",
    tag,
    needs: "nobody",
    summary: "Log in",
    status: 201,
    body: z.object({ email: z.string().max(254), password: z.string().max(256) }),
    result: Session,
  }),
  session: operation({
    method: "get",
    path: "/api/session",
    tag,
    needs: "viewer",
    summary: "Who I am",
    result: Session,
  }),
  logout: silent({ method: "delete", path: "/api/session", tag, needs: "viewer", summary: "Log out" }),
  changeMe: operation({
    method: "patch",
    path: "/api/session",
    tag,
    needs: "viewer",
    summary: "Change my name or password; a new password ends my other sessions",
    body: z.object({
      name: Text(100).optional(),
      password: z.object({ old: z.string().max(256), new: Password }).optional(),
    }),
    result: Session,
  }),
  otherSessions: operation({
    method: "get",
    path: "/api/session/others",
    tag,
    needs: "viewer",
    summary: "My other sessions, the last used first",
    result: z.array(OtherSession),
  }),
  endOtherSession: silent({
    method: "delete",
    path: "/api/session/others/{id}",
    tag,
    needs: "viewer",
    summary: "End one of my other sessions",
    params: Id,
  }),
  endOtherSessions: silent({
    method: "delete",
    path: "/api/session/others",
    tag,
    needs: "viewer",
    summary: "End all of my other sessions",
  }),
  list: operation({
    method: "get",
    path: "/api/people",
    tag,
    needs: "admin",
    summary: "People",
    result: z.array(Person),
  }),
  create: operation({
    method: "post",
    path: "/api/people",
    tag,
    needs: "admin",
    summary: "Add a person",
    status: 201,
    body: z.object({ email: Email, name: Text(100), role: Role, password: Password }),
    result: Person,
  }),
  change: operation({
    method: "patch",
    path: "/api/people/{id}",
    tag,
    needs: "admin",
    summary: "Change a person's role, name or password, or disable them; the last admin stays one",
    params: Id,
    body: z.object({
      name: Text(100).optional(),
      role: Role.optional(),
      password: Password.optional(),
      disabled: z.boolean().optional(),
    }),
    result: Person,
  }),
  remove: silent({
    method: "delete",
    path: "/api/people/{id}",
    tag,
    needs: "admin",
    summary: "Remove a person and end their sessions",
    params: Id,
  }),
};

export const keys = {
  list: operation({
    method: "get",
    path: "/api/keys",
    tag: "API keys",
    needs: "admin",
    summary: "API keys, without the keys",
    result: z.array(ApiKey),
  }),
  create: operation({
    method: "post",
    path: "/api/keys",
    tag: "API keys",
    needs: "admin",
    summary: "Make an API key; it is shown this once",
    status: 201,
    body: z.object({
      name: Text(100),
      scope: z.enum(["read", "write", "admin"]),
      expiresInDays: z.number().int().min(1).max(3650).nullable().default(null),
    }),
    result: ApiKey.extend({ key: z.string() }),
  }),
  remove: silent({
    method: "delete",
    path: "/api/keys/{id}",
    tag: "API keys",
    needs: "admin",
    summary: "Revoke an API key",
    params: Id,
  }),
};

export const audit = {
  list: operation({
    method: "get",
    path: "/api/audit",
    tag: "Audit",
    needs: "admin",
    summary: "Who changed what, the latest first",
    query: z.object({
      before: z.coerce.number().int().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    result: z.object({ entries: z.array(AuditEntry), more: z.boolean() }),
  }),
};
