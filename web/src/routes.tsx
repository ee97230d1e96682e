/** Where everything is: path, title, who may see it, and the page, which is loaded when it is first opened. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

export interface Route {
  readonly path: string;
  /** In the navigation; null for pages reached from others. */
  readonly label: string | null;
  readonly needs: "viewer" | "editor" | "admin";
  readonly page: LazyExoticComponent<ComponentType>;
}

const page = (load: () => Promise<{ readonly default: ComponentType }>) => lazy(load);

export const ROUTES: readonly Route[] = [
  { path: "/", label: "Overview", needs: "viewer", page: page(() => import("./pages/overview/page.tsx")) },
  { path: "/sources", label: "Sources", needs: "viewer", page: page(() => import("./pages/sources/page.tsx")) },
  { path: "/sources/new", label: null, needs: "editor", page: page(() => import("./pages/new-source/page.tsx")) },
  { path: "/sources/:id/:tab?", label: null, needs: "viewer", page: page(() => import("./pages/source/page.tsx")) },
  { path: "/sql", label: "SQL", needs: "viewer", page: page(() => import("./pages/sql/page.tsx")) },
  { path: "/tables/:schema/:table", label: null, needs: "viewer", page: page(() => import("./pages/table/page.tsx")) },
  {
    path: "/dashboards/:id?",
    label: "Dashboards",
    needs: "viewer",
    page: page(() => import("./pages/dashboards/page.tsx")),
  },
  {
    path: "/settings/:tab?",
    label: "Settings",
    needs: "viewer",
    page: page(() => import("./pages/settings/page.tsx")),
  },
  { path: "/api/docs", label: null, needs: "viewer", page: page(() => import("./pages/reference/page.tsx")) },
];
