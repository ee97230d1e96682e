/** Where the org is and with what it is asked. Another host needs the credential again, so that a stored one is never sent elsewhere. */
import { Alert, Button, Card, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { notifications } from "@mantine/notifications";
import { ApiError, call } from "../../../api.ts";
import { useAsk } from "../../../parts/ask.ts";
import { Asked, Failed } from "../../../parts/state.tsx";
import type { Source, SourceType } from "../../../parts/words.ts";
import { CredentialField } from "../../new-source/credential-field.tsx";
import { isShown } from "../../new-source/wizard.ts";

export function Connection({ source }: { readonly source: Source }) {
  const types = useAsk("get /api/source-types", {});
  const [editing, setEditing] = useState(false);
  return (
    <Card withBorder component="section" aria-labelledby="connection">
      <Stack gap="md">
        <Title order={2} size="h4" id="connection">
          Connection
        </Title>
        <Text size="sm">
          <Code>{source.origin}</Code> · org {source.orgId} ·{" "}
          {source.auth === "token" ? "API token" : `service app ${source.clientId ?? ""}`}
        </Text>
        {editing ? (
          <Asked query={types} what="the form">
            {(all) => {
              const type = all.find(({ id }) => id === source.type);
              if (type === undefined) return <Text size="sm">This kind of source is not offered any more.</Text>;
              return <CredentialForm source={source} type={type} onDone={() => setEditing(false)} />;
            }}
          </Asked>
        ) : (
          <Group>
            <Button variant="default" onClick={() => setEditing(true)}>
              Change the address or the credential
            </Button>
          </Group>
        )}
      </Stack>
    </Card>
  );
}

/** What is stored and no secret stands in the fields from the start, by the form's own names. */
function storedFields(source: Source, type: SourceType): Record<string, string> {
  const known: Readonly<Record<string, string>> = {
    auth: source.auth,
    clientId: source.clientId ?? "",
    domain: source.origin,
  };
  return Object.fromEntries(type.fields.filter(({ secret }) => !secret).map(({ name }) => [name, known[name] ?? ""]));
}

function CredentialForm(props: { readonly source: Source; readonly type: SourceType; readonly onDone: () => void }) {
  const { source, type, onDone } = props;
  const [fields, setFields] = useState(() => storedFields(source, type));
  const save = useSave(source, onDone);
  const shown = type.fields.filter((field) => isShown(field, fields));
  const needed = save.error instanceof ApiError && save.error.problem.code === "CREDENTIAL_NEEDED";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(
          Object.fromEntries(shown.map(({ name }) => [name, fields[name] ?? ""]).filter(([, value]) => value !== "")),
        );
      }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          The new values are checked with Okta before they are stored. A secret left empty keeps the stored one, as long
          as the address stays the same.
        </Text>
        {shown.map((field) => (
          <CredentialField
            key={field.name}
            type={type.id}
            field={field}
            optional={field.secret}
            value={fields[field.name] ?? ""}
            error={needed && field.secret ? "Needed again for another address." : undefined}
            onChange={(value) => setFields((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
        {needed ? (
          <Alert color="orange" title="Another address needs its credential" role="alert">
            The stored credential was given for {source.origin}; it is never sent to another host. Enter it again.
          </Alert>
        ) : save.isError ? (
          <Failed error={save.error} />
        ) : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onDone}>
            Leave it
          </Button>
          <Button type="submit" loading={save.isPending}>
            Check and save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function useSave(source: Source, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (fields: Record<string, string>) =>
      call("patch /api/sources/{id}", { params: { id: source.id }, body: { fields } }),
    onSuccess: () => {
      notifications.show({ message: "Okta accepts it; it is stored.", color: "green" });
      void queries.invalidateQueries();
      onDone();
    },
  });
}
