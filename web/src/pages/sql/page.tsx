/** SQL: tables on the left, editor and result beside them. `?query=<id>` opens a saved query, `?sql=` a text. */
import { ActionIcon, Button, Drawer, Group, Stack, Tabs, Title } from "@mantine/core";
import { useDisclosure, useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconPlus } from "@tabler/icons-react";
import { useRef, type RefObject } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { useSession } from "../../entrance/session.ts";
import type { CodeHandle } from "../../parts/code.tsx";
import { Asked } from "../../parts/state.tsx";
import { keepDraft } from "../../query/drafts.ts";
import { useSavedQuery } from "../../query/warehouse.ts";
import { CatalogueTree } from "./catalogue.tsx";
import { HistoryList } from "./history.tsx";
import { SavedList } from "./saved.tsx";
import classes from "./sql.module.css";
import { Workspace } from "./workspace.tsx";

export default function SqlPage() {
  const editor = useRef<CodeHandle>(null);
  const [params] = useSearchParams();
  const id = params.get("query");
  const isWide = useMediaQuery("(min-width: 62em)") ?? true;
  const [isSideOpen, setSideOpen] = useLocalStorage({ key: "rollcall.sql.side", defaultValue: true });
  const [isDrawerOpen, drawer] = useDisclosure(false);
  const toggle = () => (isWide ? setSideOpen(!isSideOpen) : drawer.open());
  const side = <Side editor={editor} current={id} onUsed={drawer.close} />;
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={toggle}
          aria-label="Tables, saved queries and history"
          aria-expanded={isWide ? isSideOpen : isDrawerOpen}
        >
          {isWide && isSideOpen ? (
            <IconLayoutSidebarLeftCollapse size={20} aria-hidden />
          ) : (
            <IconLayoutSidebarLeftExpand size={20} aria-hidden />
          )}
        </ActionIcon>
        <Title order={1} size="h3">
          SQL
        </Title>
        {id === null && !params.has("sql") ? null : (
          <Button
            component={Link}
            href="/sql"
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} aria-hidden />}
          >
            Blank query
          </Button>
        )}
      </Group>
      <div className={classes.page} data-side={isSideOpen}>
        {isWide && isSideOpen ? (
          <aside className={classes.side} aria-label="Tables, saved queries and history">
            {side}
          </aside>
        ) : null}
        <Opened id={id} sql={params.get("sql")} editor={editor} />
      </div>
      <Drawer
        opened={isDrawerOpen && !isWide}
        onClose={drawer.close}
        title="Tables, saved queries and history"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {side}
      </Drawer>
    </Stack>
  );
}

function Opened({
  id,
  sql,
  editor,
}: {
  readonly id: string | null;
  readonly sql: string | null;
  readonly editor: RefObject<CodeHandle | null>;
}) {
  const saved = useSavedQuery(id);
  const runsAtOnce = cameFromWithin();
  if (id === null)
    return (
      <Workspace
        key={sql ?? ""}
        of={sql ?? ""}
        saved={null}
        original={sql ?? ""}
        runsAtOnce={sql !== null && runsAtOnce}
        editor={editor}
      />
    );
  return (
    <Asked query={saved} what="the saved query">
      {(query) => (
        <Workspace key={id} of={id} saved={query} original={query.sql} runsAtOnce={runsAtOnce} editor={editor} />
      )}
    </Asked>
  );
}

/** A link on our own pages was pressed to see rows. An address from elsewhere, or a reload, runs nothing by itself. */
function cameFromWithin(): boolean {
  return performance.getEntriesByType("navigation")[0]?.name !== window.location.href;
}

interface SideProps {
  readonly editor: RefObject<CodeHandle | null>;
  readonly current: string | null;
  readonly onUsed: () => void;
}

function Side({ editor, current, onUsed }: SideProps) {
  const [, navigate] = useLocation();
  const { person } = useSession();
  const insert = (name: string, alone?: string) => {
    editor.current?.insert(name, alone);
    onUsed();
  };
  const load = (sql: string) => {
    keepDraft(person.id, sql, null);
    navigate(`/sql?sql=${encodeURIComponent(sql)}`);
    onUsed();
  };
  return (
    <Tabs defaultValue="tables" keepMounted={false}>
      <Tabs.List grow mb="sm">
        <Tabs.Tab value="tables">Tables</Tabs.Tab>
        <Tabs.Tab value="saved">Saved</Tabs.Tab>
        <Tabs.Tab value="history">History</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="tables">
        <CatalogueTree onInsert={insert} />
      </Tabs.Panel>
      <Tabs.Panel value="saved">
        <SavedList current={current} />
      </Tabs.Panel>
      <Tabs.Panel value="history">
        <HistoryList onLoad={load} />
      </Tabs.Panel>
    </Tabs>
  );
}
