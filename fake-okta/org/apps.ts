import { hash, pick, unit } from "../random.ts";
import { oktaId } from "./ids.ts";
import { day_ms, isoSeconds } from "./iso.ts";

/** An application as a list shows it (fact sheet 7.3): polymorphic by `signOnMode`. */
export interface AppRow {
  id: string;
  orn: string;
  name: string;
  label: string;
  status: "ACTIVE" | "INACTIVE" | "DELETED";
  lastUpdated: string;
  created: string;
  signOnMode: string;
  features: string[];
  settings: Record<string, unknown>;
  credentials: Record<string, unknown>;
  [more: string]: unknown;
}

/**
 * Okta returns secrets inside app settings and credentials. Ours all start with this, so that a search of a warehouse
 * proves that none arrived.
 */
export const secretMarker = "S3CRET-";

interface AppKind {
  readonly name: string;
  readonly signOnMode: string;
  readonly features: string[];
  readonly settings: (h: number) => Record<string, unknown>;
  readonly credentials: (id: string, h: number) => Record<string, unknown>;
}

const signing = (h: number): Record<string, unknown> => ({ signing: { kid: `kid-${h.toString(36)}` } });

/** One entry per kind of application in a new org. */
const appKinds: readonly AppKind[] = [
  {
    name: "oidc_client",
    signOnMode: "OPENID_CONNECT",
    features: [],
    settings: (h) => ({
      app: {},
      oauthClient: {
        client_uri: null,
        logo_uri: null,
        redirect_uris: [`https://app${h % 100}.acme.test/callback`],
        response_types: ["code"],
        grant_types: ["authorization_code", "client_credentials"],
        application_type: "web",
        consent_method: "REQUIRED",
        issuer_mode: "DYNAMIC",
      },
    }),
    credentials: (id, h) => ({
      ...signing(h),
      oauthClient: {
        autoKeyRotation: true,
        client_id: id,
        client_secret: `${secretMarker}client-${h.toString(36)}`,
        token_endpoint_auth_method: "client_secret_basic",
      },
    }),
  },
  {
    name: "acme_saml",
    signOnMode: "SAML_2_0",
    features: ["PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION"],
    settings: (h) => ({
      app: {
        baseUrl: `https://saml${h % 100}.acme.test`,
        apiToken: `${secretMarker}token-${h.toString(36)}`,
        region: "eu",
      },
      signOn: {
        defaultRelayState: null,
        ssoAcsUrl: `https://saml${h % 100}.acme.test/acs`,
        audience: "urn:acme:saml",
        recipient: `https://saml${h % 100}.acme.test/acs`,
        destination: `https://saml${h % 100}.acme.test/acs`,
        subjectNameIdTemplate: "${user.userName}",
        subjectNameIdFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        responseSigned: true,
        honorForceAuthn: true,
        authnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        requestCompressed: false,
        allowMultipleAcsEndpoints: false,
        acsEndpoints: [],
        slo: { enabled: false },
        assertionSigned: true,
        signatureAlgorithm: "RSA_SHA256",
        digestAlgorithm: "SHA256",
        attributeStatements: [
          {
            type: "EXPRESSION",
            name: "mail",
            namespace: "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
            values: ["user.email"],
          },
        ],
      },
    }),
    credentials: (_, h) => signing(h),
  },
  {
    name: "template_swa",
    signOnMode: "BROWSER_PLUGIN",
    features: [],
    settings: (h) => ({
      app: {
        url: `https://swa${h % 100}.acme.test/login`,
        buttonField: "#go",
        usernameField: "#user",
        passwordField: "#password",
      },
    }),
    credentials: (_, h) => ({
      scheme: "SHARED_USERNAME_AND_PASSWORD",
      userName: "shared@acme.test",
      password: { value: `${secretMarker}password-${h.toString(36)}` },
      revealPassword: false,
      signing: {},
    }),
  },
  {
    name: "bookmark",
    signOnMode: "BOOKMARK",
    features: [],
    settings: (h) => ({ app: { requestIntegration: false, url: `https://wiki${h % 100}.acme.test` } }),
    credentials: () => ({ signing: {} }),
  },
  {
    name: "active_directory",
    signOnMode: "AUTO_LOGIN",
    features: ["IMPORT_NEW_USERS", "GROUP_PUSH"],
    settings: (h) => ({
      app: {
        namingContext: "acme.test",
        jitGroupsAcrossDomains: false,
        password: `${secretMarker}ad-${h.toString(36)}`,
        login: "svc",
        scanRate: 60,
      },
      signOn: { redirectUrl: "https://ad.acme.test", loginUrl: "https://ad.acme.test/login" },
    }),
    credentials: () => ({ scheme: "EDIT_USERNAME_AND_PASSWORD", revealPassword: false, signing: {} }),
  },
];

/** The app that `firstGroup` names as the source of its APP_GROUPs. */
export function directoryAppId(seed: number, count: number): string | undefined {
  const index = appKinds.findIndex((kind) => kind.name === "active_directory");
  return index < count ? oktaId(seed, "app", index) : undefined;
}

export interface AppFields {
  readonly id: string;
  readonly label: string;
  readonly orgId: string;
  readonly origin: string;
  readonly created_ms: number;
  readonly updated_ms: number;
  /** Any number: chooses the kind and its variants. */
  readonly variety: number;
}

export function newApp(fields: AppFields): AppRow {
  const { id, origin, variety } = fields;
  const kind = pick(appKinds, variety);
  const url = `${origin}/api/v1/apps/${id}`;
  const h = hash(variety, variety, 31);
  return {
    id,
    orn: `orn:okta:idp:${fields.orgId}:apps:${kind.name}:${id}`,
    name: kind.name,
    label: fields.label,
    status: "ACTIVE",
    lastUpdated: isoSeconds(fields.updated_ms),
    created: isoSeconds(fields.created_ms),
    accessibility: { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null },
    visibility: {
      autoLaunch: false,
      autoSubmitToolbar: false,
      hide: { iOS: false, web: h % 3 === 0 },
      appLinks: { [`${kind.name}_link`]: true },
    },
    features: [...kind.features],
    signOnMode: kind.signOnMode,
    credentials: { userNameTemplate: { template: "${source.login}", type: "BUILT_IN" }, ...kind.credentials(id, h) },
    universalLogout: { status: "UNSUPPORTED" },
    settings: {
      ...kind.settings(h),
      notifications: { vpn: { network: { connection: "DISABLED" }, message: null, helpUrl: null } },
      manualProvisioning: false,
      implicitAssignment: false,
      notes: { admin: h % 2 === 0 ? "Owner: payroll — ask first" : null, enduser: null },
    },
    _links: {
      users: { href: `${url}/users` },
      groups: { href: `${url}/groups` },
      logo: [{ name: "medium", href: `${origin}/assets/img/logos/${kind.name}.png`, type: "image/png" }],
      deactivate: { href: `${url}/lifecycle/deactivate` },
    },
  };
}

/** App number `index` of a new org. One in twelve is inactive; a plain list shows those, too. */
export function firstApp(seed: number, index: number, start_ms: number, orgId: string, origin: string): AppRow {
  const created_ms = start_ms - 500 * day_ms + index * 3_600_000;
  const updated_ms = created_ms + unit(seed, index, 32) * (start_ms - 3_600_000 - created_ms);
  const app = newApp({
    id: oktaId(seed, "app", index),
    label: `App ${index}`,
    orgId,
    origin,
    created_ms,
    updated_ms,
    variety: index,
  });
  return index % 12 === 11 ? { ...app, status: "INACTIVE" } : app;
}
