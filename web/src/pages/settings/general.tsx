/** What applies to the whole server. */
import { Button, Fieldset, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Result } from "../../api.ts";
import { useAsk, useDo } from "../../parts/ask.ts";
import { fieldErrors } from "../../parts/field-errors.ts";
import { ZoneField } from "../../parts/schedule-field.tsx";
import { Asked } from "../../parts/state.tsx";
import { useMay } from "../../shell/may.ts";

type Settings = Result<"get /api/settings">;

export function GeneralTab() {
  const asked = useAsk("get /api/settings", {});
  return (
    <Asked query={asked} what="the settings">
      {(settings) => <GeneralForm settings={settings} />}
    </Asked>
  );
}

function GeneralForm({ settings }: { readonly settings: Settings }) {
  const canChange = useMay("admin");
  const [draft, setDraft] = useState(settings);
  const save = useDo("patch /api/settings", "Settings saved.");
  const wrong = fieldErrors(save.error);
  const change = (part: Partial<Settings>) => setDraft((before) => ({ ...before, ...part }));
  const isChanged = JSON.stringify(draft) !== JSON.stringify(settings);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ body: { ...draft, publicUrl: draft.publicUrl?.trim() || null } }, { onSuccess: setDraft });
      }}
    >
      <Stack gap="md" maw={520}>
        {canChange ? null : <Text c="dimmed">Only an admin can change these.</Text>}
        <Fieldset variant="unstyled" disabled={!canChange} aria-label="Settings of the server">
          <Stack gap="md">
            <ZoneField zone={draft.zone} onChange={(zone) => change({ zone })} />
            <NumberInput
              label="Keep runs and their logs for"
              description="Rows in the warehouse are not concerned."
              suffix=" days"
              min={1}
              max={3650}
              required
              value={draft.runLogDays}
              error={wrong["runLogDays"]}
              onChange={(value) => change({ runLogDays: Number(value) })}
            />
            <NumberInput
              label="Stop a query after"
              description="The longest that anybody's query may run."
              suffix=" s"
              min={1}
              max={3600}
              required
              value={draft.queryTimeout_s}
              error={wrong["queryTimeout_s"]}
              onChange={(value) => change({ queryTimeout_s: Number(value) })}
            />
            <TextInput
              label="Public address"
              description="How people reach this server: for links in notifications. The server answers under this name, too."
              placeholder="https://rollcall.acme.com"
              value={draft.publicUrl ?? ""}
              error={wrong["publicUrl"]}
              onChange={({ currentTarget }) =>
                change({ publicUrl: currentTarget.value === "" ? null : currentTarget.value })
              }
            />
          </Stack>
        </Fieldset>
        {canChange ? (
          <Button type="submit" loading={save.isPending} disabled={!isChanged} w="fit-content">
            Save
          </Button>
        ) : null}
      </Stack>
    </form>
  );
}
