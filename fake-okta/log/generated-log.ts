import { hash, pick, unit } from "../random.ts";
import { idPrefix, oktaId } from "../org/ids.ts";
import { day_ms, isoMillis } from "../org/iso.ts";
import { personAt } from "../org/people.ts";
import { lowerBound } from "../org/sorted.ts";
import { originOf } from "./event-text.ts";
import { uuidV1 } from "./uuid.ts";

/** Okta keeps events for 90 days (fact sheet 0.14). */
export const retention_ms = 90 * day_ms;
/** The first generated event is this much younger, so that advancing a test's clock by minutes loses none. */
const retentionMargin_ms = 3_600_000;
/** Events come in transactions of this many, within a fraction of a second. */
const perBurst = 8;
/** Order in which a burst's events are persisted: this is where polling order differs from `published` order. */
const persistenceOrders = [
  [0, 1, 2, 3, 4, 5, 6, 7],
  [0, 2, 1, 3, 4, 5, 7, 6],
  [1, 0, 2, 4, 3, 5, 6, 7],
  [0, 1, 3, 2, 6, 4, 5, 7],
] as const;

export interface LogSource {
  readonly seed: number;
  readonly count: number;
  readonly start_ms: number;
  readonly users: { readonly count: number; idAt(index: number): string };
  readonly groups: number;
  readonly apps: number;
  /** Late events: their share of all (0 to 1) and the longest delay. */
  readonly late: { readonly share: number; readonly delay_ms: number };
}

/**
 * The events that an org's past holds: event `index` is a pure function of (seed, index). `published` never falls with
 * the index; persistence follows bursts, except for the late ones, which are persisted seconds to hours after.
 */
export class GeneratedLog {
  readonly count: number;
  readonly node: string;
  /** The late events in the order of their persistence. */
  readonly late: ReadonlyArray<{ readonly index: number; readonly persisted_ms: number }>;
  readonly #source: LogSource;
  readonly #first_ms: number;
  readonly #burst_ms: number;
  readonly #apart_ms: number;

