/** Who is here, for everything that is shown after the log-in. */
import { createContext, useContext } from "react";
import type { Result } from "../api.ts";

export type Session = Result<"get /api/session">;

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("The page is shown only to who has logged in.");
  return session;
}
