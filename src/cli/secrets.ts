/** Credentials stay out of the command line, where every process of the machine can read them, and out of all output. */
import type { Environment } from "./context.ts";
import { usage } from "./value.ts";

/** A flag that asks for a secret, whatever it is called. */
const SECRET_FLAG =
  /^--?[\w-]*(token|secret|passw|api-?key|private-?key|jwk|jwt|pem|bearer|ssws|credential|client-?id)/i;
/** A value that is a secret by its looks: an SSWS token, an API key of ours, a PEM block, a JWK, a JWT. */
const SECRET_VALUE =
  /^(SSWS\s|Bearer\s)|^00[\w-]{40}$|^rc_[\w-]{20,}$|-----BEGIN|"kty"\s*:|^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;

/** The variables that may hold one. */
const SECRET_VARIABLES = [
  "OKTA_CLIENT_TOKEN",
  "OKTA_API_TOKEN",
  "OKTA_CLIENT_PRIVATEKEY",
  "ROLLCALL_API_KEY",
  "ROLLCALL_SECRET_KEY",
  "ROLLCALL_NEW_SECRET_KEY",
];
/** The lines of a PEM, the members of a JWK. */
const KEY_MATERIAL = /[A-Za-z0-9_+/=-]{40,}/g;
/** A shorter value would turn up in innocent text. */
const LEAST_SECRET_LENGTH = 8;

/** Refuses arguments that are, or ask for, a credential; never repeats their value. `query`'s SQL is left alone. */
export function refuseSecrets(argv: readonly string[], env: Environment): void {
  const held = secretsOf(env);
  for (const argument of argv) {
    const what = SECRET_FLAG.test(argument)
      ? `${argument.split(/[=\s]/)[0]} asks for one`
      : SECRET_VALUE.test(argument) || held.includes(argument)
        ? "one of the arguments looks like one"
        : null;
    if (what === null) continue;
    throw usage(
      `Credentials are never taken from the command line, where other processes can read them; ${what}. If it was a real one, revoke it.`,
      "Set OKTA_CLIENT_TOKEN, or OKTA_CLIENT_CLIENTID with OKTA_CLIENT_PRIVATEKEY (or OKTA_CLIENT_PRIVATEKEY_FILE), in the environment; a Rollcall server's API key in ROLLCALL_API_KEY.",
    );
  }
}

/** The last net: a text for people in which no credential of this environment is left, whoever wrote it. */
export function redactor(env: Environment): (text: string) => string {
  const secrets = secretsOf(env).flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "[credential]"), text);
}

function secretsOf(env: Environment): string[] {
  const values = SECRET_VARIABLES.flatMap((name) => env[name]?.trim() ?? []);
  const parts = values.flatMap((value) => value.match(KEY_MATERIAL) ?? []);
  return [...values, ...parts].filter((value) => value.length >= LEAST_SECRET_LENGTH);
}
