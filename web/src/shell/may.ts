/** Who may do what; the server decides, the page only does not offer what would be refused. */
import { useSession } from "../entrance/session.ts";
import type { Role } from "../parts/words.ts";

const RANK: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, admin: 2 };

export const may = (role: Role, needs: Role): boolean => RANK[role] >= RANK[needs];

export function useMay(needs: Role): boolean {
  return may(useSession().person.role, needs);
}
