/** An OAuth service app (fact sheet 5.2): a token for all wanted scopes, renewed before it expires, shared by all requests. */
import { RollcallError } from "../core/error.ts";
import type { Auth } from "./auth.ts";
import { scopeMissing } from "./classify.ts";
import { waitFor, type Clock } from "./clock.ts";
import type { Prover } from "./dpop.ts";
import type { Headers } from "./transport.ts";

/** A token is renewed this long before its end (of usually an hour), so that it outlives the longest wait for a permit. */
export const renew_before_ms = 300_000;
/** Of a token that lives shorter, this part of its life at most. */
const renew_before_part = 0.2;

export interface Token {
  readonly value: string;
  readonly bound: boolean;
  /** By the local clock: when it was asked for, and how long it lives from then. */
  readonly asked_ms: number;
  readonly life_ms: number;
}

export interface TokenSource {
  /** Null: a scope among them was not granted (`invalid_scope` does not say which). */
  fetch(scopes: readonly string[]): Promise<Token | null>;
  /** Set as soon as Okta asked for proofs. */
  prover(): Prover | null;
}

export interface OauthOptions {
  readonly scopes: readonly string[];
  readonly tokens: TokenSource;
  readonly clock: Clock;
}

export function oauthAuth({ scopes, tokens, clock }: OauthOptions): Auth {
  const refusedScopes = new Set<string>();
  let token: Token | null = null;
  let renewAt_ms = -Infinity;
  let pending: Promise<void> | null = null;

  async function renew(): Promise<void> {
    const fresh = await granted();
    if (fresh === null) return;
    token = fresh;
    renewAt_ms = fresh.asked_ms + fresh.life_ms - Math.min(renew_before_ms, fresh.life_ms * renew_before_part);
  }

  /** All scopes at once; when Okta says that one of them was not granted, it takes asking singly to learn which. */
  async function granted(): Promise<Token | null> {
    const wanted = scopes.filter((scope) => !refusedScopes.has(scope));
    if (wanted.length === 0) return null;
    const whole = await tokens.fetch(wanted);
    if (whole !== null) return whole;
    let single: Token | null = null;
    for (const scope of wanted) {
      const one = wanted.length === 1 ? null : await tokens.fetch([scope]);
      if (one === null) refusedScopes.add(scope);
      else single = one;
    }
    const left = wanted.filter((scope) => !refusedScopes.has(scope));
    if (left.length <= 1) return single;
    const rest = await tokens.fetch(left);
    if (rest === null)
      throw new RollcallError("CREDENTIAL_REFUSED", "Okta grants each scope singly, but not together.");
    return rest;
  }

  return {
    get kind() {
      return tokens.prover() === null ? "oauth" : "dpop";
    },
    async ready(scope, signal) {
      if (!refusedScopes.has(scope) && clock.now_ms() >= renewAt_ms) {
        if (pending === null) {
          pending = renew().finally(() => (pending = null));
          // Every waiter may have left before it fails.
          pending.catch(() => {});
        }
        await waitFor(pending, signal);
      }
      if (refusedScopes.has(scope) || token === null) throw scopeMissing(scope, "Okta gave no token for it");
    },
    async headers(method, url) {
      if (token === null) throw new Error("headers before ready");
      const { value, bound } = token;
      const prover = tokens.prover();
      if (!bound || prover === null) return { authorization: `Bearer ${value}` };
      return { authorization: `DPoP ${value}`, dpop: await prover.proof(method, url, value) };
    },
    refused(sent) {
      // Only the token that was sent: another request may have renewed it meanwhile.
      if (token !== null && sent["authorization"]?.endsWith(` ${token.value}`) === true) renewAt_ms = -Infinity;
    },
    learn: (headers: Headers) => tokens.prover()?.learn(headers),
  };
}
