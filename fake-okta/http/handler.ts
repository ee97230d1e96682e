import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { OrgState } from "../org/state.ts";
import { type Answer, type Call, object } from "./answer.ts";
import { type Buckets, rateHeaders, type RateState } from "./buckets.ts";
import { errorBody, OktaError, oktaErrors } from "./errors.ts";
import type { Fault, Faults } from "./faults.ts";
import { type Gate, readAuthorization } from "./gate.ts";
import type { TokenDesk } from "./oauth.ts";
import type { Serving } from "./paging.ts";
import type { RequestLog } from "./request-log.ts";
import { answerWithoutRole, findRoute } from "./routes.ts";
import { spoilAfter, spoilBefore } from "./spoil.ts";
import { readCall, sendAnswer, sendCut } from "./wire.ts";

/** Everything one request passes: bucket, faults, gate, route. */
export interface Desk {
  readonly org: OrgState;
  readonly serving: Serving;
  readonly buckets: Buckets;
  readonly faults: Faults;
  readonly gate: Gate;
  readonly tokens: TokenDesk;
  readonly requests: RequestLog;
  readonly latency_ms: number;
  /** Org time that passes with each request, for manual clocks. */
  readonly tick_ms: number;
  /** Ends waits when the server closes. */
  readonly closing: AbortSignal;
}

/** Serves one request from its first byte to its last. */
export async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = await readCall(request);
  const leave = desk.buckets.enter();
  try {
    if (desk.tick_ms > 0) desk.org.clock.advance(desk.tick_ms);
    const rate = desk.buckets.take(call.path, desk.org.clock.now());
    const struck = desk.faults.strike(call);
    const wait_ms = struck.reduce((sum, fault) => sum + (fault.kind === "delay" ? fault.ms : 0), desk.latency_ms);
    if (wait_ms > 0) await sleep(wait_ms, undefined, { signal: desk.closing });
    await respond(desk, call, rate, struck, request, response);
  } catch (error) {
    if (!desk.closing.aborted) throw error;
  } finally {
    leave();
  }
}

async function respond(
  desk: Desk,
  call: Call,
  rate: RateState | undefined,
  struck: readonly Fault[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { org, requests, faults } = desk;
  const state = struck.reduce(forcedRate, rate);
  const errorId = `oae${createHash("md5").update(`${requests.total}${org.orgId}`).digest("base64url")}`;
  let answer = await answerOrError(desk, call, state, struck, errorId);
  for (const fault of struck) answer = spoilAfter(fault, call, answer);
  const now = org.clock.now();
  const skew_ms = struck.reduce((sum, fault) => sum + (fault.kind === "skewDate" ? fault.ms : 0), faults.dateSkew_ms);
  requests.add({
    method: call.method,
    path: call.path,
    query: call.query.toString(),
    status: answer.status,
    bucket: rate?.bucket,
    scheme: readAuthorization(call)?.scheme,
    host: call.headers.host,
    at_ms: now,
  });
  const headers = {
    Date: new Date(now + skew_ms).toUTCString(),
    "X-Okta-Request-Id": errorId.slice(3),
    "Cache-Control": "no-cache, no-store",
    ...(state ? rateHeaders(state) : {}),
  };
  const cut = struck.find((fault) => fault.kind === "cut");
  if (struck.some((fault) => fault.kind === "reset")) request.socket.resetAndDestroy();
  else if (cut) await sendCut(response, answer, headers, cut.keep);
  else await sendAnswer(response, answer, headers);
}

/** A rate fault shows in the headers, too. */
function forcedRate(state: RateState | undefined, fault: Fault): RateState | undefined {
  if (!state || (fault.kind !== "rateLimit" && fault.kind !== "concurrency")) return state;
  return fault.kind === "rateLimit"
    ? { ...state, remaining: 0, refused: "rate" }
    : { ...state, limit: 0, remaining: 0, refused: "concurrency" };
}

async function answerOrError(
  desk: Desk,
  call: Call,
  state: RateState | undefined,
  struck: readonly Fault[],
  errorId: string,
): Promise<Answer> {
  try {
    if (state?.refused) throw new OktaError("E0000047");
    for (const fault of struck) {
      const answer = spoilBefore(fault, call, errorId);
      if (answer) return answer;
    }
    return await answerCall(desk, call);
  } catch (error) {
    if (!(error instanceof OktaError)) throw error;
    return object(errorBody(error.code, error.message, error.causes, errorId), oktaErrors[error.code].status);
  }
}

async function answerCall(desk: Desk, call: Call): Promise<Answer> {
  const now = desk.org.clock.now();
  if (call.path === "/oauth2/v1/token") {
    if (call.method !== "POST") throw new OktaError("E0000022");
    return desk.tokens.answer(call, now);
  }
  const found = findRoute(call.path);
  if (!found) throw new OktaError("E0000008");
  if (call.method !== "GET") throw new OktaError("E0000022");
  const refusal = await desk.gate.refusal(call, found.route, now);
  if (refusal) return refusal;
  if (found.route.scope !== undefined && !desk.gate.access.adminRole)
    return answerWithoutRole(found.route, call, desk.serving);
  return found.route.handle(desk.org, call, desk.serving, found.id);
}
