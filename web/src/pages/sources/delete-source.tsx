/** Unlinking a source: the name is typed, and what becomes of the data is spelled out. */
import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { useDo } from "../../parts/ask.ts";
import { count } from "../../parts/format.ts";
import { TypedConfirmation } from "../../parts/typed-confirmation.tsx";
import type { Source } from "../../parts/words.ts";

export function DeleteSource({ source, onClose }: { readonly source: Source; readonly onClose: () => void }) {
  const [data, setData] = useState<"keep" | "delete">("keep");
  const [path, go] = useLocation();
  const remove = useDo("delete /api/sources/{id}", `${source.name} is unlinked.`);
  const logs = source.tables.filter(({ isLog, rowsStored }) => isLog && rowsStored > 0);
  return (
    <TypedConfirmation
      title={`Delete ${source.name}`}
      word={source.name}
      action={data === "keep" ? "Unlink, keep the data" : "Unlink and delete the data"}
      pending={remove.isPending}
      onClose={onClose}
      onConfirm={(confirm) =>
        remove.mutate(
          { params: { id: source.id }, body: { confirm, data } },
          { onSuccess: () => (path === "/sources" ? onClose() : go("/sources")) },
        )
      }
    >
      <Text size="sm">Its credential, its schedules and its settings are deleted. Okta itself is not touched.</Text>
      <Radio.Group label="What becomes of its tables" value={data} onChange={setData}>
        <Stack gap="xs" mt={6}>
          <Radio
            value="keep"
            label="Keep the data"
            description={`${count(source.rowsStored)} rows stay in the schema ${source.prefix} and can be queried; nothing updates them any more.`}
          />
          <Radio
            value="delete"
            label="Delete the data"
            color="red"
            description={
              logs.length === 0
                ? `${count(source.rowsStored)} rows are deleted for good.`
                : `${count(source.rowsStored)} rows are deleted for good, among them logs: Okta keeps those for 90 days only, so what is older cannot be read again.`
            }
          />
        </Stack>
      </Radio.Group>
    </TypedConfirmation>
  );
}
