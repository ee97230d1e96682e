/** The charts of the overview, as SQL that people can open, read and go on from. */
import type { Chart } from "../api/contract/queries.ts";

interface OverviewChart {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly reads: { readonly table: string; readonly columns: readonly string[] };
  readonly chart: Pick<Chart, "kind"> & Partial<Chart>;
  /** `table` as written in SQL. */
  readonly sql: (table: string) => string;
}

/** What an admin does to people, groups, apps and rules; what people do to their own account is left out by the query. */
const ADMIN_EVENTS = [
  "user.lifecycle.",
  "user.account.",
  "user.mfa.factor.",
  "group.",
  "application.lifecycle.",
  "application.user_membership.",
  "application.policy.",
  "policy.lifecycle.",
  "policy.rule.",
  "zone.",
  "iam.",
  "system.api_token.",
] as const;

export const CHARTS: readonly OverviewChart[] = [
  {
    id: "sign-ins",
    title: "Sign-ins over time",
    about: "Sign-ins to Okta of the last 30 days with today, by day (UTC) and result.",
    reads: { table: "logs", columns: ["published", "event_type", "outcome"] },
    chart: { kind: "area", x: "day", y: ["sign_ins"], series: "result", stacked: true },
    sql: (logs) => `SELECT
  date_trunc('day', published)::DATE AS day,
  CASE WHEN outcome.result IN ('SUCCESS', 'ALLOW') THEN 'succeeded' ELSE 'failed' END AS result,
  count(*) AS sign_ins
FROM ${logs}
WHERE event_type = 'user.session.start' AND published >= date_trunc('day', now()) - INTERVAL 29 DAY
GROUP BY ALL
ORDER BY day, result`,
  },
  {
    id: "failures",
    title: "Failures by reason",
    about: "What failed in the last 30 days: sign-ins, factors, tokens, by the reason that Okta gives.",
    reads: { table: "logs", columns: ["published", "outcome"] },
    chart: { kind: "bar", x: "reason", y: ["failures"] },
    sql: (logs) => `SELECT
  coalesce(outcome.reason, 'no reason given') AS reason,
  count(*) AS failures
FROM ${logs}
WHERE outcome.result IN ('FAILURE', 'DENY') AND published >= now() - INTERVAL 30 DAY
GROUP BY ALL
ORDER BY failures DESC, reason
LIMIT 10`,
  },
  {
    id: "users-by-status",
    title: "Users by status",
    about: "Everybody in the org, deactivated accounts included.",
    reads: { table: "users", columns: ["status"] },
    chart: { kind: "pie", x: "status", y: ["users"] },
    sql: (users) => `SELECT status, count(*) AS users
FROM ${users}
GROUP BY ALL
ORDER BY users DESC, status`,
  },
  {
    id: "top-applications",
    title: "Top applications",
    about: "Where people went with single sign-on in the last 30 days.",
    reads: { table: "logs", columns: ["published", "event_type", "actor", "target"] },
    chart: { kind: "bar", x: "application", y: ["sign_ins", "people"] },
    sql: (logs) => `SELECT
  app.displayName AS application,
  count(*) AS sign_ins,
  count(DISTINCT person) AS people
FROM (
  SELECT actor.id AS person, unnest(target) AS app
  FROM ${logs}
  WHERE event_type = 'user.authentication.sso' AND published >= now() - INTERVAL 30 DAY
)
WHERE app.type = 'AppInstance'
GROUP BY ALL
ORDER BY sign_ins DESC, application
LIMIT 10`,
  },
  {
    id: "admin-changes",
    title: "Admins' recent changes",
    about: "The last 50 things that somebody changed for somebody else: accounts, groups, apps, policies, API tokens.",
    reads: { table: "logs", columns: ["published", "event_type", "display_message", "actor", "target", "outcome"] },
    chart: { kind: "table" },
    sql: (logs) => `SELECT
  published AS at,
  actor.displayName AS who,
  display_message AS what,
  list_aggregate(list_transform(target, lambda t: nullif(coalesce(t.displayName, t.alternateId, t.id), 'unknown')), 'string_agg', ', ') AS whom,
  event_type
FROM ${logs}
WHERE actor.type = 'User'
  AND outcome.result = 'SUCCESS'
  AND actor.id IS DISTINCT FROM target[1].id
  AND regexp_matches(event_type, '^(${ADMIN_EVENTS.map((event) => event.replaceAll(".", "\\.")).join("|")})')
ORDER BY published DESC
LIMIT 50`,
  },
];
