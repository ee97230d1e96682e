/** The org's log as page files, read with nothing but `fetch`: what the peers of a figure work on. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Org } from "./org.ts";

export interface Pages {
  readonly folder: string;
  readonly bytes: number;
  readonly rows: number;
}

const DAY_MS = 24 * 3_600_000;

/** All that the org's log holds, oldest first, 1,000 events a page. Without `folder` the pages are only counted. */
export async function readLog(org: Org, folder: string | null): Promise<Pages> {
  if (folder !== null) await mkdir(folder, { recursive: true });
  const until = new Date(Date.now() + DAY_MS).toISOString();
  const since = new Date(Date.now() - 91 * DAY_MS).toISOString();
  let next: string | undefined = `${org.url}/api/v1/logs?since=${since}&until=${until}&sortOrder=ASCENDING&limit=1000`;
  let [bytes, rows, pages] = [0, 0, 0];
  while (next !== undefined) {
    const response: Response = await fetch(next, { headers: { authorization: `SSWS ${org.token}` } });
    const body = Buffer.from(await response.arrayBuffer());
    if (!response.ok) throw new Error(`${next}: ${response.status} ${body.toString()}`);
    const held = occurrences(body, '"uuid":');
    if (folder !== null && held > 0) await writeFile(join(folder, `${String(pages).padStart(6, "0")}.json`), body);
    [bytes, rows, pages] = [bytes + body.length, rows + held, pages + 1];
    next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  }
  return { folder: folder ?? "", bytes, rows };
}

function occurrences(body: Buffer, text: string): number {
  let found = 0;
  for (let at = body.indexOf(text); at >= 0; at = body.indexOf(text, at + text.length)) found += 1;
  return found;
}
