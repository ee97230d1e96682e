/** A saved query's name and what else it is: a view, kept rows, an alert. */
import { Button, Divider, Group, Modal, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { relative } from "../../parts/format.ts";
import { ScheduleField } from "../../parts/schedule-field.tsx";
import { Failed } from "../../parts/state.tsx";
import type { Column } from "../../query/result.ts";
import { useSaveQuery, wordsOf, type QueryWords, type SavedQuery } from "../../query/warehouse.ts";
import { AlertFields } from "./alert-fields.tsx";
import { FillNow } from "./fill-now.tsx";

interface QueryDialogProps {
  /** Null: a new one. */
  readonly saved: SavedQuery | null;
  /** What is stored as its text and chart. */
  readonly now: Pick<QueryWords, "sql" | "chart">;
  readonly columns: readonly Column[];
  readonly onClose: () => void;
  readonly onSaved: (saved: SavedQuery) => void;
}

const DAILY = { kind: "every", frequency: "24hour", anchor: null, zone: "UTC" } as const;

export function QueryDialog({ saved, now, columns, onClose, onSaved }: QueryDialogProps) {
  const [words, setWords] = useState<QueryWords>(() =>
    saved === null ? { name: "", ...now } : { ...wordsOf(saved), ...now },
  );
  const save = useSaveQuery();
  const change = (some: Partial<QueryWords>) => setWords((old) => ({ ...old, ...some }));
  const submit = () => save.mutate({ id: saved?.id ?? null, words }, { onSuccess: onSaved });
  return (
    <Modal
      opened
      onClose={onClose}
      title={saved === null ? "Save the query" : "Saved query"}
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            required
            label="Name"
            maxLength={200}
            value={words.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Textarea
            label="Description"
            autosize
            minRows={2}
            maxLength={2000}
            value={words.description ?? ""}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
          <ViewFields words={words} saved={saved} onChange={change} />
          <AlertFields alert={words.alert ?? null} columns={columns} onChange={(alert) => change({ alert })} />
          {save.isError ? <Failed error={save.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={words.name.trim() === ""}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface ViewFieldsProps {
  readonly words: QueryWords;
  readonly saved: SavedQuery | null;
  readonly onChange: (some: Partial<QueryWords>) => void;
}

function ViewFields({ words, saved, onChange }: ViewFieldsProps) {
  const { viewName = null, materialise = null } = words;
  const isView = viewName !== null;
  return (
    <>
      <Divider label="View" labelPosition="left" />
      <Switch
        label="Make it a view"
        description="Other queries can then read from it like from a table."
        checked={isView}
        onChange={(event) =>
          onChange(
            event.currentTarget.checked ? { viewName: viewNameOf(words.name) } : { viewName: null, materialise: null },
          )
        }
      />
      {isView ? (
        <>
          <TextInput
            required
            label="Name of the view"
            leftSection={<Text size="sm">views.</Text>}
            leftSectionWidth={58}
            value={viewName}
            onChange={(event) => onChange({ viewName: event.currentTarget.value })}
            error={
              /^[A-Za-z_]\w{0,62}$/.test(viewName)
                ? null
                : "A letter or underscore, then letters, digits or underscores."
            }
            description={<code>SELECT * FROM views.{viewName}</code>}
          />
          <Switch
            label="Keep its rows"
            description="Computed on a schedule and stored, instead of each time somebody asks: for slow queries."
            checked={materialise !== null}
            onChange={(event) => onChange({ materialise: event.currentTarget.checked ? DAILY : null })}
          />
          {materialise === null ? null : (
            <ScheduleField label="Computed" value={materialise} onChange={(next) => onChange({ materialise: next })} />
          )}
          {saved === null || saved.materialise === null ? null : <Filled saved={saved} />}
        </>
      ) : null}
    </>
  );
}

function Filled({ saved }: { readonly saved: SavedQuery }) {
  return (
    <Group justify="space-between">
      <Text size="sm" c={saved.materialiseError === null ? "dimmed" : "var(--mantine-color-red-text)"}>
        {saved.materialiseError ??
          (saved.materialisedAt === null ? "Not computed yet." : `Computed ${relative(saved.materialisedAt)}.`)}
      </Text>
      <FillNow id={saved.id} />
    </Group>
  );
}

/** `Failed sign-ins, 7 days` → `failed_sign_ins_7_days` */
const viewNameOf = (name: string): string => {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "")
    .slice(0, 60);
  return /^[a-z]/.test(plain) ? plain : `view_${plain}`;
};
