/** The API's own description, made of the contract. It is public: it says nothing that the source code does not. */
import type { App } from "./bind.ts";
import type { ApiDeps } from "./deps.ts";

export function bindDocument(app: App, { version }: ApiDeps): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "rollcall",
    description:
      "Set by POST /api/session (`__Host-rollcall` behind TLS). Whatever changes something needs `x-csrf-token`, too.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description:
      "An API key (`rc_…`), made under Settings → API keys. Scopes: read = viewer, write = editor, admin = admin.",
  });
  let document: ReturnType<App["getOpenAPI31Document"]> | null = null;
  app.get("/api/openapi.json", (context) => {
    // Made when it is first asked for: all parts are bound by then.
    document ??= app.getOpenAPI31Document({
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
    context.header("cache-control", "no-cache");
    return context.json(document);
  });
}
