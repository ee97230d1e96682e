/** `rollcall serve`: the server until it is told to stop; then at most ten seconds to end well. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import { createAdaptorServer } from "@hono/node-server";
import { pino } from "pino";
import manifest from "../../package.json" with { type: "json" };
import { api } from "../api/app.ts";
import { Asking } from "../service/asking.ts";
import { canListen } from "../api/listen.ts";
import { SetupToken } from "../api/setup-token.ts";
import type { ServeConfig } from "../config.ts";
import { EXIT } from "../core/run.ts";
import { openService } from "../service/open.ts";
import type { Context } from "./context.ts";
import { startOrg, type DemoOrg } from "./demo-org.ts";
import { refusalOf } from "./listening.ts";
import { painter } from "./paint.ts";

/** The demo's org: small enough to be there at once, large enough to look like one. */
const DEMO_SIZE = { users: 2000, groups: 150, apps: 40, rules: 12 } as const;
const WEB = join(import.meta.dirname, "../../web/dist");

/** Within ten seconds of SIGTERM it is over, whatever a person's statement or the disk does. */
const ENDS_WITHIN_MS = 9000;

export async function serveCommand(config: ServeConfig, context: Context): Promise<number> {
  await using lifetime = new AsyncDisposableStack();
  let patience: NodeJS.Timeout | null = null;
  let isBusy = () => false;
  // The first to be deferred is the last to be done: all else has ended by then, or will not.
  lifetime.defer(() => {
    if (patience !== null) clearTimeout(patience);
    if (isBusy()) abandon(context);
  });
  const size = { ...DEMO_SIZE, events: config.demoEvents };
  const demo: DemoOrg | null = config.demo ? lifetime.use(await startOrg(size, context.signal)) : null;
  const log = pino({ level: config.logLevel }, { write: (line: string) => void context.stderr.write(line) });
  const service = lifetime.use(
    await openService({ dataDir: config.dataDir, env: context.env, log, demo, version: manifest.version }),
  );
  const { store, warehouse } = service.context;
  isBusy = () => warehouse.isBusy;
  const people = await store.db.selectFrom("person").select("id").limit(1).execute();
  canListen(config.host, people.length > 0);
  const setup = SetupToken.of(people.length === 0);
  const app = api({
    store,
    log,
    now_ms: service.context.now_ms,
    version: manifest.version,
    service: service.context,
    asking: new Asking(service.context),
    ready: async () => void (await service.context.warehouse.tables()),
    setup,
    demo: config.demo,
    webDir: WEB,
    hosts: [config.host],
    trustProxy: config.trustProxy,
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  lifetime.defer(async () => {
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
  const port = await listening(server, config);
  await service.start();
  greet({ ...config, port }, setup.token, demo, context);
  if (!context.signal.aborted) await once(context.signal, "abort");
  patience = setTimeout(() => abandon(context), ENDS_WITHIN_MS);
  context.stderr.write("Stopping: runs end at their next batch boundary and go on at the next start.\n");
  return EXIT.completed;
}

function abandon({ stderr, abandon: now }: Context): void {
  stderr.write("Something does not hear that it should end; it is left behind. What was committed is safe.\n");
  now?.();
}

/** The port it listens on. */
async function listening(server: ReturnType<typeof createAdaptorServer>, { host, port }: ServeConfig): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw refusalOf(error, host, port);
  }
  const address = server.address();
  return address === null || typeof address === "string" ? port : address.port;
}

function greet(
  { host, port, dataDir }: ServeConfig,
  token: string | null,
  demo: DemoOrg | null,
  context: Context,
): void {
  const paint = painter(context.stdout, context.env);
  const shownHost = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const url = `http://${shownHost.includes(":") ? `[${shownHost}]` : shownHost}:${port}`;
  const lines = [
    `Rollcall is at ${paint("bold", url)} (data in ${dataDir})`,
    ...(token === null
      ? []
      : [`Set up the first person, once, with this link: ${paint("bold", `${url}/setup#${token}`)}`]),
    ...(demo === null
      ? []
      : [
          `A simulated Okta org is at ${demo.url}: choose “Use the simulated org” when you link it.`,
          `  Things happen in it when you POST them to ${demo.controlUrl}/apply (docs/fake-okta.md).`,
        ]),
    ...(existsSync(WEB) ? [] : ["The web page is not built: run `npm run build`."]),
    "Ctrl-C stops it.",
  ];
  context.stdout.write(`${lines.join("\n")}\n`);
}
