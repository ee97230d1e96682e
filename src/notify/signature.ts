/** Signing webhooks by the Standard Webhooks scheme: HMAC-SHA256 over id, time and body. Pure. */
import { createHmac } from "node:crypto";

const PREFIX = "whsec_";

/** The headers that let a receiver check who sent a body, and when. `id` is the same for every attempt at one message. */
export function signedHeaders(id: string, body: string, key: string, now_ms: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now_ms / 1000));
  const signature = createHmac("sha256", keyBytes(key)).update(`${id}.${timestamp}.${body}`, "utf8").digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

/** After `whsec_` the key is base64, as the scheme has it; any other key is the bytes of its text. */
function keyBytes(key: string): Buffer {
  return key.startsWith(PREFIX) ? Buffer.from(key.slice(PREFIX.length), "base64") : Buffer.from(key, "utf8");
}
