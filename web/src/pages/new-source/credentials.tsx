/** Step 2: the form, with the instructions beside it. Next asks Okta what this credential may read. */
import { Button, Card, Grid, Group, Loader, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";
import { call } from "../../api.ts";
import { useAsk } from "../../parts/ask.ts";
import { Markdown } from "../../parts/markdown.tsx";
import { Failed } from "../../parts/state.tsx";
import type { SourceType } from "../../parts/words.ts";
import { CredentialField } from "./credential-field.tsx";
import { PrefixField } from "./prefix-field.tsx";
import { draftsFor, isShown, prefixProblem, sentFields, type Wizard, type WizardStep } from "./wizard.ts";

export function Credentials(props: WizardStep & { readonly type: SourceType }) {
  const { type } = props;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Form {...props} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Card withBorder padding="md" component="section" aria-label={`How to link ${type.label}`}>
          <Markdown text={type.guide} />
        </Card>
      </Grid.Col>
    </Grid>
  );
}

function Form({ type, wizard, change, go }: WizardStep & { readonly type: SourceType }) {
  const sources = useAsk("get /api/sources", {});
  const taken = sources.data?.map(({ prefix }) => prefix.toLowerCase()) ?? [];
  const [tried, setTried] = useState(false);
  const missing = missingOf(type, wizard);
  const form = useRef<HTMLFormElement>(null);
  const preflight = usePreflight({ type, wizard, change, go });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const badPrefix = wizard.prefixTouched && prefixProblem(wizard.prefix, taken) !== null;
    if (missing.length === 0 && !badPrefix) preflight.mutate();
    else form.current?.querySelector<HTMLElement>(`[name="${missing[0] ?? "prefix"}"]`)?.focus();
  };
  return (
    <form onSubmit={submit} noValidate ref={form}>
      <Stack gap="md">
        <Prefilled
          type={type}
          fields={wizard.fields}
          onUse={(fields) => change({ fields: { ...wizard.fields, ...fields }, name: wizard.name || "Simulated org" })}
        />
        {type.fields
          .filter((field) => isShown(field, wizard.fields))
          .map((field) => (
            <CredentialField
              key={field.name}
              type={type.id}
              field={field}
              value={wizard.fields[field.name] ?? ""}
              error={tried && missing.includes(field.name) ? `${field.label} is required.` : undefined}
              onChange={(value) => change({ fields: { ...wizard.fields, [field.name]: value } })}
            />
          ))}
        <PrefixField
          prefix={wizard.prefix}
          problem={wizard.prefixTouched ? prefixProblem(wizard.prefix, taken) : null}
          onChange={(prefix) => change({ prefix, prefixTouched: true })}
        />
        <Naming name={wizard.name} description={wizard.description} change={change} />
        {preflight.isError ? <Failed error={preflight.error} /> : null}
        {preflight.isPending ? <Asking /> : null}
        <Group justify="space-between">
          <Button variant="default" onClick={() => go("catalogue")}>
            Back
          </Button>
          <Button type="submit" loading={preflight.isPending}>
            Next
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function usePreflight({ type, wizard, change, go }: WizardStep & { readonly type: SourceType }) {
  return useMutation({
    mutationFn: () => call("post /api/preflights", { body: { type: type.id, fields: sentFields(wizard) } }),
    onSuccess: (preflight) => {
      change({
        preflight,
        drafts: draftsFor(preflight, wizard),
        ...(wizard.prefixTouched ? {} : { prefix: preflight.suggestedPrefix }),
      });
      go("schemas");
    },
  });
}

function missingOf(type: SourceType, { fields }: Wizard): readonly string[] {
  return type.fields
    .filter((field) => field.required && isShown(field, fields) && (fields[field.name] ?? "").trim() === "")
    .map(({ name }) => name);
}

function Prefilled(props: {
  readonly type: SourceType;
  readonly fields: Wizard["fields"];
  readonly onUse: (fields: Record<string, string>) => void;
}) {
  const { prefilled } = props.type;
  if (Object.keys(prefilled).length === 0) return null;
  const used = Object.entries(prefilled).every(([name, value]) => props.fields[name] === value);
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex={1} miw={200}>
          {used
            ? "Filled in with the simulated org's own. Press Next."
            : "No Okta at hand? A simulated org runs beside this server."}
        </Text>
        <Button
          variant="light"
          color="grape"
          size="sm"
          leftSection={<IconFlask size={16} aria-hidden />}
          onClick={() => props.onUse(prefilled)}
        >
          Use the simulated org
        </Button>
      </Group>
    </Card>
  );
}

function Naming(props: { readonly name: string; readonly description: string; readonly change: WizardStep["change"] }) {
  return (
    <>
      <TextInput
        label="Name (optional)"
        placeholder="Left empty: the org's address"
        autoComplete="off"
        maxLength={100}
        value={props.name}
        onChange={({ currentTarget }) => props.change({ name: currentTarget.value })}
      />
      <Textarea
        label="Description (optional)"
        placeholder="Whose org this is, who to ask about it"
        autosize
        minRows={1}
        maxLength={2000}
        value={props.description}
        onChange={({ currentTarget }) => props.change({ description: currentTarget.value })}
      />
    </>
  );
}

function Asking() {
  return (
    <Group gap="xs" role="status">
      <Loader size="xs" />
      <Text size="sm">Asking the org which tables this credential may read. This takes a few seconds.</Text>
    </Group>
  );
}
