/** How Okta's rate-limit buckets stood: over time, and now. */
import { NativeSelect, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Result } from "../../api.ts";
import { useAsk } from "../../parts/ask.ts";
import { Chart } from "../../parts/chart.tsx";
import { count, percent } from "../../parts/format.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import { When } from "../../parts/when.tsx";
import type { Source } from "../../parts/words.ts";

type Sample = Result<"get /api/sources/{id}/buckets">[number];

const SPANS = [
  { value: "1", label: "Last hour" },
  { value: "24", label: "Last 24 hours" },
  { value: "168", label: "Last 7 days" },
  { value: "720", label: "Last 30 days" },
];
const LOOK_MS = 15_000;

export function RateLimits({ source }: { readonly source: Source }) {
  const [hours, setHours] = useState("24");
  const samples = useAsk(
    "get /api/sources/{id}/buckets",
    { params: { id: source.id }, query: { hours: Number(hours) } },
    { every_ms: LOOK_MS },
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <Text size="sm" c="dimmed" maw={720}>
          Okta counts requests per group of addresses and minute. Rollcall uses at most {source.sharePercent}% of each
          and leaves the rest to your other programs; change that under Configuration.
        </Text>
        <NativeSelect
          label="Time span"
          data={SPANS}
          value={hours}
          onChange={({ currentTarget }) => setHours(currentTarget.value)}
        />
      </Group>
      <Asked query={samples} what="the rate limits">
        {(all) =>
          all.length === 0 ? (
            <Empty title="No requests in this time">
              Figures appear with the next run, from the headers of Okta's answers.
            </Empty>
          ) : (
            <>
              <Usage samples={all} />
              <Latest samples={all} />
            </>
          )
        }
      </Asked>
    </Stack>
  );
}

const usedOf = ({ limit, remaining }: Sample): number | null =>
  limit === null || remaining === null || limit === 0 ? null : 1 - remaining / limit;

function Usage({ samples }: { readonly samples: readonly Sample[] }) {
  const option = useMemo(() => optionOf(samples), [samples]);
  return <Chart option={option} label="Share of each rate limit in use, in percent, over time" height={300} />;
}

function optionOf(samples: readonly Sample[]) {
  const byBucket = Map.groupBy(samples, ({ bucket }) => bucket);
  return {
    tooltip: { trigger: "axis" },
    legend: { type: "scroll", bottom: 0 },
    grid: { left: 48, right: 16, top: 16, bottom: 56 },
    xAxis: { type: "time" },
    yAxis: { type: "value", min: 0, max: 100, axisLabel: { formatter: "{value} %" } },
    series: [...byBucket].map(([bucket, of]) => ({
      type: "line",
      name: bucket,
      showSymbol: of.length < 3,
      data: of.flatMap((sample) => {
        const used = usedOf(sample);
        return used === null ? [] : [[sample.at, Math.round(used * 100)]];
      }),
    })),
  };
}

function Latest({ samples }: { readonly samples: readonly Sample[] }) {
  const latest = [...Map.groupBy(samples, ({ bucket }) => bucket)].flatMap(([bucket, of]) => {
    const last = of.at(-1);
    const most = Math.max(0, ...of.map((sample) => usedOf(sample) ?? 0));
    return last === undefined ? [] : [{ bucket, last, most }];
  });
  return (
    <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Bucket</Table.Th>
            <Table.Th ta="right">Limit per minute</Table.Th>
            <Table.Th ta="right">Remaining</Table.Th>
            <Table.Th>Most used in this time</Table.Th>
            <Table.Th>Last heard</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {latest.map(({ bucket, last, most }) => (
            <Table.Tr key={bucket}>
              <Table.Td ff="monospace">{bucket}</Table.Td>
              <Table.Td ta="right">{last.limit === null ? "unknown" : count(last.limit)}</Table.Td>
              <Table.Td ta="right">{last.remaining === null ? "unknown" : count(last.remaining)}</Table.Td>
              <Table.Td>
                <Group gap="xs" wrap="nowrap">
                  <Progress value={most * 100} w={90} aria-label={`Most of ${bucket} used`} />
                  <Text size="sm">{percent(most)}</Text>
                </Group>
              </Table.Td>
              <Table.Td>
                <When at={last.at} never="Never" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
