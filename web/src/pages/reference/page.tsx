/** The API's reference, drawn from the document that the server makes of its contract. */
import { Anchor, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Asked, Empty } from "../../parts/state.tsx";
import { operationsByTag, loadDocument, type Document } from "./document.ts";
import { OperationView } from "./operation.tsx";

export default function ReferencePage() {
  const asked = useQuery({
    queryKey: ["get /api/openapi.json"],
    queryFn: ({ signal }) => loadDocument(signal),
    staleTime: Infinity,
  });
  return (
    <Stack gap="md" maw={1000} mx="auto">
      <Title order={1} size="h2">
        API reference
      </Title>
      <Text>
        Everything this page can do, a program can do with an API key: make one under Settings → API keys and send it as{" "}
        <code>Authorization: Bearer rc_…</code>. Failures are <code>application/problem+json</code> with a stable{" "}
        <code>code</code> and what to do next. The document itself is at{" "}
        <Anchor href="/api/openapi.json" target="_blank" underline="always">
          /api/openapi.json
        </Anchor>
        .
      </Text>
      <Asked query={asked} what="the reference">
        {(document) => <Operations document={document} />}
      </Asked>
    </Stack>
  );
}

function Operations({ document }: { readonly document: Document }) {
  const [search, setSearch] = useState("");
  const groups = [...operationsByTag(document, search)];
  return (
    <Stack gap="lg">
      <TextInput
        type="search"
        label="Search"
        placeholder="sources, POST, query…"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      {groups.length === 0 ? <Empty title="Nothing found">No operation has all of these words.</Empty> : null}
      {groups.map(([tag, operations]) => (
        <section key={tag} aria-label={tag}>
          <Title order={2} size="h4" mb="xs">
            {tag}
          </Title>
          {operations.map((operation) => (
            <OperationView key={operation.operationId} operation={operation} document={document} />
          ))}
        </section>
      ))}
    </Stack>
  );
}
