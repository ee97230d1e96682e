/** One field of the form, drawn from what the server says of it; no field is known by name. */
import { Box, Loader, NativeSelect, PasswordInput, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api.ts";
import { Markdown } from "../../parts/markdown.tsx";
import type { FormField, SourceType } from "../../parts/words.ts";

interface Props {
  readonly type: SourceType["id"];
  readonly field: FormField;
  readonly value: string;
  readonly error: string | undefined;
  /** A stored secret is kept when its field is left empty. */
  readonly optional?: boolean;
  readonly onChange: (value: string) => void;
}

export function CredentialField(props: Props) {
  const { field } = props;
  return (
    <Box>
      <Input {...props} />
      {field.understands ? <Understood type={props.type} address={props.value} /> : null}
    </Box>
  );
}

const TEXTAREA_ROWS = 6;

function Input({ field, value, error, optional = false, onChange }: Props) {
  const common = {
    name: field.name,
    label: field.label,
    placeholder: field.placeholder,
    required: field.required && !optional,
    description: field.about === "" ? undefined : <Markdown text={field.about} size="xs" />,
    descriptionProps: { component: "div" as const },
    value,
    error,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => onChange(event.currentTarget.value),
  };
  // A password manager must neither fill in nor keep a token of Okta's.
  const kept = { autoComplete: "off", spellCheck: false, "data-1p-ignore": true, "data-lpignore": "true" };
  if (field.kind === "select")
    return <NativeSelect {...common} data={field.options.map((option) => ({ ...option }))} />;
  if (field.kind === "password") return <PasswordInput {...common} {...kept} autoComplete="new-password" />;
  if (field.kind === "textarea") return <Textarea {...common} {...kept} rows={TEXTAREA_ROWS} ff="monospace" />;
  return <TextInput {...common} {...kept} />;
}

const PAUSE_MS = 300;

/** What the server makes of a pasted address, while it is being written; asks nobody outside. */
function Understood({ type, address }: { readonly type: SourceType["id"]; readonly address: string }) {
  const [settled] = useDebouncedValue(address.trim(), PAUSE_MS);
  const answer = useQuery({
    queryKey: ["understand", type, settled],
    queryFn: ({ signal }) =>
      call("post /api/source-types/{type}/understand", { params: { type }, body: { address: settled } }, signal),
    enabled: settled !== "",
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (settled === "") return null;
  return (
    <Text size="sm" mt={4} role="status" c={answer.data?.ok === false ? "red" : "dimmed"}>
      {answer.isPending ? <Loader size={12} mr={6} /> : <IconArrowRight size={14} aria-hidden />}{" "}
      {answer.isError ? answer.error.message : answer.data?.message}
    </Text>
  );
}
