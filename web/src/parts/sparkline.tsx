/** Seven days in a thumbnail; the figures are its text. */
import { count, countShort } from "./format.ts";
import { Group, Text } from "@mantine/core";

interface Day {
  readonly day: string;
  readonly rows: number;
}

const WIDTH = 84;
const HEIGHT = 24;
const GAP = 3;
const LEAST = 1.5;

export function Sparkline({ days }: { readonly days: readonly Day[] }) {
  const most = Math.max(1, ...days.map(({ rows }) => rows));
  const bar = (WIDTH - GAP * (days.length - 1)) / Math.max(1, days.length);
  const total = days.reduce((sum, { rows }) => sum + rows, 0);
  const text = `${count(total)} rows moved in the last 7 days: ${days.map(({ day, rows }) => `${day} ${count(rows)}`).join(", ")}`;
  return (
    <Group gap={6} wrap="nowrap">
      <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={text}>
        <title>{text}</title>
        {days.map(({ day, rows }, index) => {
          const height = Math.max(LEAST, (rows / most) * HEIGHT);
          return (
            <rect
              key={day}
              x={index * (bar + GAP)}
              y={HEIGHT - height}
              width={bar}
              height={height}
              rx={1}
              fill={rows === 0 ? "var(--mantine-color-default-border)" : "var(--mantine-primary-color-filled)"}
            />
          );
        })}
      </svg>
      <Text span size="xs" c="dimmed" aria-hidden>
        {countShort(total)}
      </Text>
    </Group>
  );
}
