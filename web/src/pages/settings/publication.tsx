/** Copies of the warehouse for other programs: the live file is the server's own, and locked. */
import { Alert, Button, Fieldset, Group, MultiSelect, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import type { Result } from "../../api.ts";
import { useAsk, useDo } from "../../parts/ask.ts";
import { fieldErrors } from "../../parts/field-errors.ts";
import { ScheduleField } from "../../parts/schedule-field.tsx";
import { Asked } from "../../parts/state.tsx";
import { When } from "../../parts/when.tsx";
import type { Schedule } from "../../parts/words.ts";

type Publication = Result<"get /api/warehouse/publication">;

const NIGHTLY: Schedule = { kind: "every", frequency: "24hour", anchor: null, zone: "UTC" };

export function PublicationTab() {
  const asked = useAsk("get /api/warehouse/publication", {});
  return (
    <Asked query={asked} what="the publication">
      {(publication) => (
        <Stack gap="lg" maw={620}>
          <Text c="dimmed">
            Only this server can open the warehouse&apos;s file. For BI tools and notebooks it publishes copies,
            switched as a whole, so that a reader never meets half of one.
          </Text>
          <Last publication={publication} />
          <PublicationForm publication={publication} />
        </Stack>
      )}
    </Asked>
  );
}

function Last({ publication: { lastAt, lastError, file, directory } }: { readonly publication: Publication }) {
  const publish = useDo("post /api/warehouse/publication/publish", "Published.");
  return (
    <Stack gap="xs">
      {lastError === null ? null : (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="The last publication failed">
          {lastError}
        </Alert>
      )}
      <Group gap="md">
        <Text size="sm">
          Last published: <When at={lastAt} never="never" />
        </Text>
        <Button
          variant="light"
          size="compact-md"
          disabled={file === null && directory === null}
          loading={publish.isPending}
          onClick={() => publish.mutate({})}
        >
          Publish now
        </Button>
      </Group>
    </Stack>
  );
}

function PublicationForm({ publication }: { readonly publication: Publication }) {
  const [file, setFile] = useState(publication.file ?? "");
  const [directory, setDirectory] = useState(publication.directory ?? "");
  const [tables, setTables] = useState(publication.tables);
  const [schedule, setSchedule] = useState(publication.schedule as Schedule | null);
  const catalogue = useAsk("get /api/warehouse", {});
  const save = useDo("put /api/warehouse/publication", "Saved.");
  const wrong = fieldErrors(save.error);
  const names = catalogue.data?.map(({ schema, name }) => `${schema}.${name}`) ?? [];
  const submit = () =>
    save.mutate({ body: { file: file.trim() || null, directory: directory.trim() || null, tables, schedule } });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Snapshot file"
          description="A whole DuckDB file on the server's machine. Left empty: none."
          placeholder="/srv/bi/okta.duckdb"
          autoComplete="off"
          value={file}
          error={wrong["file"]}
          onChange={({ currentTarget }) => setFile(currentTarget.value)}
        />
        <TextInput
          label="Parquet folder"
          description="One Parquet file per table, on the server's machine. Left empty: none."
          placeholder="/srv/bi/parquet"
          autoComplete="off"
          value={directory}
          error={wrong["directory"]}
          onChange={({ currentTarget }) => setDirectory(currentTarget.value)}
        />
        <MultiSelect
          label="Tables published as Parquet"
          placeholder={tables.length === 0 ? "Choose tables" : ""}
          data={[...new Set([...names, ...tables])]}
          value={tables}
          searchable
          clearable
          disabled={directory.trim() === ""}
          error={wrong["tables"]}
          onChange={setTables}
        />
        <Fieldset legend="When">
          <Stack gap="md">
            <Switch
              label="Publish by itself"
              checked={schedule !== null}
              onChange={({ currentTarget }) => setSchedule(currentTarget.checked ? NIGHTLY : null)}
            />
            {schedule === null ? null : <ScheduleField label="How often" value={schedule} onChange={setSchedule} />}
          </Stack>
        </Fieldset>
        <Button type="submit" w="fit-content" loading={save.isPending}>
          Save
        </Button>
      </Stack>
    </form>
  );
}
