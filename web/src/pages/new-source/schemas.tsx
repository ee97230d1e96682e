/** Step 3: what was found, which tables, how. The defaults are good enough to press Import at once. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api.ts";
import { useAsk } from "../../parts/ask.ts";
import { scheduleProblem } from "../../parts/cron.ts";
import { Failed } from "../../parts/state.tsx";
import type { Preflight } from "../../parts/words.ts";
import { Findings } from "./findings.tsx";
import { MoreSettings } from "./more-settings.tsx";
import { namingTables } from "./naming-tables.ts";
import { Offers } from "./offers.tsx";
import { PrefixField } from "./prefix-field.tsx";
import { prefixProblem, sentFields, type Wizard, type WizardStep } from "./wizard.ts";

type Props = WizardStep & { readonly preflight: Preflight; readonly onLinked: (id: string) => void };

export function Schemas({ preflight, wizard, change, go, onLinked }: Props) {
  const link = useLink(wizard, onLinked);
  const sources = useAsk("get /api/sources", {});
  const badPrefix = prefixProblem(wizard.prefix, sources.data?.map(({ prefix }) => prefix.toLowerCase()) ?? []);
  const chosen = Object.values(wizard.drafts).filter(({ enabled }) => enabled).length;
  const obstacle =
    preflight.linkedAs === null
      ? (badPrefix ?? scheduleObstacle(wizard) ?? (chosen === 0 ? "Choose at least one table." : null))
      : "This org is linked already.";
  return (
    <Stack gap="md">
      <Findings preflight={preflight} />
      <Offers
        preflight={preflight}
        prefix={wizard.prefix}
        drafts={wizard.drafts}
        onChange={(drafts) => change({ drafts: { ...wizard.drafts, ...drafts } })}
      />
      {/* Shown again only where it stands in the way: a suggestion may have been taken by another source meanwhile. */}
      {badPrefix !== null && !link.isPending && !link.isSuccess ? (
        <PrefixField
          prefix={wizard.prefix}
          problem={badPrefix}
          onChange={(prefix) => change({ prefix, prefixTouched: true })}
        />
      ) : null}
      <MoreSettings wizard={wizard} change={change} />
      {link.isError ? <Failed error={namingTables(link.error, Object.keys(wizard.drafts))} /> : null}
      <Group justify="space-between">
        <Button variant="default" onClick={() => go("credentials")}>
          Back
        </Button>
        <Group gap="sm">
          <Text size="sm" c="dimmed" role="status">
            {obstacle ?? `${chosen} ${chosen === 1 ? "table" : "tables"} into ${wizard.prefix}`}
          </Text>
          <Button disabled={obstacle !== null} loading={link.isPending} onClick={() => link.mutate()}>
            Import
          </Button>
        </Group>
      </Group>
      {wizard.type?.id === "simulated" ? (
        <Alert color="grape" variant="light">
          The simulated org is made up: its people, groups and events exist only on this machine.
        </Alert>
      ) : null}
    </Stack>
  );
}

function scheduleObstacle({ drafts }: Wizard): string | null {
  for (const [table, { schedule }] of Object.entries(drafts)) {
    const problem = scheduleProblem(schedule);
    if (problem !== null) return `${table}: frequency. ${problem}`;
  }
  return null;
}

function useLink(wizard: Wizard, onLinked: (id: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call("post /api/sources", {
        body: {
          type: wizard.type?.id ?? "okta",
          fields: sentFields(wizard),
          ...(wizard.name.trim() === "" ? {} : { name: wizard.name.trim() }),
          prefix: wizard.prefix,
          description: wizard.description,
          sharePercent: wizard.sharePercent,
          takesNewTables: wizard.takesNewTables,
          logsSince: wizard.logsSince === "" ? null : `${wizard.logsSince}T00:00:00.000Z`,
          tables: Object.entries(wizard.drafts).map(([table, draft]) => ({ table, ...draft })),
        },
      }),
    onSuccess: (source) => {
      queries.setQueryData(["get /api/sources/{id}", { params: { id: source.id } }], source);
      void queries.invalidateQueries({ queryKey: ["get /api/sources"] });
      onLinked(source.id);
    },
  });
}
