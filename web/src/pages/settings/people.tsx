/** Who may come in, and as what. */
import { ActionIcon, Badge, Button, Group, Menu, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconDots, IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { Result } from "../../api.ts";
import { useSession } from "../../entrance/session.ts";
import { useAsk, useDo } from "../../parts/ask.ts";
import { Asked } from "../../parts/state.tsx";
import { When } from "../../parts/when.tsx";
import { PersonForm } from "./person-form.tsx";
import { ROLES } from "./roles.ts";

export type Person = Result<"get /api/people">[number];

export function PeopleTab() {
  const asked = useAsk("get /api/people", {});
  const [form, setForm] = useState<Person | "new" | null>(null);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text c="dimmed">Everybody here logs in with an e-mail address and a password.</Text>
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setForm("new")}>
          Add a person
        </Button>
      </Group>
      <Asked query={asked} what="people">
        {(people) => <PeopleTable people={people} onEdit={setForm} />}
      </Asked>
      {form === null ? null : <PersonForm person={form === "new" ? null : form} onClose={() => setForm(null)} />}
    </Stack>
  );
}

interface Editing {
  readonly onEdit: (person: Person) => void;
}

function PeopleTable({ people, onEdit }: Editing & { readonly people: readonly Person[] }) {
  const { person: me } = useSession();
  return (
    <Table.ScrollContainer minWidth={330} type="native" tabIndex={0} role="region" aria-label="People" pos="relative">
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th visibleFrom="sm">Last log-in</Table.Th>
            <Table.Th w={50}>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => (
            <Table.Tr key={person.id}>
              <Table.Td>
                <Group gap="xs">
                  <Text fw={500}>{person.name}</Text>
                  {person.id === me.id ? (
                    <Badge variant="light" tt="none">
                      You
                    </Badge>
                  ) : null}
                  {person.disabled ? (
                    <Badge variant="light" color="gray" tt="none">
                      Disabled
                    </Badge>
                  ) : null}
                </Group>
                <Text size="sm" c="dimmed">
                  {person.email}
                </Text>
              </Table.Td>
              <Table.Td>{ROLES[person.role].label}</Table.Td>
              <Table.Td visibleFrom="sm">
                <When at={person.lastLoginAt} never="never" />
              </Table.Td>
              <Table.Td>
                <PersonMenu person={person} onEdit={onEdit} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function PersonMenu({ person, onEdit }: Editing & { readonly person: Person }) {
  const change = useDo("patch /api/people/{id}", ({ name, disabled }) =>
    disabled ? `${name} cannot log in any more.` : `${name} can log in again.`,
  );
  const remove = useDo("delete /api/people/{id}", `${person.name} was removed.`);
  const params = { id: person.id };
  const ask = () =>
    modals.openConfirmModal({
      title: `Remove ${person.name}?`,
      children: (
        <Text size="sm">
          They are logged out at once and cannot log in again. API keys they made go on working; revoke those under API
          keys.
        </Text>
      ),
      labels: { confirm: "Remove", cancel: "Leave it" },
      confirmProps: { color: "red" },
      onConfirm: () => remove.mutate({ params }),
    });
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${person.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onEdit(person)}>Change…</Menu.Item>
        <Menu.Item onClick={() => change.mutate({ params, body: { disabled: !person.disabled } })}>
          {person.disabled ? "Enable" : "Disable"}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" onClick={ask}>
          Remove…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
