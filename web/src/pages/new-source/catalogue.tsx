/** What can be linked. */
import { Button, Card, Group, Stack, Text, TextInput, ThemeIcon, Title } from "@mantine/core";
import { IconFlask, IconSearch, IconUsersGroup } from "@tabler/icons-react";
import { useState } from "react";
import { useAsk } from "../../parts/ask.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import type { SourceType } from "../../parts/words.ts";

export function Catalogue({ onLink }: { readonly onLink: (type: SourceType) => void }) {
  const types = useAsk("get /api/source-types", {});
  const [search, setSearch] = useState("");
  return (
    <Stack gap="md" maw={760}>
      <TextInput
        aria-label="Search what can be linked"
        placeholder="Search, e.g. identity"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <Asked query={types} what="what can be linked">
        {(all) => {
          const found = all.filter((type) => matches(type, search));
          if (found.length > 0)
            return found.map((type) => <Offer key={type.id} type={type} onLink={() => onLink(type)} />);
          return (
            <Empty
              title={`Nothing matches “${search.trim()}”`}
              action={
                <Button variant="light" onClick={() => setSearch("")}>
                  Show everything
                </Button>
              }
            >
              Rollcall links Okta orgs.
            </Empty>
          );
        }}
      </Asked>
    </Stack>
  );
}

function matches({ label, about, keywords }: SourceType, search: string): boolean {
  const words = search.trim().toLowerCase().split(/\s+/);
  const text = [label, about, ...keywords].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

function Offer({ type, onLink }: { readonly type: SourceType; readonly onLink: () => void }) {
  const Sign = type.id === "simulated" ? IconFlask : IconUsersGroup;
  return (
    <Card withBorder padding="md">
      <Group wrap="nowrap" align="center">
        <ThemeIcon variant="light" size="xl" color={type.id === "simulated" ? "grape" : "blue"}>
          <Sign aria-hidden />
        </ThemeIcon>
        <Stack gap={2} flex={1} miw={0}>
          <Title order={2} size="h4">
            {type.label}
          </Title>
          <Text size="sm" c="dimmed">
            {type.about}
          </Text>
        </Stack>
        <Button onClick={onLink} aria-label={`Link ${type.label}`}>
          Link
        </Button>
      </Group>
    </Card>
  );
}
