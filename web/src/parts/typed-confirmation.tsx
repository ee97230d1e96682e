/** For what cannot be undone: the name of what is to go is typed by hand. */
import { Button, Code, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";

export function TypedConfirmation(props: {
  readonly title: string;
  /** What must be typed. */
  readonly word: string;
  readonly action: string;
  readonly pending: boolean;
  readonly children: ReactNode;
  readonly onConfirm: (typed: string) => void;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState("");
  const same = typed.trim() === props.word;
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={<Text fw={600}>{props.title}</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (same) props.onConfirm(typed.trim());
        }}
      >
        <Stack gap="md">
          {props.children}
          <TextInput
            label={
              <>
                Type <Code>{props.word}</Code> to confirm
              </>
            }
            data-autofocus
            autoComplete="off"
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={props.onClose}>
              Leave it
            </Button>
            <Button type="submit" color="red" disabled={!same} loading={props.pending}>
              {props.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
