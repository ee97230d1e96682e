import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { type FakeOrg, operations } from "../org.ts";
import { OperationRefused } from "../org/state.ts";
import { type Answer, type Call, object } from "./answer.ts";
import { clearly, type Shape, shapeOf } from "./control-guide.ts";
import { faultRuleSchema, type Faults } from "./faults.ts";
import type { Access } from "./gate.ts";
import type { TokenDesk } from "./oauth.ts";
import type { RequestLog } from "./request-log.ts";
import { readCall, sendAnswer } from "./wire.ts";

/** What the control endpoint commands. */
export interface Controlled {
  readonly org: FakeOrg;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly tokens: TokenDesk;
  readonly access: Access;
  /** What a client signs in with: every kind the org accepts. */
  readonly credentials: () => { readonly token: string; readonly clientId: string; readonly privateKey: object };
}

/** One thing that can be asked: the shape of its body, where it takes one, and what it does. */
interface Control {
  readonly takes?: z.ZodType;
  readonly run: (controlled: Controlled, body: unknown) => unknown;
}

function control<Body>(takes: z.ZodType<Body>, run: (controlled: Controlled, body: Body) => unknown): Control {
  return { takes, run: (controlled, body) => run(controlled, takes.parse(body)) };
}

const reach = z.union([z.number().min(0).max(1), z.array(z.string())]).optional();
const accessBody = z.strictObject({
  adminRole: z.boolean().optional(),
  tokenRevoked: z.boolean().optional(),
  /** null: the caller sees all again. */
  visible: z
    .strictObject({ users: reach, groups: reach, apps: reach, hidden: z.enum(["notFound", "forbidden"]).optional() })
    .nullable()
    .optional(),
});

/** The control endpoint: method and path to what it does. Bodies and answers are JSON. */
const controls: Readonly<Record<string, Control>> = {
  "GET /": { run: guide },
  "GET /state": { run: ({ org, requests }) => ({ ...stateOf(org), requests: requests.total, byStatus: Object.fromEntries(requests.byStatus) }) }, // prettier-ignore
  "GET /requests": { run: ({ requests }) => requests.recent },
  "DELETE /requests": { run: ({ requests }) => requests.clear() },
  "POST /apply": control(z.looseObject({ op: z.string() }), ({ org }, body) => {
    refuseUnknownArguments(body);
    return { result: org.apply(body) ?? null };
  }),
  "POST /advance": control(z.strictObject({ ms: z.number() }), ({ org }, { ms }) => {
    org.clock.advance(ms);
    return { now: new Date(org.clock.now()).toISOString() };
  }),
  "GET /faults": { run: ({ faults }) => faults.list() },
  "POST /faults": control(faultRuleSchema, ({ faults }, rule) => ({ id: faults.add(rule) })),
  "DELETE /faults": { run: ({ faults }) => faults.clear() },
  "POST /skew": control(z.strictObject({ date_ms: z.number() }), ({ faults }, { date_ms }) => {
    faults.dateSkew_ms = date_ms;
  }),
  "GET /credentials": { run: ({ credentials }) => credentials() },
  "GET /access": { run: ({ access }) => access },
  "POST /access": control(accessBody, ({ access }, { adminRole, tokenRevoked, visible }) => {
    if (adminRole !== undefined) access.adminRole = adminRole;
    if (tokenRevoked !== undefined) access.tokenRevoked = tokenRevoked;
    if (visible !== undefined) access.visible = visible ?? undefined;
    return access;
  }),
  "POST /expire-tokens": { run: ({ tokens }) => tokens.expireTokens() },
  "POST /rotate-nonce": control(z.strictObject({ keepOld: z.boolean().optional() }).default({}), ({ tokens }, body) =>
    tokens.rotateNonce(body.keepOld ?? false),
  ),
};

/** Everything that can be asked, with what each takes. */
function guide(): unknown {
  const taken = Object.entries(controls).map(([name, { takes }]) => [name, takes ? shapeOf(takes) : {}] as const);
  return {
    controls: Object.fromEntries(taken),
    operations: operationShapes,
    example: { control: "POST /apply", body: { op: "createGroup", name: "Engineering" } },
  };
}

function stateOf(org: FakeOrg): Record<string, unknown> {
  return {
    id: org.id,
    now: new Date(org.clock.now()).toISOString(),
    users: org.state.users.size,
    groups: org.state.groups.ids.items.length,
    applications: org.state.apps.rows.size,
    group_rules: org.state.rules.rows.size,
    user_types: org.state.types.rows.size,
  };
}

/** What each operation takes, with the `op` that names it. */
const operationShapes: Readonly<Record<string, Shape>> = Object.fromEntries(
  Object.entries(operations).map(([op, { args }]) => [op, Object.assign({ op }, shapeOf(args))]),
);

/** A misspelt argument would be dropped in silence; a misspelt operation is refused by the org. */
function refuseUnknownArguments({ op, ...args }: { readonly op: string; readonly [name: string]: unknown }): void {
  const shape = Object.hasOwn(operations, op) ? operationShapes[op] : undefined;
  if (shape === undefined)
    throw new OperationRefused(`unknown operation ${op}; there are: ${Object.keys(operations).join(", ")}`);
  const names = Object.keys(shape).map((name) => name.replace(/\?$/, ""));
  const unknown = Object.keys(args).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new SyntaxError(`${op} does not take ${unknown.join(", ")}`);
}

/** Serves one request of the control endpoint. 400 says what was wrong with it, 409 what the org refused. */
export async function serveControl(
  controlled: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const told = controlAnswer(controlled, await readCall(request));
  await sendAnswer(response, told, { headers: { Date: new Date().toUTCString() } });
}

function controlAnswer(controlled: Controlled, call: Call): Answer {
  const name = `${call.method} ${call.path}`;
  const asked = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (!asked) return answer(404, { error: `no such control: ${name}`, controls: Object.keys(controls) });
  let body: unknown;
  try {
    body = call.body.trim() === "" ? undefined : readBody(call.body);
    return answer(200, asked.run(controlled, body) ?? { ok: true });
  } catch (error) {
    if (error instanceof OperationRefused) return answer(409, { error: error.message });
    const bad = error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError;
    if (!bad) throw error;
    const takes = operationShapes[z.object({ op: z.string() }).safeParse(body).data?.op ?? ""];
    const why = error instanceof z.ZodError ? clearly(error) : error.message;
    return answer(400, { error: why, ...(takes ? { takes } : { see: "GET / tells what each control takes" }) });
  }
}

/** Indented: people read it, too. */
function answer(status: number, value: unknown): Answer {
  return object(JSON.stringify(value, null, 2) + "\n", status);
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`the body is not JSON: ${String(error)}`, { cause: error });
  }
}
