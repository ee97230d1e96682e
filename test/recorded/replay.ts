/** A server that answers as the recorded org did: its rows, its `Link` headers, its `Date`. Everything else is empty or unknown. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Recorded } from "./recordings.ts";

/** What one path answers, page by page; the first page to a request without a cursor. */
export interface Replayed {
  readonly path: string;
  readonly pages: readonly Pick<Recorded, "body" | "link">[];
}

export interface Replay extends AsyncDisposable {
  readonly url: string;
  /** `path?query` of every request. */
  readonly asked: readonly string[];
}

/** `origin` is the recorded org's own: its links name it. `documents`: objects by path, such as schemas. */
export async function replay(
  { path, pages }: Replayed,
  documents: ReadonlyMap<string, unknown>,
  origin: string,
  date: Date,
): Promise<Replay> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", origin);
    asked.push(url.pathname + url.search);
    const [status, body, link] = answer(url);
    response.writeHead(status, {
      "content-type": "application/json",
      date: date.toUTCString(),
      ...(link === null ? {} : { link: link.split(/,\s*(?=<)/) }),
    });
    response.end(JSON.stringify(body));
  });
  server.on("request", (_, response) => (response.sendDate = false));

  function answer(url: URL): readonly [status: number, body: unknown, link: string | null] {
    if (url.pathname === "/.well-known/okta-organization")
      return [200, { id: "00orecorded", _links: { organization: { href: origin } }, pipeline: "idx" }, null];
    const document = documents.get(url.pathname);
    if (document !== undefined && url.pathname !== path) return [200, document, null];
    if (url.pathname !== path) return [404, { errorCode: "E0000007", errorSummary: "Not found" }, null];
    // Of the windows of the past and of what changed since, nothing was recorded.
    if (url.searchParams.has("until") || url.searchParams.has("filter")) return [200, [], null];
    const page = pages.findIndex(({ link }) => link?.includes(`after=${url.searchParams.get("after")}>`));
    const at = url.searchParams.has("after") ? page + 1 : 0;
    const found = pages[at];
    if (found !== undefined) return [200, found.body, found.link];
    const self = `<${origin}${url.pathname}${url.search}>`;
    return [200, [], `${self}; rel="self", ${self}; rel="next"`];
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
