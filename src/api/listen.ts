/** Where the server may listen. */
import { isIP } from "node:net";
import { RollcallError } from "../core/error.ts";

/** Whether only this machine reaches it. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return isIP(name) === 4 ? name.startsWith("127.") : name === "::1";
}

/** Throws SETUP_NEEDED when others could reach a server at which nobody can log in yet, and the first to come would be admin. */
export function canListen(host: string, hasPeople: boolean): void {
  if (hasPeople || isLoopback(host)) return;
  throw new RollcallError(
    "SETUP_NEEDED",
    `On ${host} others can reach this server, and no log-in has been set up yet.`,
    {
      fix: "Start it with --host 127.0.0.1, open the setup link it prints, then start it again with this host.",
    },
  );
}
