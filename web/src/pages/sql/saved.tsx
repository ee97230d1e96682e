/** The saved queries, by name; what each also is (view, schedule, alert) is said in small. */
import { Badge, Group, ScrollArea, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import { relative } from "../../parts/format.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import { useSavedQueries, type SavedQuery } from "../../query/warehouse.ts";
import classes from "./sql.module.css";

export function SavedList({ current }: { readonly current: string | null }) {
  const saved = useSavedQueries();
  return (
    <Asked query={saved} what="the saved queries">
      {(queries) =>
        queries.length === 0 ? (
          <Empty title="Nothing saved yet">
            Write a query, run it, and press Save: it can then become a view, a chart on a dashboard, or an alert.
          </Empty>
        ) : (
          <List queries={queries} current={current} />
        )
      }
    </Asked>
  );
}

function List({ queries, current }: { readonly queries: readonly SavedQuery[]; readonly current: string | null }) {
  const [filter, setFilter] = useState("");
  const word = filter.trim().toLowerCase();
  const shown = queries.filter(({ name, description, sql }) =>
    `${name} ${description} ${sql}`.toLowerCase().includes(word),
  );
  return (
    <Stack gap="xs">
      <TextInput
        size="xs"
        aria-label="Filter saved queries"
        placeholder="Filter saved queries"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <ScrollArea.Autosize
        scrollbars="y"
        mah="calc(100dvh - 240px)"
        type="auto"
        offsetScrollbars
        viewportProps={{ tabIndex: -1 }}
      >
        <ul className={classes.list} aria-label="Saved queries">
          {shown.map((query) => (
            <Line key={query.id} query={query} isCurrent={query.id === current} />
          ))}
        </ul>
      </ScrollArea.Autosize>
    </Stack>
  );
}

function Line({ query, isCurrent }: { readonly query: SavedQuery; readonly isCurrent: boolean }) {
  return (
    <li className={classes.line}>
      <UnstyledButton
        component={Link}
        href={`/sql?query=${encodeURIComponent(query.id)}`}
        className={classes.insert}
        aria-current={isCurrent ? "page" : undefined}
      >
        <Text size="sm" fw={isCurrent ? 700 : 500} truncate>
          {query.name}
        </Text>
        <span className={classes.about}>{query.description || query.sql}</span>
        <Group gap={4} mt={2}>
          {query.viewName === null ? null : <Small color="blue">{`views.${query.viewName}`}</Small>}
          {query.materialise === null ? null : <Small color="teal">kept</Small>}
          {query.materialiseError === null ? null : <Small color="red">filling failed</Small>}
          <AlertTag query={query} />
        </Group>
      </UnstyledButton>
    </li>
  );
}

/** Red while the threshold is passed: a channel is not what everybody looks at. */
function AlertTag({ query: { alert, alertedAt, alertPast } }: { readonly query: SavedQuery }) {
  if (alert === null) return null;
  if (!alertPast || alertedAt === null) return <Small color="grape">alert</Small>;
  return <Small color="red">{`alert: passed ${relative(alertedAt)}`}</Small>;
}

const Small = ({ color, children }: { readonly color: string; readonly children: string }) => (
  <Badge size="xs" variant="light" color={color} tt="none">
    {children}
  </Badge>
);
