/** What the form of a new source asks, as data: the page draws it and knows no field by name. */
import type { z } from "@hono/zod-openapi";
import type { SourceType as SourceTypeWords } from "../api/contract/sources.ts";
import { guide } from "./guide.ts";

type SourceType = z.infer<typeof SourceTypeWords>;
type FormField = SourceType["fields"][number];

const field = (words: Pick<FormField, "name" | "label" | "kind" | "about"> & Partial<FormField>): FormField => ({
  placeholder: "",
  required: true,
  secret: false,
  options: [],
  when: null,
  understands: false,
  ...words,
});

const WITH_TOKEN = { field: "auth", is: "token" } as const;
const WITH_APP = { field: "auth", is: "oauth" } as const;

/** The names that `linking.ts` reads. */
export const FIELDS: readonly FormField[] = [
  field({
    name: "domain",
    label: "Okta domain",
    kind: "text",
    placeholder: "your-org.okta.com",
    about: "Paste any address of your org: the sign-in page, the Admin Console, a custom domain.",
    understands: true,
  }),
  field({
    name: "auth",
    label: "Credential",
    kind: "select",
    about: "A token is quick. A service app can be limited to reading, and does not end with a person's account.",
    options: [
      { value: "token", label: "API token" },
      { value: "oauth", label: "Service app (client id and private key)" },
    ],
  }),
  field({
    name: "token",
    label: "API token",
    kind: "password",
    placeholder: "00…",
    secret: true,
    when: WITH_TOKEN,
    about: "Stored sealed, sent only to your org, never shown again.",
  }),
  field({
    name: "clientId",
    label: "Client ID",
    kind: "text",
    placeholder: "0oa…",
    when: WITH_APP,
    about: "Of the service app: **Applications → the app → General**.",
  }),
  field({
    name: "privateKey",
    label: "Private key",
    kind: "textarea",
    placeholder: '{"kty":"RSA", …} or -----BEGIN PRIVATE KEY-----',
    secret: true,
    when: WITH_APP,
    about: "As JWK or PEM. Stored sealed, never sent anywhere: it only signs.",
  }),
];

/** The org that the demo runs beside the server. */
export interface DemoValues {
  readonly url: string;
  readonly token: string;
  readonly clientId: string;
  /** As JWK. */
  readonly privateKey: string;
}

export function sourceTypes(demo: DemoValues | null): readonly SourceType[] {
  const prefilled: Record<string, string> =
    demo === null
      ? {}
      : {
          domain: demo.url,
          auth: "token",
          token: demo.token,
          clientId: demo.clientId,
          privateKey: demo.privateKey,
        };
  const okta: SourceType = {
    id: "okta",
    label: "Okta",
    about: "People, groups, applications, rules and the system log of an Okta org.",
    keywords: ["okta", "identity", "sso", "iam", "directory", "users", "audit log", "auth0"],
    fields: [...FIELDS],
    guide: guide(),
    prefilled,
  };
  if (demo === null) return [okta];
  return [
    okta,
    {
      ...okta,
      id: "simulated",
      label: "Simulated org",
      about: "An Okta org that this server runs on your machine, to try everything without an account.",
      keywords: ["demo", "simulated", "fake", "try", "test"],
    },
  ];
}
