/** The API's own description, made of the contract. It is public: but for its cookie's name it says nothing that the source code does not. */
import type { App } from "./bind.ts";
import { PIECES } from "./contract/api.ts";
import type { ApiDeps } from "./deps.ts";
import { cookieName, secureName } from "./sessions.ts";

type Document = ReturnType<App["getOpenAPI31Document"]>;

export function bindDocument(app: App, { version, store }: ApiDeps): void {
  let document: Document | null = null;
  app.get("/api/openapi.json", async (context) => {
    // Made when it is first asked for: all parts are bound by then.
    document ??= described(app, version, await cookieName(store));
    context.header("cache-control", "no-cache");
    return context.json(document);
  });
}

function described(app: App, version: string, cookie: string): Document {
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: cookie,
    description: `Set by POST /api/session (\`${secureName(cookie)}\` behind TLS). Whatever changes something needs \`x-csrf-token\`, too.`,
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description:
      "An API key (`rc_…`), made under Settings → API keys. Scopes: read = viewer, write = editor, admin = admin.",
  });
  for (const [name, piece] of Object.entries(PIECES)) app.openAPIRegistry.register(name, piece);
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Rollcall",
      version,
      description:
        "Copies Okta orgs into a SQL warehouse. Everything the web page does, it does through these operations.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
  });
}
