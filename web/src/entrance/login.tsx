/** E-mail address and password; where it stands in the page's address is where the person goes on. */
import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api.ts";
import { Failed } from "../parts/state.tsx";
import { PasswordField } from "../parts/password-field.tsx";
import type { Session } from "./session.ts";

export function LoginForm(props: { readonly email: string; readonly onEnter: (session: Session) => void }) {
  const [email, setEmail] = useState(props.email);
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: () => call("post /api/session", { body: { email: email.trim(), password } }),
    onSuccess: props.onEnter,
    onError: () => setPassword(""),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        login.mutate();
      }}
    >
      <Stack gap="md">
        {login.isError ? <Failed error={login.error} /> : null}
        <TextInput
          label="E-mail address"
          type="email"
          name="email"
          autoComplete="username"
          required
          data-autofocus={props.email === "" || undefined}
          autoFocus={props.email === ""}
          value={email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <PasswordField
          label="Password"
          name="password"
          purpose="present"
          required
          autoFocus={props.email !== ""}
          value={password}
          onChange={setPassword}
        />
        <Button type="submit" loading={login.isPending} fullWidth>
          Log in
        </Button>
        <Text size="sm" c="dimmed">
          Forgotten it? An admin can set a new one under Settings → People.
        </Text>
      </Stack>
    </form>
  );
}
