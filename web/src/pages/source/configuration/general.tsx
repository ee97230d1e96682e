/** Name, pace, and what happens to new tables. */
import {
  Button,
  Card,
  Checkbox,
  Code,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useState } from "react";
import { useDo } from "../../../parts/ask.ts";
import { duration } from "../../../parts/format.ts";
import type { Source } from "../../../parts/words.ts";

const HOUR_S = 3600;
const DAY_S = 86_400;
/** The usual ones; whatever else is set keeps its own entry. */
const INTERVALS: ReadonlyMap<number, string> = new Map([
  [0, "In every run"],
  [HOUR_S, "Every hour"],
  [6 * HOUR_S, "Every 6 hours"],
  [12 * HOUR_S, "Every 12 hours"],
  [DAY_S, "Every day"],
  [7 * DAY_S, "Every 7 days"],
  [30 * DAY_S, "Every 30 days"],
]);

interface Draft {
  readonly name: string;
  readonly description: string;
  readonly sharePercent: number;
  readonly completeEvery_s: number;
  readonly logsSince: string;
  readonly takesNewTables: boolean;
}

const draftOf = (source: Source): Draft => ({
  name: source.name,
  description: source.description,
  sharePercent: source.sharePercent,
  completeEvery_s: source.completeEvery_s,
  logsSince: source.logsSince?.slice(0, 10) ?? "",
  takesNewTables: source.takesNewTables,
});

export function General({ source }: { readonly source: Source }) {
  const [draft, setDraft] = useState(() => draftOf(source));
  const save = useDo("patch /api/sources/{id}", "Saved.");
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const { logsSince, ...rest } = draft;
  return (
    <Card withBorder component="section" aria-labelledby="general">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // Untouched, the exact instant is left as it is: the day alone would move it.
          const same = logsSince === draftOf(source).logsSince;
          const logs = same ? {} : { logsSince: logsSince === "" ? null : `${logsSince}T00:00:00.000Z` };
          save.mutate({ params: { id: source.id }, body: { ...rest, ...logs } });
        }}
      >
        <Stack gap="md">
          <Title order={2} size="h4" id="general">
            General
          </Title>
          <Naming draft={draft} change={change} prefix={source.prefix} />
          <Pace draft={draft} change={change} />
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={draft.name.trim() === ""}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

interface Part {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}

function Naming({ draft, change, prefix }: Part & { readonly prefix: string }) {
  return (
    <>
      <TextInput
        label="Name"
        required
        maxLength={100}
        value={draft.name}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxLength={2000}
        value={draft.description}
        onChange={({ currentTarget }) => change({ description: currentTarget.value })}
      />
      <Text size="sm">
        Table prefix: <Code>{prefix}</Code>. It stays as it is, so that queries go on working.
      </Text>
    </>
  );
}

function Pace({ draft, change }: Part) {
  const intervals = [...new Set([...INTERVALS.keys(), draft.completeEvery_s])].sort((a, b) => a - b);
  return (
    <>
      <NumberInput
        label="Share of Okta's rate limit, in percent"
        description="Rollcall leaves the rest to your other programs."
        min={1}
        max={100}
        allowDecimal={false}
        value={draft.sharePercent}
        onChange={(value) => change({ sharePercent: Number(value) || 1 })}
      />
      <NativeSelect
        label="Complete reading"
        description="Incremental tables are read in full this often, to find what left Okta: Okta does not tell of deletions."
        value={String(draft.completeEvery_s)}
        data={intervals.map((seconds) => ({
          value: String(seconds),
          label: INTERVALS.get(seconds) ?? `Every ${duration(seconds)}`,
        }))}
        onChange={({ currentTarget }) => change({ completeEvery_s: Number(currentTarget.value) })}
      />
      <TextInput
        type="date"
        label="First date for logs"
        description="Left empty: 90 days before the first sync. An earlier date is read from Okta as far as it still has it; a later one shortens nothing."
        value={draft.logsSince}
        onChange={({ currentTarget }) => change({ logsSince: currentTarget.value })}
      />
      <Checkbox
        label="Sync new tables by themselves"
        description="When a later version of Rollcall knows more of Okta's lists."
        checked={draft.takesNewTables}
        onChange={({ currentTarget }) => change({ takesNewTables: currentTarget.checked })}
      />
    </>
  );
}
