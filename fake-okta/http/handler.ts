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
import { oktaHeaders } from "./okta-headers.ts";
import type { RateEvents } from "./rate-events.ts";
import type { RequestLog } from "./request-log.ts";
import { answerWithoutRole, findRoute } from "./routes.ts";
import { spoilAfter, spoilBefore } from "./spoil.ts";
import { readCall, sendAnswer } from "./wire.ts";

/** Everything one request passes: bucket, faults, gate, route. */
export interface Desk {
  readonly org: OrgState;
  readonly serving: Serving;
  readonly buckets: Buckets;
  readonly faults: Faults;
  readonly gate: Gate;
  readonly tokens: TokenDesk;
  readonly requests: RequestLog;
  /** Writes what the log says of spent limits; undefined where it shall stay silent. */
  readonly rateEvents: RateEvents | undefined;
  /** Bodies are compressed for clients that ask for it. */
  readonly gzip: boolean;
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
    if (rate) desk.rateEvents?.note(rate);
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
  const { org, requests } = desk;
  const now = org.clock.now();
  const state = struck.reduce(forcedRate, rate);
  const requestId = createHash("md5").update(`${requests.total}${org.orgId}`).digest();
  const errorId = `oae${requestId.toString("base64url")}`;
  let answer = await answerOrError(desk, call, state, { struck, errorId, now });
  for (const fault of struck) answer = spoilAfter(fault, call, answer);
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
  if (struck.some((fault) => fault.kind === "reset")) return void request.socket.resetAndDestroy();
  const skew = skewOf(desk.faults, struck);
  await sendAnswer(response, answer, {
    headers: {
      ...oktaHeaders(now + skew.date_ms, requestId.toString("hex")),
      ...(state ? rateHeaders(state, skew.reset_ms) : {}),
    },
    gzip: desk.gzip && /\bgzip\b/.test(String(call.headers["accept-encoding"])),
    keep: struck.find((fault) => fault.kind === "cut")?.keep,
  });
}

/** How far this answer's `Date` and its rate limit's reset are off: both alike, as both come from one clock, unless a fault says otherwise. */
function skewOf(faults: Faults, struck: readonly Fault[]): { date_ms: number; reset_ms: number } {
  let [date_ms, reset_ms] = [faults.dateSkew_ms, faults.dateSkew_ms];
  for (const fault of struck) {
    if (fault.kind !== "skewDate") continue;
    date_ms += fault.ms;
    if (!fault.dateOnly) reset_ms += fault.ms;
  }
  return { date_ms, reset_ms };
}

/** A rate fault shows in the headers, too. */
function forcedRate(state: RateState | undefined, fault: Fault): RateState | undefined {
  if (!state || (fault.kind !== "rateLimit" && fault.kind !== "concurrency")) return state;
  return fault.kind === "rateLimit"
    ? { ...state, remaining: 0, refused: "rate" }
    : { ...state, limit: 0, remaining: 0, refused: "concurrency" };
}

/** What has struck a request, what its error would be called, and the instant of its answer: its `Date` and its rows agree. */
interface Answering {
  readonly struck: readonly Fault[];
  readonly errorId: string;
  readonly now: number;
}

async function answerOrError(
  desk: Desk,
  call: Call,
  state: RateState | undefined,
  answering: Answering,
): Promise<Answer> {
  const { struck, errorId } = answering;
  try {
    if (state?.refused) throw new OktaError("E0000047");
    for (const fault of struck) {
      const answer = spoilBefore(fault, call, errorId);
      if (answer) return answer;
    }
    return await answerCall(desk, call, answering);
  } catch (error) {
    if (!(error instanceof OktaError)) throw error;
    return object(errorBody(error.code, error.message, error.causes, errorId), oktaErrors[error.code].status);
  }
}

async function answerCall(desk: Desk, call: Call, { struck, now }: Answering): Promise<Answer> {
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
  const serving = struck.some((fault) => fault.kind === "emptyLastPage")
    ? { ...desk.serving, emptyLastPage: true }
    : desk.serving;
  return desk.org.clock.hold(() => found.route.handle(desk.org, call, serving, found.id));
}
