/** Adding a person, or changing one. */
import { Button, Group, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useDo } from "../../parts/ask.ts";
import { fieldErrors } from "../../parts/field-errors.ts";
import { PasswordField } from "../../parts/password-field.tsx";
import type { Role } from "../../parts/words.ts";
import type { Person } from "./people.tsx";
import { ROLES } from "./roles.ts";

interface Props {
  /** Null: a new one. */
  readonly person: Person | null;
  readonly onClose: () => void;
}

export function PersonForm({ person, onClose }: Props) {
  const isNew = person === null;
  const [name, setName] = useState(person?.name ?? "");
  const [email, setEmail] = useState(person?.email ?? "");
  const [role, setRole] = useState<Role>(person?.role ?? "viewer");
  const [password, setPassword] = useState("");
  const add = useDo("post /api/people", "Added. Tell them the password in a safe way.");
  const change = useDo("patch /api/people/{id}", "Saved.");
  const wrong = fieldErrors(add.error ?? change.error);
  const submit = () => {
    if (person === null)
      return add.mutate({ body: { name, email: email.trim(), role, password } }, { onSuccess: onClose });
    const body = { name, role, ...(password === "" ? {} : { password }) };
    change.mutate({ params: { id: person.id }, body }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={isNew ? "Add a person" : `Change ${person.name}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Name"
            required
            maxLength={100}
            autoComplete="off"
            data-autofocus
            value={name}
            error={wrong["name"]}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          {isNew ? (
            <TextInput
              label="E-mail address"
              type="email"
              required
              autoComplete="off"
              value={email}
              error={wrong["email"]}
              onChange={({ currentTarget }) => setEmail(currentTarget.value)}
            />
          ) : null}
          <RoleChoice role={role} onChange={setRole} />
          <PasswordField
            label={isNew ? "First password" : "New password"}
            description={
              isNew
                ? "At least 12 characters. They can change it under My account."
                : "Left empty, the present one stays. A new one logs them out everywhere."
            }
            required={isNew}
            purpose="new"
            value={password}
            error={wrong["password"]}
            onChange={setPassword}
          />
          <Buttons action={isNew ? "Add" : "Save"} pending={add.isPending || change.isPending} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

function RoleChoice({ role, onChange }: { readonly role: Role; readonly onChange: (role: Role) => void }) {
  return (
    <Radio.Group label="Role" value={role} onChange={(value) => onChange(value)}>
      <Stack gap="xs" mt="xs">
        {(Object.keys(ROLES) as Role[]).map((each) => (
          <Radio key={each} value={each} label={ROLES[each].label} description={ROLES[each].about} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function Buttons(props: { readonly action: string; readonly pending: boolean; readonly onClose: () => void }) {
  return (
    <Group justify="flex-end" gap="sm">
      <Button variant="default" onClick={props.onClose}>
        Cancel
      </Button>
      <Button type="submit" loading={props.pending}>
        {props.action}
      </Button>
    </Group>
  );
}
