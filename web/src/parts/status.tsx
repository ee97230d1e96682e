/** One word, one colour and one sign per status; colour is never the only sign. */
import { Badge, type MantineColor } from "@mantine/core";
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconHandStop,
  IconLoader2,
  IconMinus,
  IconPlayerPause,
  IconX,
  type Icon,
} from "@tabler/icons-react";

interface Look {
  readonly label: string;
  readonly color: MantineColor;
  readonly icon: Icon;
}

const LOOKS = {
  failed: { label: "Failed", color: "red", icon: IconX },
  held: { label: "Held", color: "orange", icon: IconHandStop },
  partial: { label: "Partial", color: "orange", icon: IconAlertTriangle },
  paused: { label: "Paused", color: "yellow", icon: IconPlayerPause },
  stale: { label: "Stale", color: "yellow", icon: IconAlertTriangle },
  cancelled: { label: "Cancelled", color: "gray", icon: IconBan },
  running: { label: "Running", color: "blue", icon: IconLoader2 },
  queued: { label: "Queued", color: "blue", icon: IconClock },
  waiting: { label: "Not synced yet", color: "gray", icon: IconClock },
  completed: { label: "Completed", color: "green", icon: IconCheck },
  skipped: { label: "Skipped", color: "gray", icon: IconMinus },
  off: { label: "Off", color: "gray", icon: IconMinus },
} as const satisfies Record<string, Look>;

export type Status = keyof typeof LOOKS;

export const statusLabel = (status: Status): string => LOOKS[status].label;

export function StatusTag({ status, count }: { readonly status: Status; readonly count?: number }) {
  const { label, color, icon: Sign } = LOOKS[status];
  return (
    <Badge color={color} variant="light" leftSection={<Sign size={12} aria-hidden />} tt="none" miw="max-content">
      {count === undefined ? label : `${count} ${label.toLowerCase()}`}
    </Badge>
  );
}
