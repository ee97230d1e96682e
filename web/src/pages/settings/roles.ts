/** Roles in words. */
import type { Role } from "../../parts/words.ts";

export const ROLES: Readonly<Record<Role, { readonly label: string; readonly about: string }>> = {
  viewer: { label: "Viewer", about: "Sees sources and runs, queries the data." },
  editor: { label: "Editor", about: "Also links sources, changes and runs them, saves queries and dashboards." },
  admin: { label: "Admin", about: "Also manages people, keys and settings, and deletes data." },
};
