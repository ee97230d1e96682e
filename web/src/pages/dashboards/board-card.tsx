/** A card of a dashboard: the chart of a saved query, and the handles to arrange it. */
import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { ActionIcon, Card as Paper, Group, Text } from "@mantine/core";
import {
  IconArrowsHorizontal,
  IconArrowsVertical,
  IconGripVertical,
  IconMinus,
  IconPlus,
  IconX,
} from "@tabler/icons-react";
import type { CSSProperties, ReactNode } from "react";
import { QueryCard } from "../../query/query-card.tsx";
import type { SavedQuery } from "../../query/warehouse.ts";
import type { Card } from "./board.tsx";
import classes from "./board.module.css";

const ROW_PX = 80;
/** Title, description and paddings around what is drawn. */
const FRAME_PX = 112;
/** The name of a card whose saved query is gone. */
export const DELETED = "A deleted query";
const BOUNDS = { width: [3, 12], height: [2, 12] } as const;

interface BoardCardProps {
  readonly id: string;
  readonly card: Card;
  /** Null: deleted since. */
  readonly query: SavedQuery | null;
  readonly isArranging: boolean;
  /** Null: removes it. */
  readonly onChange: (card: Card | null) => void;
}

export function BoardCard({ id, card, query, isArranging, onChange }: BoardCardProps) {
  const { setNodeRef, transform, transition, isDragging, attributes, listeners } = useSortable({
    id,
    disabled: !isArranging,
  });
  const name = query?.name ?? DELETED;
  const height = card.height * ROW_PX;
  const style: CSSProperties & Record<"--card-width", number> = {
    height: isArranging ? height + 44 : height,
    transform: CSS.Translate.toString(transform),
    "--card-width": card.width,
    ...(transition === undefined ? {} : { transition }),
  };
  return (
    <div ref={setNodeRef} className={classes.card} style={style} data-dragged={isDragging}>
      {isArranging ? (
        <Tools name={name} card={card} onChange={onChange} attributes={attributes} listeners={listeners} />
      ) : null}
      <div style={{ height }}>
        {query === null ? (
          <Paper withBorder h="100%" component="section" aria-label={name}>
            <Text c="dimmed">The saved query of this card has been deleted.</Text>
          </Paper>
        ) : (
          <QueryCard
            title={query.name}
            about={query.description}
            sql={query.sql}
            chart={query.chart}
            href={`/sql?query=${encodeURIComponent(query.id)}`}
            hrefLabel="Open query"
            height={Math.max(80, height - FRAME_PX)}
          />
        )}
      </div>
    </div>
  );
}

type Sortable = ReturnType<typeof useSortable>;

interface ToolsProps {
  readonly name: string;
  readonly card: Card;
  readonly onChange: (card: Card | null) => void;
  /** What makes the grip one: roles, keys and pointers. */
  readonly attributes: Sortable["attributes"];
  readonly listeners: Sortable["listeners"];
}

function Tools({ name, card, onChange, attributes, listeners }: ToolsProps) {
  return (
    <Group h={40} mb={4} gap="xs" justify="space-between" wrap="nowrap">
      <ActionIcon
        variant="default"
        size="md"
        style={{ cursor: "grab", touchAction: "none" }}
        {...attributes}
        {...listeners}
        aria-label={`Move ${name}`}
      >
        <IconGripVertical size={16} aria-hidden />
      </ActionIcon>
      <Group gap="xs" wrap="nowrap">
        <Size
          what="width"
          name={name}
          card={card}
          onChange={onChange}
          sign={<IconArrowsHorizontal size={14} aria-hidden />}
        />
        <Size
          what="height"
          name={name}
          card={card}
          onChange={onChange}
          sign={<IconArrowsVertical size={14} aria-hidden />}
        />
        <ActionIcon
          variant="default"
          size="md"
          aria-label={`Remove ${name} from the dashboard`}
          onClick={() => onChange(null)}
        >
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </Group>
  );
}

interface SizeProps {
  readonly what: "width" | "height";
  readonly name: string;
  readonly card: Card;
  readonly onChange: (card: Card) => void;
  readonly sign: ReactNode;
}

function Size({ what, name, card, onChange, sign }: SizeProps) {
  const [least, most] = BOUNDS[what];
  const now = card[what];
  const to = (size: number) => onChange({ ...card, [what]: size });
  return (
    <ActionIcon.Group aria-label={`${what} of ${name}`} role="group">
      <ActionIcon
        variant="default"
        size="md"
        disabled={now <= least}
        aria-label={`Less ${what} for ${name}`}
        onClick={() => to(now - 1)}
      >
        <IconMinus size={14} aria-hidden />
      </ActionIcon>
      <ActionIcon.GroupSection variant="default" size="md" px={6} title={`${what}: ${now}`}>
        {sign}
      </ActionIcon.GroupSection>
      <ActionIcon
        variant="default"
        size="md"
        disabled={now >= most}
        aria-label={`More ${what} for ${name}`}
        onClick={() => to(now + 1)}
      >
        <IconPlus size={14} aria-hidden />
      </ActionIcon>
    </ActionIcon.Group>
  );
}
