/** One's own name, password and sessions. */
import { Button, Fieldset, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useSession } from "../../entrance/session.ts";
import { dateTime } from "../../parts/format.ts";
import { useDo } from "../../parts/ask.ts";
import { fieldErrors } from "../../parts/field-errors.ts";
import { PasswordField } from "../../parts/password-field.tsx";
import { OtherSessions } from "./other-sessions.tsx";
import { ROLES } from "./roles.ts";

export function AccountTab() {
  const { person, expiresAt } = useSession();
  return (
    <Stack gap="lg" maw={520}>
      <Text>
        You are logged in as <b>{person.email}</b>, {ROLES[person.role].label.toLowerCase()}. Unused, this session ends{" "}
        {dateTime(expiresAt)}.
      </Text>
      <NameForm />
      <PasswordForm />
      <OtherSessions />
    </Stack>
  );
}

function NameForm() {
  const { person } = useSession();
  const [name, setName] = useState(person.name);
  const save = useDo("patch /api/session", "Name saved.");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ body: { name } });
      }}
    >
      <Fieldset legend="Name">
        <Stack gap="md">
          <TextInput
            label="Your name"
            description="As it is shown in the audit trail and beside what you save."
            required
            maxLength={100}
            autoComplete="name"
            value={name}
            error={fieldErrors(save.error)["name"]}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Button type="submit" w="fit-content" loading={save.isPending} disabled={name.trim() === person.name}>
            Save name
          </Button>
        </Stack>
      </Fieldset>
    </form>
  );
}

function PasswordForm() {
  const { person } = useSession();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const save = useDo("patch /api/session", "Password changed. Your other sessions have ended.");
  const wrong = fieldErrors(save.error);
  const forget = () => {
    setOld("");
    setNext("");
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ body: { password: { old, new: next } } }, { onSuccess: forget });
      }}
    >
      <Fieldset legend="Password">
        <Stack gap="md">
          {/* So that a password manager knows whose password it is. */}
          <input type="email" autoComplete="username" value={person.email} readOnly hidden />
          <PasswordField
            label="Present password"
            required
            purpose="present"
            value={old}
            error={wrong["password.old"]}
            onChange={setOld}
          />
          <PasswordField
            label="New password"
            description="At least 12 characters. Your other sessions end."
            required
            purpose="new"
            value={next}
            error={wrong["password.new"]}
            onChange={setNext}
          />
          <Button type="submit" w="fit-content" loading={save.isPending}>
            Change password
          </Button>
        </Stack>
      </Fieldset>
    </form>
  );
}
