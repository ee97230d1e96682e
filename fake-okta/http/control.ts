import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { type FakeOrg, operations } from "../org.ts";
import { OperationRefused } from "../org/state.ts";
import { type Answer, type Call, object } from "./answer.ts";
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
}

type Control = (controlled: Controlled, body: unknown) => unknown;

const advanceBody = z.object({ ms: z.number() });
const skewBody = z.object({ date_ms: z.number() });
const accessBody = z.object({ adminRole: z.boolean().optional(), tokenRevoked: z.boolean().optional() });
const nonceBody = z.object({ keepOld: z.boolean().default(false) });

/** The control endpoint: method and path to what it does. Bodies and answers are JSON. */
const controls: Readonly<Record<string, Control>> = {
  "GET /": () => ({ controls: Object.keys(controls), operations: Object.keys(operations) }),
  "GET /state": ({ org, requests }) => ({
    id: org.id,
    now: new Date(org.clock.now()).toISOString(),
    users: org.state.users.size,
    groups: org.state.groups.ids.items.length,
    applications: org.state.apps.rows.size,
    group_rules: org.state.rules.rows.size,
    user_types: org.state.types.rows.size,
    requests: requests.total,
    byStatus: Object.fromEntries(requests.byStatus),
  }),
  "GET /requests": ({ requests }) => requests.recent,
  "DELETE /requests": ({ requests }) => requests.clear(),
  "POST /apply": ({ org }, body) => ({ result: org.apply(body) ?? null }),
  "POST /advance": ({ org }, body) => {
    org.clock.advance(advanceBody.parse(body).ms);
    return { now: new Date(org.clock.now()).toISOString() };
  },
  "GET /faults": ({ faults }) => faults.list(),
  "POST /faults": ({ faults }, body) => ({ id: faults.add(faultRuleSchema.parse(body)) }),
  "DELETE /faults": ({ faults }) => faults.clear(),
  "POST /skew": ({ faults }, body) => {
    faults.dateSkew_ms = skewBody.parse(body).date_ms;
  },
  "POST /access": ({ access }, body) => {
    const { adminRole, tokenRevoked } = accessBody.parse(body);
    if (adminRole !== undefined) access.adminRole = adminRole;
    if (tokenRevoked !== undefined) access.tokenRevoked = tokenRevoked;
    return access;
  },
  "POST /expire-tokens": ({ tokens }) => tokens.expireTokens(),
  "POST /rotate-nonce": ({ tokens }, body) => tokens.rotateNonce(nonceBody.parse(body ?? {}).keepOld),
};

/** Serves one request of the control endpoint. 400 says what was wrong with it, 409 what the org refused. */
export async function serveControl(
  controlled: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await sendAnswer(response, controlAnswer(controlled, await readCall(request)), { Date: new Date().toUTCString() });
}

function controlAnswer(controlled: Controlled, call: Call): Answer {
  const name = `${call.method} ${call.path}`;
  const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (!control)
    return object(JSON.stringify({ error: `no such control: ${name}`, controls: Object.keys(controls) }), 404);
  try {
    const body: unknown = call.body.trim() === "" ? undefined : JSON.parse(call.body);
    return object(JSON.stringify(control(controlled, body) ?? { ok: true }));
  } catch (error) {
    if (error instanceof OperationRefused) return object(JSON.stringify({ error: error.message }), 409);
    if (error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError) {
      return object(JSON.stringify({ error: error.message }), 400);
    }
    throw error;
  }
}
