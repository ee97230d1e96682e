import { hash, pick } from "../random.ts";
import { isoMillis } from "../org/iso.ts";
import { cities } from "../org/people.ts";
import { uuidV1 } from "./uuid.ts";

/** One thing an event is about, or its actor (fact sheet 7.6). */
export interface Entity {
  readonly id: string;
  readonly type: string;
  readonly alternateId: string | null;
  readonly displayName: string | null;
  readonly detailEntry: Readonly<Record<string, string>> | null;
}

export interface EventFields {
  readonly published_ms: number;
  /** Unique in the org; makes the uuid. */
  readonly serial: number;
  readonly eventType: string;
  readonly displayMessage: string;
  readonly legacyEventType: string | null;
  readonly actor: Entity;
  readonly targets: readonly Entity[] | null;
  readonly debugData?: Readonly<Record<string, string>>;
}

/** Where an event came from, prepared once as JSON text: `client`, `securityContext` and `request`. */
interface Origin {
  readonly client: string;
  readonly securityContext: string;
  readonly request: string;
}

const agents = [
  { raw: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", os: "Linux", browser: "CHROME", device: "Computer" },
  { raw: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15", os: "Mac OS X", browser: "SAFARI", device: "Computer" },
  { raw: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", os: "Windows 10", browser: "FIREFOX", device: "Computer" },
  { raw: "okta-sdk-nodejs/8.1.0 node/24", os: "Unknown", browser: "UNKNOWN", device: "Unknown" },
] as const; // prettier-ignore

/** System events have a client whose every field is null, and no ip chain. */
const systemOrigin: Origin = {
  client: '{"userAgent":null,"zone":null,"device":null,"id":null,"ipAddress":null,"geographicalContext":null}',
  securityContext: '{"asNumber":null,"asOrg":null,"isp":null,"domain":null,"isProxy":null}',
  request: '{"ipChain":[]}',
};

function makeOrigin(n: number): Origin {
  const place = pick(cities, n);
  const agent = pick(agents, n >>> 2);
  const ip = n % 11 === 0 ? `2001:db8::${n.toString(16)}` : `198.51.100.${n % 256}`;
  const geo =
    n % 3 === 0
      ? null
      : {
          city: place.city,
          state: place.city,
          country: place.country,
          postalCode: place.zip,
          geolocation: { lat: place.lat, lon: place.lon },
        };
  return {
    client: JSON.stringify({
      userAgent: { rawUserAgent: agent.raw, os: agent.os, browser: agent.browser },
      // The text "null", not null: a quirk of real orgs (fact sheet 7.6).
      zone: "null",
      device: agent.device,
      id: null,
      ipAddress: ip,
      geographicalContext: geo,
    }),
    securityContext: JSON.stringify({
      asNumber: 64500 + (n % 30),
      asOrg: `example carrier ${n % 30}`,
      isp: `example carrier ${n % 30}`,
      domain: "example.test",
      isProxy: n % 40 === 0,
    }),
    request: JSON.stringify({
      ipChain: [{ ip, geographicalContext: geo, version: ip.includes(":") ? "V6" : "V4", source: null }],
    }),
  };
}

/** Number 0 is the system itself. */
const origins: readonly Origin[] = [systemOrigin, ...Array.from({ length: 255 }, (_, n) => makeOrigin(n + 1))];

export function originNumber(h: number): number {
  return h % 17 === 0 ? 0 : (h >>> 5) % origins.length;
}

export function originAt(number: number): Origin {
  return pick(origins, number);
}

/** The text of an event that a change of the org writes. */
export function eventText(seed: number, node: string, fields: EventFields): string {
  const h = hash(seed, fields.serial, 41);
  const from = pick(origins, 1 + (h % 255));
  const request = `${h.toString(16).padStart(8, "0")}${(h ^ 0x5bd1e995) >>> 0}`;
  return (
    `{"actor":${JSON.stringify(fields.actor)},"client":${from.client},"device":null,` +
    `"authenticationContext":{"authenticationProvider":null,"credentialProvider":null,"credentialType":null,"issuer":null,"interface":null,` +
    `"authenticationStep":0,"rootSessionId":"trs${request}","externalSessionId":"trs${request}"},` +
    `"displayMessage":${JSON.stringify(fields.displayMessage)},"eventType":"${fields.eventType}","outcome":{"result":"SUCCESS","reason":null},` +
    `"published":"${isoMillis(fields.published_ms)}","securityContext":${from.securityContext},"severity":"INFO",` +
    `"debugContext":{"debugData":${JSON.stringify({ requestId: request, ...fields.debugData })}},` +
    `"legacyEventType":${JSON.stringify(fields.legacyEventType)},"transaction":{"type":"WEB","id":"${request}","detail":{}},` +
    `"uuid":"${uuidV1(fields.published_ms, fields.serial, node)}","version":"0","request":${from.request},` +
    `"target":${JSON.stringify(fields.targets)}}`
  );
}
