/** Which server a command asks, and with which key. */
import { isIP } from "node:net";
import type { ServerConfig } from "../config.ts";
import { Secret } from "../core/secret.ts";
import type { Environment } from "./context.ts";
import { usage } from "./value.ts";

/** The only place that a key is taken from. */
const KEY_VARIABLE = "ROLLCALL_API_KEY";
/** Where `rollcall serve` is when nobody says. */
export const DEFAULT_SERVER = "http://127.0.0.1:8080";

/** Throws USAGE where the address is none, where the key would travel readable, where there is no key. */
export function serverConfig(text: string, env: Environment): ServerConfig {
  const server = originOf(text);
  const key = env[KEY_VARIABLE]?.trim() ?? "";
  if (key === "") {
    throw usage(
      `There is no API key in ${KEY_VARIABLE}.`,
      "Make one on the server's web page under Settings → API keys, and set it in the environment.",
    );
  }
  if (!/^rc_[\w-]+$/.test(key))
    throw usage(
      `What ${KEY_VARIABLE} holds is no API key: those begin with rc_.`,
      "Set it to the key as it was shown.",
    );
  return { server, key: new Secret(key) };
}

function originOf(text: string): string {
  const url = URL.parse(text);
  const isWeb = url !== null && (url.protocol === "https:" || url.protocol === "http:");
  if (!isWeb || url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username + url.password !== "") {
    throw usage(
      `--server takes the address of a Rollcall server, not "${text.replace(/\/\/[^/]*@/, "//…@")}".`,
      `For example ${DEFAULT_SERVER} or https://rollcall.acme.com.`,
    );
  }
  if (url.protocol === "http:" && !isThisMachine(url.hostname)) {
    throw usage(
      `The API key is not sent to ${url.host} over http://, where everybody in between could read it.`,
      "Give an https:// address, or ask on the server's own machine.",
    );
  }
  return url.origin;
}

/** By the address itself: a name could lead anywhere. */
function isThisMachine(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, "");
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}
