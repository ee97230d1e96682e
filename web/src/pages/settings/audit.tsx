/** Who changed what, the latest first. */
import { Anchor, Badge, Button, Code, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { call, type Result } from "../../api.ts";
import { useAsk } from "../../parts/ask.ts";
import { Empty, Failed, Loading } from "../../parts/state.tsx";
import { When } from "../../parts/when.tsx";
import { deedInWords, labelOf, nameIn, valueInWords } from "./audit-words.ts";

type Entry = Result<"get /api/audit">["entries"][number];

const AT_ONCE = 50;
const KINDS: Readonly<Record<Entry["actorKind"], string | null>> = {
  person: null,
  api_key: "API key",
  command: "Command line",
  rollcall: "By itself",
};

export function AuditTab() {
  const asked = useInfiniteQuery({
    queryKey: ["get /api/audit", "all"],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      call(
        "get /api/audit",
        { query: { limit: AT_ONCE, ...(pageParam === undefined ? {} : { before: pageParam }) } },
        signal,
      ),
    getNextPageParam: ({ entries, more }) => (more ? entries.at(-1)?.id : undefined),
  });
  if (asked.isError) return <Failed error={asked.error} again={() => void asked.refetch()} />;
  if (asked.data === undefined) return <Loading what="the audit trail" />;
  const entries = asked.data.pages.flatMap((page) => page.entries);
  if (entries.length === 0) return <Empty title="Nothing yet">What people and keys change is listed here.</Empty>;
  return (
    <Stack gap="md">
      <Text c="dimmed">What people, keys and Rollcall itself changed. Nothing is ever removed from this list.</Text>
      <Table.ScrollContainer
        minWidth={640}
        type="native"
        tabIndex={0}
        role="region"
        aria-label="Audit trail"
        pos="relative"
      >
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>Details</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <EntryRow key={entry.id} entry={entry} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {asked.hasNextPage ? (
        <Button
          variant="default"
          mx="auto"
          loading={asked.isFetchingNextPage}
          onClick={() => void asked.fetchNextPage()}
        >
          Show earlier
        </Button>
      ) : null}
    </Stack>
  );
}

function EntryRow({ entry }: { readonly entry: Entry }) {
  const kind = KINDS[entry.actorKind];
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td>
        <When at={entry.at} never="" both />
      </Table.Td>
      <Table.Td>
        <Text size="sm">{entry.actor}</Text>
        {kind === null ? null : (
          <Badge variant="light" color="gray" tt="none">
            {kind}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>
        <Deed entry={entry} />
      </Table.Td>
      <Table.Td>
        <Details detail={entry.detail} />
      </Table.Td>
    </Table.Tr>
  );
}

/** What was done, to what: by the name it had then, or has now; the code and the id are for who searches logs for them. */
function Deed({ entry: { action, objectKind, objectId, detail } }: { readonly entry: Entry }) {
  const words = deedInWords(action);
  const now = useNameNow(objectKind, objectId);
  const name = nameIn(detail) ?? now?.name ?? null;
  return (
    <Text size="sm" title={objectId === null ? action : `${action} ${objectId}`}>
      {words ?? <Code>{action}</Code>}{" "}
      {name === null ? null : now?.href === undefined ? (
        <b>{name}</b>
      ) : (
        <Anchor component={Link} href={now.href} inherit fw={700}>
          {name}
        </Anchor>
      )}
    </Text>
  );
}

/** Null where it is gone, or is nothing that is looked up here. */
function useNameNow(kind: string, id: string | null): { readonly name: string; readonly href?: string } | null {
  const sources = useAsk("get /api/sources", {});
  const people = useAsk("get /api/people", {});
  if (kind === "person") return people.data?.find((person) => person.id === id) ?? null;
  const source = kind === "source" ? sources.data?.find((each) => each.id === id) : undefined;
  return source === undefined ? null : { name: source.name, href: `/sources/${source.id}` };
}

function Details({ detail }: Pick<Entry, "detail">) {
  return (
    <Stack gap={2}>
      {Object.entries(detail)
        .filter(([key]) => key !== "name")
        .map(([key, value]) => (
          <Text key={key} size="sm" style={{ overflowWrap: "anywhere" }}>
            <Text span c="dimmed" size="sm">
              {labelOf(key)}:
            </Text>{" "}
            {valueInWords(key, value)}
          </Text>
        ))}
    </Stack>
  );
}
