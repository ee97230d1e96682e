/** The control plane's layout. A step that was released is never changed; what comes next is a new file. */
import type { Migration } from "./migrate.ts";
import { FIRST } from "./migrations/0001-first.ts";
import { KEPT_SINCE } from "./migrations/0002-kept-since.ts";
import { COMPLETE_EVERY_RUN } from "./migrations/0003-complete-every-run.ts";
import { INSTALLATION } from "./migrations/0004-installation.ts";

export const MIGRATIONS: readonly Migration[] = [FIRST, KEPT_SINCE, COMPLETE_EVERY_RUN, INSTALLATION];
