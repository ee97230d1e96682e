/** Asks for the name of a dashboard. */
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

interface NameDialogProps {
  readonly title: string;
  readonly name: string;
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onName: (name: string) => void;
}

export function NameDialog({ title, name: before, isBusy, onClose, onName }: NameDialogProps) {
  const [name, setName] = useState(before);
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onName(name.trim());
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            required
            label="Name"
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isBusy} disabled={name.trim() === ""}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
