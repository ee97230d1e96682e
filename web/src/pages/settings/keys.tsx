/** API keys: for programs. A key is shown when it is made, and never again. */
import {
  Alert,
  Button,
  Code,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Table,
  Text,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconCopy, IconKey, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { Result } from "../../api.ts";
import { useAsk, useDo } from "../../parts/ask.ts";
import { fieldErrors } from "../../parts/field-errors.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import { When } from "../../parts/when.tsx";
import { copyText } from "../../query/clipboard.ts";

type ApiKey = Result<"get /api/keys">[number];
type Scope = ApiKey["scope"];

const SCOPES: Readonly<Record<Scope, string>> = {
  read: "Read: what a viewer may",
  write: "Write: what an editor may",
  admin: "Admin: everything",
};
const EXPIRIES = [
  { value: "30", label: "After 30 days" },
  { value: "90", label: "After 90 days" },
  { value: "365", label: "After a year" },
  { value: "", label: "Never" },
] as const;

export function KeysTab() {
  const asked = useAsk("get /api/keys", {});
  const [making, setMaking] = useState(false);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text c="dimmed">For programs, and for the command line: ROLLCALL_API_KEY.</Text>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
          New API key
        </Button>
      </Group>
      <Asked query={asked} what="API keys">
        {(keys) =>
          keys.length === 0 ? (
            <Empty title="No API keys">A program that reads or changes something here needs one.</Empty>
          ) : (
            <KeysTable keys={keys} />
          )
        }
      </Asked>
      {making ? <NewKey onClose={() => setMaking(false)} /> : null}
    </Stack>
  );
}

function KeysTable({ keys }: { readonly keys: readonly ApiKey[] }) {
  return (
    <Table.ScrollContainer minWidth={680} type="native" tabIndex={0} role="region" aria-label="API keys" pos="relative">
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Scope</Table.Th>
            <Table.Th>Made</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>Expires</Table.Th>
            <Table.Th w={100}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function KeyRow({ apiKey }: { readonly apiKey: ApiKey }) {
  const { id, name, hint, scope, createdBy, createdAt, usedAt, expiresAt } = apiKey;
  const remove = useDo("delete /api/keys/{id}", `${name} was revoked.`);
  const isExpired = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  const ask = () =>
    modals.openConfirmModal({
      title: `Revoke ${name}?`,
      children: <Text size="sm">Programs that use it are refused from the next request on.</Text>,
      labels: { confirm: "Revoke", cancel: "Leave it" },
      confirmProps: { color: "red" },
      onConfirm: () => remove.mutate({ params: { id } }),
    });
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={500}>{name}</Text>
        <Code>{hint}</Code>
      </Table.Td>
      <Table.Td>{scope}</Table.Td>
      <Table.Td>
        <When at={createdAt} never="" />
        <Text size="sm" c="dimmed">
          by {createdBy}
        </Text>
      </Table.Td>
      <Table.Td>
        <When at={usedAt} never="never" />
      </Table.Td>
      <Table.Td>{isExpired ? <Text c="red">expired</Text> : <When at={expiresAt} never="never" />}</Table.Td>
      <Table.Td>
        <Button variant="subtle" color="red" size="compact-sm" onClick={ask} aria-label={`Revoke ${name}`}>
          Revoke
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

function NewKey({ onClose }: { readonly onClose: () => void }) {
  const make = useDo("post /api/keys");
  return (
    <Modal
      opened
      onClose={onClose}
      title={make.data === undefined ? "New API key" : "Your new API key"}
      closeOnClickOutside={make.data === undefined}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {make.data === undefined ? <KeyForm make={make} /> : <ShownOnce apiKey={make.data.key} onClose={onClose} />}
    </Modal>
  );
}

function KeyForm({ make }: { readonly make: ReturnType<typeof useDo<"post /api/keys">> }) {
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("read");
  const [days, setDays] = useState("90");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate({ body: { name, scope, expiresInDays: days === "" ? null : Number(days) } });
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          description="What it is for."
          required
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={name}
          error={fieldErrors(make.error)["name"]}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <NativeSelect
          label="Scope"
          data={Object.entries(SCOPES).map(([value, label]) => ({ value, label }))}
          value={scope}
          onChange={({ currentTarget }) => setScope(currentTarget.value as Scope)}
        />
        <NativeSelect
          label="Expires"
          data={[...EXPIRIES]}
          value={days}
          onChange={({ currentTarget }) => setDays(currentTarget.value)}
        />
        <Button type="submit" loading={make.isPending} ml="auto">
          Make the key
        </Button>
      </Stack>
    </form>
  );
}

function ShownOnce({ apiKey, onClose }: { readonly apiKey: string; readonly onClose: () => void }) {
  return (
    <Stack gap="md">
      <Alert icon={<IconKey aria-hidden />} title="Copy it now">
        It is shown this once. Whoever has it can use it.
      </Alert>
      <Code block aria-label="API key" style={{ wordBreak: "break-all", whiteSpace: "pre-wrap" }}>
        {apiKey}
      </Code>
      <Group justify="flex-end" gap="sm">
        <Button
          variant="light"
          leftSection={<IconCopy size={16} aria-hidden />}
          onClick={() => void copyText(apiKey, "API key")}
        >
          Copy
        </Button>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
