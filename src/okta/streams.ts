/** The registry: every table Rollcall knows, in the order in which people see them. */
import type { Stream } from "../core/stream.ts";
import { applications } from "./streams/applications.ts";
import { groupRules } from "./streams/group_rules.ts";
import { groups } from "./streams/groups.ts";
import { logs } from "./streams/logs.ts";
import { userTypes } from "./streams/user_types.ts";
import { users } from "./streams/users.ts";

export const STREAMS: readonly Stream[] = [users, groups, applications, logs, groupRules, userTypes];
