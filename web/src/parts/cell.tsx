/** One value, whole: nested ones indented, with a way to copy it. */
import { Button, Code, Group, Modal, ScrollArea, Stack, Text } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { pretty, plain } from "../query/cell-text.ts";
import { copyText } from "../query/clipboard.ts";
import { instantOf, kindOf, type Column } from "../query/result.ts";
import { dateTime, relative } from "./format.ts";

export interface Opened {
  readonly column: Column;
  readonly value: unknown;
}

export function CellView({ opened, onClose }: { readonly opened: Opened | null; readonly onClose: () => void }) {
  return (
    <Modal
      opened={opened !== null}
      onClose={onClose}
      title={opened?.column.name}
      size="lg"
      closeButtonProps={{ "aria-label": "Close the value" }}
    >
      {opened === null ? null : <Value {...opened} />}
    </Modal>
  );
}

function Value({ column, value }: Opened) {
  const text = pretty(value, column.type);
  const at = kindOf(column.type) === "time" ? instantOf(value) : null;
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {column.type.length > 200 ? `${column.type.slice(0, 200)}…` : column.type}
      </Text>
      {at === null ? null : (
        <Text size="sm">
          {dateTime(new Date(at).toISOString())} in your time zone, {relative(new Date(at).toISOString())}
        </Text>
      )}
      <ScrollArea.Autosize
        mah="55dvh"
        type="auto"
        viewportProps={{ tabIndex: 0, role: "group", "aria-label": "The value" }}
      >
        <Code block fz="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {text === "" ? "(empty text)" : text}
        </Code>
      </ScrollArea.Autosize>
      <Group>
        <Button
          size="xs"
          variant="light"
          leftSection={<IconCopy size={14} aria-hidden />}
          onClick={() => void copyText(typeof value === "string" ? plain(value) : text, "The value")}
        >
          Copy
        </Button>
      </Group>
    </Stack>
  );
}
