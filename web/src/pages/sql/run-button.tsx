/** Run, or Stop while it runs; and how many rows at most. */
import { Button, Select } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";

interface RunButtonProps {
  readonly isRunning: boolean;
  readonly isBlank: boolean;
  readonly onRun: () => void;
  readonly onStop: () => void;
}

export function RunButton({ isRunning, isBlank, onRun, onStop }: RunButtonProps) {
  return isRunning ? (
    <Button size="xs" color="red" leftSection={<IconPlayerStop size={14} aria-hidden />} onClick={onStop} w={92}>
      Stop
    </Button>
  ) : (
    <Button size="xs" leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={onRun} disabled={isBlank} w={92}>
      Run
    </Button>
  );
}

/** More than this is a file, not a page. */
export const MOST_ROWS = 100_000;
const ROW_LIMITS = [1000, 10_000, MOST_ROWS] as const;

export function RowLimit({ value, onChange }: { readonly value: number; readonly onChange: (rows: number) => void }) {
  return (
    <Select
      size="xs"
      w={150}
      aria-label="At most so many rows"
      allowDeselect={false}
      data={ROW_LIMITS.map((rows) => ({ value: String(rows), label: `${rows.toLocaleString("en")} rows` }))}
      value={String(value)}
      onChange={(rows) => onChange(Number(rows))}
    />
  );
}
