/** What every answer carries beside its own headers, in the names and forms recorded in 2025 and 2026; without the long content-security-policy. */
const always: Readonly<Record<string, string | readonly string[]>> = {
  Server: "nginx",
  "Cache-Control": "no-cache, no-store",
  Expires: "0",
  Pragma: "no-cache",
  "Strict-Transport-Security": "max-age=315360000; includeSubDomains",
  "accept-ch": "Sec-CH-UA-Platform-Version",
  p3p: 'CP="HONK"',
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-content-type-options": "nosniff",
  "x-xss-protection": "0",
  // Cookies for a browser's session; a client that keeps them and sends them back changes nothing.
  "Set-Cookie": [
    'sid="";Version=1;Path=/;Max-Age=0',
    'xids="";Version=1;Path=/;Max-Age=0',
    'autolaunch_triggered=""; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/',
    "JSESSIONID=0123456789ABCDEF0123456789ABCDEF; Path=/; Secure; HttpOnly",
  ],
};

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** `requestId`: 32 hexadecimal digits. */
export function oktaHeaders(date_ms: number, requestId: string): Headers {
  return { Date: new Date(date_ms).toUTCString(), ...always, "x-okta-request-id": requestId };
}
