/** Adding or changing a channel: what every kind has, and between it what the kind asks. */
import {
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import type { Result } from "../../api.ts";
import { useDo } from "../../parts/ask.ts";
import { fieldErrors } from "../../parts/field-errors.ts";
import { Failed } from "../../parts/state.tsx";
import { copyText } from "../../query/clipboard.ts";
import {
  type Channel,
  configOf,
  type Draft,
  draftOf,
  EVENTS,
  KINDS,
  type MailSecurity,
  newSigningKey,
} from "./channel.ts";

interface FormProps {
  /** Null: a new one. */
  readonly channel: Channel | null;
  readonly sources: Result<"get /api/sources">;
  readonly onClose: () => void;
}
interface PartProps {
  readonly draft: Draft;
  readonly isNew: boolean;
  readonly change: (part: Partial<Draft>) => void;
  readonly wrong: Readonly<Record<string, string>>;
}

export function ChannelForm({ channel, sources, onClose }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(channel));
  const create = useDo("post /api/channels", `${draft.name} was added.`);
  const save = useDo("patch /api/channels/{id}", `${draft.name} was saved.`);
  const error = channel === null ? create.error : save.error;
  const send = () => {
    const { name, events, digest, sourceId, enabled } = draft;
    const config = configOf(draft);
    const common = { name, events: [...events], digest, sourceId, enabled };
    if (channel !== null) {
      const body = { ...common, ...(config === null ? {} : { config }) };
      save.mutate({ params: { id: channel.id }, body }, { onSuccess: onClose });
    } else if (config !== null) create.mutate({ body: { ...common, config } }, { onSuccess: onClose });
  };
  const part: PartProps = {
    draft,
    isNew: channel === null,
    change: (changed) => setDraft((before) => ({ ...before, ...changed })),
    wrong: fieldErrors(error),
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={<Text fw={600}>{channel === null ? "New channel" : `Edit ${channel.name}`}</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Stack gap="md">
          <KindPart {...part} />
          {draft.kind === "email" ? (
            <MailPart {...part} />
          ) : (
            <AddressPart {...part} host={channel?.config["host"] ?? null} />
          )}
          <TellingPart {...part} sources={sources} />
          {error === null ? null : <Failed error={error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={draft.events.length === 0} loading={create.isPending || save.isPending}>
              {channel === null ? "Add channel" : "Save"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function KindPart({ draft, isNew, change, wrong }: PartProps) {
  return (
    <>
      <TextInput
        label="Name"
        required
        maxLength={100}
        autoComplete="off"
        data-autofocus
        value={draft.name}
        error={wrong["name"]}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
      />
      {isNew ? (
        <SegmentedControl
          size="xs"
          aria-label="Kind of channel"
          value={draft.kind}
          data={Object.entries(KINDS).map(([value, { label }]) => ({ value, label }))}
          onChange={(kind) => change({ kind: kind as Draft["kind"] })}
        />
      ) : null}
      <Text size="sm" c="dimmed">
        {KINDS[draft.kind].about}
      </Text>
    </>
  );
}

function AddressPart({ draft, isNew, change, wrong, host }: PartProps & { readonly host: string | null }) {
  const isNewAddress = isNew || draft.url.trim() !== "";
  return (
    <>
      <PasswordInput
        label="Address"
        description={
          isNew
            ? "Begins with https://. It is stored sealed and never shown again."
            : `Leave it empty to keep the present one, at ${host ?? "its host"}.`
        }
        placeholder={draft.kind === "slack" ? "https://hooks.slack.com/services/…" : "https://example.com/rollcall"}
        required={isNew}
        autoComplete="off"
        value={draft.url}
        error={wrong["config.url"]}
        onChange={({ currentTarget }) => change({ url: currentTarget.value })}
        visibilityToggleButtonProps={{ "aria-label": "Show what is typed", tabIndex: 0 }}
      />
      {draft.kind === "webhook" && isNewAddress ? (
        <Stack gap="xs">
          <TextInput
            label="Signing key"
            description="The receiver checks with it that a message is from here. Copy it now: it is not shown again."
            required
            minLength={16}
            maxLength={500}
            autoComplete="off"
            value={draft.signingKey}
            error={wrong["config.signingKey"]}
            onChange={({ currentTarget }) => change({ signingKey: currentTarget.value })}
          />
          <Group gap="xs">
            <Button variant="light" size="compact-sm" onClick={() => change({ signingKey: newSigningKey() })}>
              Make a key
            </Button>
            <Button
              variant="default"
              size="compact-sm"
              disabled={draft.signingKey === ""}
              onClick={() => void copyText(draft.signingKey, "The signing key")}
            >
              Copy it
            </Button>
          </Group>
        </Stack>
      ) : null}
    </>
  );
}

const SECURITY: readonly { readonly value: MailSecurity; readonly label: string; readonly port: number }[] = [
  { value: "starttls", label: "STARTTLS (587)", port: 587 },
  { value: "tls", label: "TLS (465)", port: 465 },
  { value: "none", label: "None (25)", port: 25 },
];

function MailPart({ draft, isNew, change, wrong }: PartProps) {
  const text = (field: "host" | "user" | "from", label: string, required: boolean, placeholder: string) => (
    <TextInput
      label={label}
      required={required}
      placeholder={placeholder}
      autoComplete="off"
      value={draft[field]}
      error={wrong[`config.${field}`]}
      onChange={({ currentTarget }) => change({ [field]: currentTarget.value })}
    />
  );
  return (
    <>
      {text("host", "Mail server", true, "smtp.example.com")}
      <Group align="flex-start" grow>
        <NativeSelect
          label="Encryption"
          value={draft.secure}
          data={SECURITY.map(({ value, label }) => ({ value, label }))}
          onChange={({ currentTarget }) => {
            const chosen = SECURITY.find(({ value }) => value === currentTarget.value);
            if (chosen !== undefined) change({ secure: chosen.value, port: chosen.port });
          }}
        />
        <NumberInput
          label="Port"
          required
          min={1}
          max={65_535}
          value={draft.port}
          onChange={(port) => change({ port: Number(port) })}
        />
      </Group>
      <Group align="flex-start" grow>
        {text("user", "User name", false, "Empty: without log-in")}
        <PasswordInput
          label="Password"
          description={isNew ? undefined : "Empty: the present one is kept."}
          autoComplete="off"
          value={draft.password}
          error={wrong["config.password"]}
          onChange={({ currentTarget }) => change({ password: currentTarget.value })}
          visibilityToggleButtonProps={{ "aria-label": "Show what is typed", tabIndex: 0 }}
        />
      </Group>
      {text("from", "From", true, "rollcall@example.com")}
      <Textarea
        label="To"
        description="One or more addresses, separated by commas."
        required
        autosize
        value={draft.to}
        error={Object.entries(wrong).find(([path]) => path.startsWith("config.to"))?.[1]}
        onChange={({ currentTarget }) => change({ to: currentTarget.value })}
      />
    </>
  );
}

function TellingPart({ draft, change, wrong, sources }: PartProps & Pick<FormProps, "sources">) {
  return (
    <>
      <Checkbox.Group
        label="Is told of"
        value={[...draft.events]}
        error={draft.events.length === 0 ? "Choose at least one." : wrong["events"]}
        onChange={(events) => change({ events: events })}
      >
        <Group mt="xs">
          {Object.entries(EVENTS).map(([value, label]) => (
            <Checkbox key={value} value={value} label={label} />
          ))}
        </Group>
      </Checkbox.Group>
      <Group align="flex-start" grow>
        <NativeSelect
          label="When"
          value={draft.digest}
          data={[
            { value: "at_once", label: "At once, one message each" },
            { value: "daily", label: "Once a day at 08:00, all in one" },
          ]}
          onChange={({ currentTarget }) => change({ digest: currentTarget.value as Draft["digest"] })}
        />
        <NativeSelect
          label="Sources"
          description="Thresholds of saved queries go to channels of all sources."
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={draft.sourceId ?? ""}
          data={[{ value: "", label: "All sources" }, ...sources.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={({ currentTarget }) =>
            change({ sourceId: currentTarget.value === "" ? null : currentTarget.value })
          }
        />
      </Group>
      <Switch
        label="Switched on"
        checked={draft.enabled}
        onChange={({ currentTarget }) => change({ enabled: currentTarget.checked })}
      />
    </>
  );
}
