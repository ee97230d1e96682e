/** Editor and result. One per text that is open: `of` names it, and a new name begins anew. */
import { Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, useState, type RefObject } from "react";
import { useSession } from "../../entrance/session.ts";
import { Code, type CodeHandle } from "../../parts/code.tsx";
import { LIMITS } from "../../query/ask.ts";
import { draftOf, keepDraft } from "../../query/drafts.ts";
import { fits, suggestedChart } from "../../query/drawing.ts";
import { useCatalogue, type SavedQuery } from "../../query/warehouse.ts";
import { Result } from "./result.tsx";
import { RowLimit, RunButton } from "./run-button.tsx";
import { SaveMenu } from "./save-menu.tsx";
import classes from "./sql.module.css";
import { Starters } from "./starters.tsx";
import { useRun } from "./use-run.ts";

interface WorkspaceProps {
  readonly of: string;
  readonly saved: SavedQuery | null;
  /** The text before anybody changed it. */
  readonly original: string;
  readonly runsAtOnce: boolean;
  readonly editor: RefObject<CodeHandle | null>;
}

export function Workspace({ of, saved, original, runsAtOnce, editor }: WorkspaceProps) {
  const { person } = useSession();
  const [text, setText] = useState(() => draftOf(person.id, of) ?? original);
  const [chart, setChart] = useState(saved?.chart ?? null);
  const [rows, setRows] = useState(LIMITS.maxRows);
  const catalogue = useCatalogue().data ?? [];
  const { answer, which, run, stop } = useRun(editor, text, rows);
  const mayWrite = person.role !== "viewer";

  const write = (next: string) => {
    setText(next);
    keepDraft(person.id, of, next === original ? null : next);
  };
  useEffect(() => {
    if (runsAtOnce && text.trim() !== "") run();
    // Only when it is opened.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  // What another query's columns were chosen for cannot be drawn of this one's: it suggests anew, and what is seen is what is saved.
  const drawn =
    chart === null || answer.table === null || fits(chart, answer.table) ? chart : suggestedChart(answer.table);
  const isChanged = saved !== null && (text !== saved.sql || JSON.stringify(chart) !== JSON.stringify(saved.chart));

  return (
    <Stack gap="sm" style={{ minWidth: 0 }}>
      {saved === null ? null : <Heading saved={saved} isChanged={isChanged} />}
      <div className={classes.editor}>
        <Code
          value={text}
          onChange={write}
          onRun={run}
          catalogue={catalogue}
          label="SQL"
          hint="SELECT … FROM okta.users"
          handle={editor}
        />
      </div>
      <Group gap="xs">
        <RunButton isRunning={answer.state === "running"} isBlank={text.trim() === ""} onRun={run} onStop={stop} />
        <RowLimit value={rows} onChange={setRows} />
        {mayWrite ? (
          <SaveMenu
            saved={saved}
            now={{ sql: text, chart: drawn }}
            isChanged={isChanged}
            columns={answer.table?.columns ?? []}
            onRevert={() => {
              write(original);
              setChart(saved?.chart ?? null);
            }}
            onSaved={() => keepDraft(person.id, of, null)}
          />
        ) : null}
      </Group>
      {saved === null && text.trim() === "" && answer.state === "idle" ? <Starters /> : null}
      <Result answer={answer} which={which} name={saved?.name ?? "result"} chart={drawn} onChart={setChart} />
    </Stack>
  );
}

function Heading({ saved, isChanged }: { readonly saved: SavedQuery; readonly isChanged: boolean }) {
  return (
    <div>
      <Title order={2} size="h4">
        {saved.name}
        {isChanged ? (
          <Text span size="sm" c="dimmed">
            {" "}
            · changed, not saved
          </Text>
        ) : null}
      </Title>
      {saved.description === "" ? null : (
        <Text size="sm" c="dimmed">
          {saved.description}
        </Text>
      )}
    </div>
  );
}
