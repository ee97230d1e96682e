/** What I asked, the latest first; a click brings it back into the editor. */
import { Button, ScrollArea, Stack, UnstyledButton } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useDo } from "../../parts/ask.ts";
import { count, relative } from "../../parts/format.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import { useHistory, type Asked as Entry } from "../../query/warehouse.ts";
import classes from "./sql.module.css";

export function HistoryList({ onLoad }: { readonly onLoad: (sql: string) => void }) {
  const history = useHistory();
  return (
    <Asked query={history} what="what you asked">
      {(entries) =>
        entries.length === 0 ? (
          <Empty title="Nothing asked yet">Every query that you run is listed here, for you alone.</Empty>
        ) : (
          <Stack gap="xs">
            <ScrollArea.Autosize
              scrollbars="y"
              mah="calc(100dvh - 240px)"
              type="auto"
              offsetScrollbars
              viewportProps={{ tabIndex: -1 }}
            >
              <ul className={classes.list} aria-label="What you asked">
                {entries.map((entry) => (
                  <Line key={entry.id} entry={entry} onLoad={onLoad} />
                ))}
              </ul>
            </ScrollArea.Autosize>
            <Forget />
          </Stack>
        )
      }
    </Asked>
  );
}

function Line({ entry, onLoad }: { readonly entry: Entry; readonly onLoad: (sql: string) => void }) {
  const came =
    entry.error === null ? (entry.rows === null ? "stopped" : `${count(entry.rows)} rows`) : `failed: ${entry.error}`;
  return (
    <li className={classes.line}>
      <UnstyledButton className={classes.insert} onClick={() => onLoad(entry.sql)} title={entry.sql}>
        <code className={classes.about}>{entry.sql}</code>
        <span className={classes.about} title={entry.at}>
          {relative(entry.at)} · {came} · {(entry.duration_ms / 1000).toFixed(2)} s
        </span>
      </UnstyledButton>
    </li>
  );
}

function Forget() {
  const forget = useDo("delete /api/warehouse/history");
  const ask = () =>
    modals.openConfirmModal({
      title: "Forget what you asked?",
      children: "Saved queries stay. The list cannot be brought back.",
      labels: { confirm: "Forget", cancel: "Keep" },
      confirmProps: { color: "red" },
      onConfirm: () => forget.mutate({}),
    });
  return (
    <Button size="xs" variant="subtle" color="gray" onClick={ask} loading={forget.isPending}>
      Forget all
    </Button>
  );
}