  constructor(source: LogSource) {
    this.#source = source;
    this.count = source.count;
    this.node = hash(source.seed, 1, 51).toString(16).padStart(8, "0") + "60ad";
    this.#first_ms = source.start_ms - retention_ms + retentionMargin_ms;
    const bursts = Math.max(1, Math.ceil(source.count / perBurst));
    // One minute is left free before the start: everything but late events is persisted by then.
    this.#burst_ms = (retention_ms - retentionMargin_ms - 60_000) / bursts;
    this.#apart_ms = Math.min(40, (this.#burst_ms * 0.3) / perBurst);
    const late: Array<{ index: number; persisted_ms: number }> = [];
    if (source.late.share > 0) {
      for (let i = 0; i < source.count; i++)
        if (this.isLate(i)) late.push({ index: i, persisted_ms: this.#latePersisted(i) });
    }
    this.late = late.sort((a, b) => a.persisted_ms - b.persisted_ms || a.index - b.index);
  }

  isLate(index: number): boolean {
    return unit(this.#source.seed, index, 52) < this.#source.late.share;
  }

  #burstStart(burst: number): number {
    return this.#first_ms + (burst + 0.4 * unit(this.#source.seed, burst, 53)) * this.#burst_ms;
  }

  publishedAt(index: number): number {
    return Math.floor(this.#burstStart(Math.floor(index / perBurst)) + (index % perBurst) * this.#apart_ms);
  }

  /** When the event at a place of the persistence order was persisted, had it not been late. Never falls with the place. */
  persistedAtPlace(place: number): number {
    const burst = Math.floor(place / perBurst);
    return Math.floor(
      this.#burstStart(burst) +
        perBurst * this.#apart_ms +
        Math.min(93, this.#burst_ms * 0.1) +
        (place % perBurst) * (this.#apart_ms / 8),
    );
  }

  /** Which event stands at a place of the persistence order. */
  indexAtPlace(place: number): number {
    const burst = Math.floor(place / perBurst);
    if ((burst + 1) * perBurst > this.count) return place;
    const order = pick(persistenceOrders, hash(this.#source.seed, burst, 54));
    return burst * perBurst + pick(order, place % perBurst);
  }

  /** When event `index` was persisted. */
  persistedAt(index: number): number {
    if (this.isLate(index)) return this.#latePersisted(index);
    return this.persistedAtPlace(index);
  }

  #latePersisted(index: number): number {
    const delay = 2_000 + unit(this.#source.seed, index, 55) ** 3 * this.#source.late.delay_ms;
    return Math.floor(this.publishedAt(index) + delay);
  }

  /** The first event published at or after an instant. */
  firstPublishedFrom(at_ms: number): number {
    return lowerBound(this.count, (index) => this.publishedAt(index) < at_ms);
  }

  /** The first place of the persistence order at or after an instant. */
  firstPlaceFrom(at_ms: number): number {
    return lowerBound(this.count, (place) => this.persistedAtPlace(place) < at_ms);
  }

  /** The event as JSON text, with Okta's quirks (fact sheet 7.6): null targets and outcomes, "null" zones, open debugData. */
  text(index: number, published_ms: number = this.publishedAt(index), serial: number = index): string {
    const { seed, users, groups, apps } = this.#source;
    const h = hash(seed, serial, 56);
    const kind = pick(eventKinds, h);
    const from = originOf(hash(seed, serial, 57));
    const subject = users.count === 0 ? 0 : hash(seed, serial, 58) % users.count;
    const who = personAt(seed, subject);
    const userId = users.count === 0 ? "unknown" : users.idAt(subject);
    const user = `{"id":"${userId}","type":"User","alternateId":"${who.login}","displayName":"${who.firstName} ${who.lastName}","detailEntry":null}`;
    const request = `${h.toString(16)}${(Math.imul(serial, 2654435761) >>> 0).toString(16)}`;
    const failed = kind.fails && h % 23 === 0;
    return (
      `{"actor":${kind.system ? systemActor : user},"client":${from.client},"device":null,` +
      `"authenticationContext":{"authenticationProvider":${kind.system ? "null" : '"FACTOR_PROVIDER"'},"credentialProvider":null,"credentialType":${kind.system ? "null" : '"PASSWORD"'},` +
      `"issuer":null,"interface":null,"authenticationStep":0,"rootSessionId":"trs${request}","externalSessionId":"trs${request}"},` +
      `"displayMessage":"${kind.message}","eventType":"${kind.type}",` +
      `"outcome":${h % 97 === 0 ? "null" : failed ? '{"result":"FAILURE","reason":"INVALID_CREDENTIALS"}' : '{"result":"SUCCESS","reason":null}'},` +
      `"published":"${isoMillis(published_ms)}","securityContext":${from.securityContext},"severity":"${failed ? "WARN" : "INFO"}",` +
      `"debugContext":{"debugData":{"requestId":"${request}","dtHash":"${request}f00d${request}","requestUri":"${kind.uri}","url":"${kind.uri}?"${kind.debug}}},` +
      `"legacyEventType":${kind.legacy},"transaction":${kind.system ? '{"type":null,"id":"unknown","detail":{}}' : `{"type":"WEB","id":"${request}","detail":{}}`},` +
      `"uuid":"${uuidV1(published_ms, serial, this.node)}","version":"0","request":${from.request},` +
      `"target":${targetText(kind.targets, seed, h, user, groups, apps)}}`
    );
  }
}

const systemActor = `{"id":"${idPrefix.system}1sys00000systm5d7","type":"SystemPrincipal","alternateId":"system@okta.com","displayName":"Okta System","detailEntry":null}`;

type Targets = "none" | "user" | "app" | "membership";

function targetText(targets: Targets, seed: number, h: number, user: string, groups: number, apps: number): string {
  if (targets === "none") return "null";
  if (targets === "user") return `[${user}]`;
  if (targets === "membership") {
    const group = groups === 0 ? "unknown" : oktaId(seed, "group", (h >>> 4) % groups);
    return `[${user},{"id":"${group}","type":"UserGroup","alternateId":"unknown","displayName":"Group ${h % 1000}","detailEntry":null}]`;
  }
  const number = apps === 0 ? 0 : (h >>> 4) % apps;
  return (
    `[{"id":"${oktaId(seed, "app", number)}","type":"AppInstance","alternateId":"App ${number}","displayName":"App ${number}","detailEntry":{"signOnModeType":"SAML_2_0"}},` +
    `{"id":"${oktaId(seed, "appUser", h % 100_000)}","type":"AppUser","alternateId":"unknown","displayName":"unknown","detailEntry":null}]`
  );
}

interface EventKind {
  readonly type: string;
  readonly message: string;
  readonly legacy: string;
  readonly uri: string;
  /** Further debugData, as text that begins with a comma: keys change, values are always strings. */
  readonly debug: string;
  readonly targets: Targets;
  readonly system?: boolean;
  readonly fails?: boolean;
}

const eventKinds: readonly EventKind[] = [
  { type: "user.session.start", message: "User login to Okta", legacy: '"core.user_auth.login_success"', uri: "/idp/idx/identify", debug: ',"deviceFingerprint":"6a1b","behaviors":"{New Geo-Location=NEGATIVE, New Device=POSITIVE, New IP=NEGATIVE}","risk":"{level=LOW}"', targets: "none", fails: true },
  { type: "user.authentication.sso", message: "User single sign on to app", legacy: '"app.auth.sso"', uri: "/app/acme_saml/exk1/sso/saml", debug: ',"initiationType":"SP_INITIATED","signOnMode":"SAML 2.0","authnRequestId":"aBc"', targets: "app" },
  { type: "user.authentication.auth_via_mfa", message: "Authentication of user via MFA", legacy: '"core.user.factor.attempt_success"', uri: "/idp/idx/challenge/answer", debug: ',"factor":"OKTA_VERIFY_PUSH","factorIntent":"AUTHENTICATION","pushOnlyResponseType":"OV_RESPONSE_ALLOW"', targets: "user", fails: true },
  { type: "policy.evaluate_sign_on", message: "Evaluation of sign-on policy", legacy: "null", uri: "/idp/idx/identify", debug: ',"behaviors":"{New City=NEGATIVE, Velocity=UNKNOWN}","policyType":"OktaSignOn","authnRequestId":"Zz9"', targets: "none" },
  { type: "user.account.update_profile", message: "Update user profile for Okta", legacy: '"core.user.config.profile_update.success"', uri: "/api/v1/users", debug: ',"changedAttributes":"department,title","oktaUserAgentExtended":"okta-sdk-nodejs/8.1.0"', targets: "user" },
  { type: "group.user_membership.add", message: "Add user to group membership", legacy: '"core.user_group_member.user_add"', uri: "/api/v1/groups", debug: ',"triggeredByGroupRuleId":"0pr1000000"', targets: "membership" },
  { type: "group.user_membership.remove", message: "Remove user from group membership", legacy: '"core.user_group_member.user_remove"', uri: "/api/v1/groups", debug: "", targets: "membership" },
  { type: "application.user_membership.add", message: "Add user to application membership", legacy: '"app.generic.provision.assign_user_to_app"', uri: "/api/v1/apps", debug: ',"appname":"acme_saml"', targets: "app" },
  { type: "app.oauth2.token.grant.access_token", message: "OIDC access token is granted", legacy: '"app.oauth2.token.grant.access_token_success"', uri: "/oauth2/v1/token", debug: ',"grantType":"client_credentials","grantedScopes":"okta.users.read, okta.logs.read","clientAuthType":"private_key_jwt"', targets: "app", fails: true },
  { type: "user.mfa.okta_verify.deny_push", message: "User rejected Okta push verify", legacy: '"core.user.factor.okta_verify_deny"', uri: "/idp/idx/authenticators/poll", debug: "", targets: "user" },
  { type: "system.import.group_membership.complete", message: "Import of group memberships complete", legacy: "null", uri: "/api/internal/import", debug: ',"jobId":"7","usersAdded":"0"', targets: "none", system: true },
  { type: "user.lifecycle.activate", message: "Activate Okta user", legacy: '"core.user.config.user_activated"', uri: "/api/v1/users", debug: "", targets: "user" },
]; // prettier-ignore
