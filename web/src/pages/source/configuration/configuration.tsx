/** How a source is named, reached and paced. */
import { Grid, Stack } from "@mantine/core";
import type { Source } from "../../../parts/words.ts";
import { CheckNow } from "./check-now.tsx";
import { Connection } from "./connection.tsx";
import { General } from "./general.tsx";

export function Configuration({ source }: { readonly source: Source }) {
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <General source={source} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack gap="lg">
          <Connection source={source} />
          <CheckNow source={source} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
