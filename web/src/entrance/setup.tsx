/** The first start: whoever has the link that the server printed becomes the first admin. */
import { Alert, Button, Stack, Text, TextInput } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api.ts";
import { fieldErrors } from "../parts/field-errors.ts";
import { PasswordField } from "../parts/password-field.tsx";
import { Failed } from "../parts/state.tsx";
import { Frame } from "./frame.tsx";
import type { Session } from "./session.ts";
import { tokenIn } from "./setup-link.ts";

interface Props {
  readonly demo: boolean;
  readonly onEnter: (session: Session) => void;
}

export function SetupPage({ token: given, ...props }: Props & { readonly token: string | null }) {
  const [token, setToken] = useState(given);
  return (
    <Frame title="Set up Rollcall">
      {token === null ? <LinkNeeded onToken={setToken} /> : <SetupForm {...props} token={token} />}
    </Frame>
  );
}

function LinkNeeded({ onToken }: { readonly onToken: (token: string) => void }) {
  const [link, setLink] = useState("");
  const token = tokenIn(link);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (token !== null) onToken(token);
      }}
    >
      <Stack gap="md">
        <Text>Nobody can log in yet. Open the one-time setup link that the server printed when it started.</Text>
        <TextInput
          label="Or paste the link here"
          placeholder="http://127.0.0.1:8080/setup#…"
          autoComplete="off"
          value={link}
          error={link !== "" && token === null ? "This is not a setup link." : undefined}
          onChange={({ currentTarget }) => setLink(currentTarget.value)}
        />
        <Button type="submit" disabled={token === null}>
          Go on
        </Button>
      </Stack>
    </form>
  );
}

function SetupForm({ token, demo, onEnter }: Props & { readonly token: string }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const setup = useMutation({
    mutationFn: () => call("post /api/setup", { body: { token, name, email: email.trim(), password } }),
    onSuccess: onEnter,
  });
  const wrong = fieldErrors(setup.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setup.mutate();
      }}
    >
      <Stack gap="md">
        <Text c="dimmed">You become the first admin. Others are added afterwards, under Settings → People.</Text>
        {demo ? (
          <Alert icon={<IconInfoCircle aria-hidden />} title="This is the demo">
            It has a simulated Okta org, so that you can try everything without Okta.
          </Alert>
        ) : null}
        {setup.isError && Object.keys(wrong).length === 0 ? <Failed error={setup.error} /> : null}
        <TextInput
          label="Your name"
          name="name"
          autoComplete="name"
          required
          maxLength={100}
          autoFocus
          value={name}
          error={wrong["name"]}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <TextInput
          label="E-mail address"
          description="What you log in with; nothing is sent to it."
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          error={wrong["email"]}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <PasswordField
          label="Password"
          description="At least 12 characters."
          name="password"
          purpose="new"
          required
          value={password}
          error={wrong["password"]}
          onChange={setPassword}
        />
        <Button type="submit" loading={setup.isPending} fullWidth>
          Set up and log in
        </Button>
      </Stack>
    </form>
  );
}
