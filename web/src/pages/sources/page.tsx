/** Sources: what is linked, how it is, when it runs next. */
import { Anchor, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import { useAsk } from "../../parts/ask.ts";
import { count } from "../../parts/format.ts";
import { useNarrow } from "../../parts/narrow.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import type { Source } from "../../parts/words.ts";
import { useMay } from "../../shell/may.ts";
import { SourceCards } from "./cards.tsx";
import { SourceTableView } from "./table.tsx";
import { useLiveSources } from "./use-live-sources.ts";

export default function SourcesPage() {
  const sources = useAsk("get /api/sources", {});
  return (
    <Stack gap="md" maw={1400} mx="auto">
      <Group justify="space-between">
        <Title order={1} size="h2">
          Sources
        </Title>
        <NewSource />
      </Group>
      <Asked query={sources} what="the sources">
        {(all) =>
          all.length === 0 ? (
            <Empty title="Nothing is linked yet" action={<NewSource />}>
              Link an Okta org, and its users, groups, applications and logs are copied into tables that you can ask in
              SQL.
            </Empty>
          ) : (
            <Linked sources={all} />
          )
        }
      </Asked>
    </Stack>
  );
}

function Linked({ sources }: { readonly sources: readonly Source[] }) {
  const all = useLiveSources(sources);
  const [search, setSearch] = useState("");
  return (
    <>
      <Group gap="sm">
        <TextInput
          aria-label="Search sources"
          placeholder="Search sources"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <Text size="sm" c="dimmed">
          {all.length} {all.length === 1 ? "source" : "sources"} ·{" "}
          {count(all.reduce((sum, { rowsStored }) => sum + rowsStored, 0))} rows stored
        </Text>
      </Group>
      <Found all={all} search={search} onClear={() => setSearch("")} />
    </>
  );
}

function NewSource() {
  if (!useMay("editor")) return null;
  return (
    <Button component={Link} href="/sources/new">
      + New source
    </Button>
  );
}

function Found(props: { readonly all: readonly Source[]; readonly search: string; readonly onClear: () => void }) {
  const narrow = useNarrow();
  const wanted = props.search.trim().toLowerCase();
  const found = props.all.filter((source) =>
    [source.name, source.description, source.prefix, source.origin].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (found.length === 0)
    return (
      <Empty
        title={`No source matches “${props.search.trim()}”`}
        action={
          <Anchor component="button" onClick={props.onClear}>
            Show all
          </Anchor>
        }
      >
        Names, descriptions, prefixes and addresses are searched.
      </Empty>
    );
  return narrow ? <SourceCards sources={found} /> : <SourceTableView sources={found} />;
}
