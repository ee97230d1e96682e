/** What few people need to change before the first import. */
import { Accordion, Checkbox, NumberInput, Stack, TextInput } from "@mantine/core";
import type { WizardStep } from "./wizard.ts";

const today = () => new Date().toISOString().slice(0, 10);

export function MoreSettings({ wizard, change }: Pick<WizardStep, "wizard" | "change">) {
  return (
    <Accordion variant="contained">
      <Accordion.Item value="more">
        <Accordion.Control>Logs from, share of the rate limit, new tables</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="md" maw={520}>
            <TextInput
              type="date"
              label="First date for logs"
              description="Left empty: the last 90 days, which is what Okta keeps. From the day on that you choose, UTC; it can be moved later."
              max={today()}
              value={wizard.logsSince}
              onChange={({ currentTarget }) => change({ logsSince: currentTarget.value })}
            />
            <NumberInput
              label="Share of Okta's rate limit, in percent"
              description="Rollcall leaves the rest to your other programs. Log-ins have their own limits and are never affected."
              min={1}
              max={100}
              allowDecimal={false}
              value={wizard.sharePercent}
              onChange={(value) => change({ sharePercent: Number(value) || 1 })}
            />
            <Checkbox
              label="Sync new tables by themselves"
              description="When a later version of Rollcall knows more of Okta's lists."
              checked={wizard.takesNewTables}
              onChange={({ currentTarget }) => change({ takesNewTables: currentTarget.checked })}
            />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
