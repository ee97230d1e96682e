/** Step 4: the tables arriving. Also after a reload: all it needs is in the address. */
import { Alert, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { Link } from "wouter";
import { useAsk } from "../../parts/ask.ts";
import { RunProgress } from "../../parts/run-progress.tsx";
import { Asked, Loading } from "../../parts/state.tsx";
import type { Source } from "../../parts/words.ts";

const LOOK_MS = 3000;

export function Progress({ id }: { readonly id: string }) {
  const source = useAsk("get /api/sources/{id}", { params: { id } });
  return (
    <Asked query={source} what="the source">
      {(found) => (
        <Stack gap="md">
          <Where source={found} />
          <LatestRun source={found} />
          <Group>
            <Button component={Link} href={`/sources/${found.id}`} variant="default">
              To the source
            </Button>
            <Text size="sm" c="dimmed">
              You can leave this page: the import goes on.
            </Text>
          </Group>
        </Stack>
      )}
    </Asked>
  );
}

function LatestRun({ source }: { readonly source: Source }) {
  const latest = useAsk("get /api/runs", { query: { source: source.id, limit: 1 } }, { every_ms: LOOK_MS });
  const run = latest.data?.runs[0];
  if (run === undefined) return <Loading what="the first run" />;
  return <RunProgress runId={run.id} source={source} />;
}

function Where({ source }: { readonly source: Source }) {
  return (
    <Alert variant="light" icon={<IconDatabase aria-hidden />} title={`${source.name} is linked`}>
      Its tables are in the schema <b>{source.prefix}</b> of this server's warehouse, for example{" "}
      <b>{source.prefix}.users</b>. Query them on the{" "}
      <Anchor component={Link} href="/sql" c="inherit" inherit underline="always">
        SQL page
      </Anchor>{" "}
      as soon as a table is there; later runs keep them current.
    </Alert>
  );
}
