/** Questions for who has never asked one: only over tables that are there. A click runs it, and its SQL is there to go on from. */
import { Anchor, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import { tableName } from "../../query/names.ts";
import { useCatalogue, type WarehouseTable } from "../../query/warehouse.ts";

interface Starter {
  readonly question: string;
  readonly reads: string;
  readonly columns: readonly string[];
  /** `table` as written in SQL. */
  readonly sql: (table: string) => string;
}

const STARTERS: readonly Starter[] = [
  {
    question: "Which sign-ins failed last?",
    reads: "logs",
    columns: ["published", "event_type", "actor", "client", "outcome"],
    sql: (logs) => `SELECT published AS at, actor.alternateId AS who, outcome.reason AS why, client.ipAddress AS address
FROM ${logs}
WHERE event_type = 'user.session.start' AND outcome.result IN ('FAILURE', 'DENY')
ORDER BY published DESC
LIMIT 100`,
  },
  {
    question: "How many users are there in which status?",
    reads: "users",
    columns: ["status"],
    sql: (users) => `SELECT status, count(*) AS users
FROM ${users}
GROUP BY ALL
ORDER BY users DESC`,
  },
  {
    question: "Who has never logged in?",
    reads: "users",
    columns: ["id", "status", "created", "last_login", "profile"],
    sql: (users) => `SELECT id, profile->>'login' AS login, status, created
FROM ${users}
WHERE last_login IS NULL AND status <> 'DEPROVISIONED'
ORDER BY created`,
  },
  {
    question: "What did people change for others last?",
    reads: "logs",
    columns: ["published", "event_type", "display_message", "actor", "target", "outcome"],
    sql: (
      logs,
    ) => `SELECT published AS at, actor.displayName AS who, display_message AS what, target[1].displayName AS whom
FROM ${logs}
WHERE actor.type = 'User' AND outcome.result = 'SUCCESS' AND actor.id <> target[1].id
  AND regexp_matches(event_type, '^(user\\.lifecycle|user\\.account|group|application\\.user_membership|policy|iam)\\.')
ORDER BY published DESC
LIMIT 100`,
  },
];

export function Starters() {
  const tables = useCatalogue().data ?? [];
  const asked = STARTERS.flatMap(({ question, reads, columns, sql }) => {
    const table = tables.find((each) => each.sourceId !== null && each.name === reads && hasAll(each, columns));
    return table === undefined ? [] : [{ question, sql: sql(tableName(table)) }];
  });
  if (asked.length === 0) return null;
  return (
    <Stack component="section" gap={4} aria-label="Questions to begin with">
      <Text size="sm" fw={600}>
        Questions to begin with
      </Text>
      {asked.map(({ question, sql }) => (
        <Anchor key={question} component={Link} href={`/sql?sql=${encodeURIComponent(sql)}`} size="sm">
          {question}
        </Anchor>
      ))}
    </Stack>
  );
}

const hasAll = ({ columns }: WarehouseTable, names: readonly string[]): boolean =>
  names.every((name) => columns.some((column) => column.name === name));
