import { hash, pick, unit } from "../random.ts";
import { idPrefix, oktaId } from "../org/ids.ts";
import { day_ms, isoMillis } from "../org/iso.ts";
import { personAt } from "../org/people.ts";
import { lowerBound } from "../org/sorted.ts";
import { originAt, originNumber } from "./event-text.ts";
import { hex32, uuidV1 } from "./uuid.ts";

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
  readonly #userTexts: string[] = [];
  readonly #appTexts: string[] = [];
  readonly #groupTexts: string[] = [];

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
    this.late = late.toSorted((a, b) => a.persisted_ms - b.persisted_ms || a.index - b.index);
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

  /**
   * The event as JSON text, with Okta's quirks (fact sheet 7.6): null targets and outcomes, "null" zones, open debugData.
   * What varies comes first, what only kind and origin decide is one prepared text: few pieces are fast to join.
   */
  text(index: number, published_ms: number = this.publishedAt(index), serial: number = index): string {
    const { seed, users } = this.#source;
    const h = hash(seed, serial, 56);
    const kind = h % eventKinds.length;
    const { system, targets } = pick(eventKinds, kind);
    const user = this.#userText(hash(seed, serial, 58) % Math.max(1, Math.min(users.count, noisyUsers)));
    const id = hex32(h);
    const context = system
      ? `,"authenticationContext":{"authenticationProvider":null,"credentialProvider":null,"credentialType":null,"issuer":null,"interface":null,"authenticationStep":0,"rootSessionId":"trs${id}","externalSessionId":"trs${id}"},"transaction":{"type":null,"id":"unknown","detail":{}},"uuid":"`
      : `,"authenticationContext":{"authenticationProvider":"FACTOR_PROVIDER","credentialProvider":null,"credentialType":"PASSWORD","issuer":null,"interface":null,"authenticationStep":0,"rootSessionId":"trs${id}","externalSessionId":"trs${id}"},"transaction":{"type":"WEB","id":"${id}","detail":{}},"uuid":"`;
    return (
      `{"actor":${system ? systemActor : user}${context}${uuidV1(published_ms, serial, this.node)}","published":"${isoMillis(published_ms)}"` +
      `,"target":${this.#targetText(targets, h, user)},"debugContext":{"debugData":{"requestId":"${id}"` +
      settledText(kind, h % 97 === 0 ? "none" : h % 23 === 0 ? "failed" : "done", originNumber(hash(seed, serial, 57)))
    );
  }

  #userText(number: number): string {
    const known = this.#userTexts[number];
    if (known !== undefined) return known;
    const { seed, users } = this.#source;
    const who = personAt(seed, number);
    const id = users.count === 0 ? "unknown" : users.idAt(number);
    const made = JSON.stringify({
      id,
      type: "User",
      alternateId: who.login,
      displayName: `${who.firstName} ${who.lastName}`,
      detailEntry: null,
    });
    this.#userTexts[number] = made;
    return made;
  }

  #targetText(targets: Targets, h: number, user: string): string {
    if (targets === "none") return "null";
    if (targets === "user") return `[${user}]`;
    const { seed, groups, apps } = this.#source;
    const number = (h >>> 4) % Math.max(1, Math.min(targets === "app" ? apps : groups, noisyTargets));
    const list = targets === "app" ? this.#appTexts : this.#groupTexts;
    const known = list[number];
    if (known !== undefined) return targets === "app" ? known : `[${user}${known}`;
    const app = `[{"id":"${oktaId(seed, "app", number)}","type":"AppInstance","alternateId":"App ${number}","displayName":"App ${number}","detailEntry":{"signOnModeType":"SAML_2_0"}},{"id":"${oktaId(seed, "appUser", number)}","type":"AppUser","alternateId":"unknown","displayName":"unknown","detailEntry":null}]`;
    const group = `,{"id":"${oktaId(seed, "group", number)}","type":"UserGroup","alternateId":"unknown","displayName":"Group ${number}","detailEntry":null}]`;
    list[number] = targets === "app" ? app : group;
    return this.#targetText(targets, h, user);
  }
}

/** All events are made by so few users, and are about so few apps and groups, that their texts fit in memory. */
const noisyUsers = 8192;
const noisyTargets = 1024;

/** The part of an event that only its kind, its outcome and its origin decide; made once each. */
const settled = new Map<string, string>();

function settledText(kindNumber: number, outcome: "none" | "failed" | "done", origin: number): string {
  const key = kindNumber * 1000 + origin + outcome;
  const known = settled.get(key);
  if (known !== undefined) return known;
  const kind = pick(eventKinds, kindNumber);
  const from = originAt(origin);
  const failed = outcome === "failed" && kind.fails === true;
  const result =
    outcome === "none"
      ? null
      : failed
        ? { result: "FAILURE", reason: "INVALID_CREDENTIALS" }
        : { result: "SUCCESS", reason: null };
  const made =
    `,"requestUri":"${kind.uri}","url":"${kind.uri}?"${kind.debug}}},"client":${from.client},"device":null,` +
    `"displayMessage":"${kind.message}","eventType":"${kind.type}","outcome":${JSON.stringify(result)},` +
    `"securityContext":${from.securityContext},"severity":"${failed ? "WARN" : "INFO"}","legacyEventType":${kind.legacy},` +
    `"version":"0","request":${from.request}}`;
  settled.set(key, made);
  return made;
}

const systemActor = `{"id":"${idPrefix.system}1sys00000systm5d7","type":"SystemPrincipal","alternateId":"system@okta.com","displayName":"Okta System","detailEntry":null}`;

type Targets = "none" | "user" | "app" | "membership";

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
