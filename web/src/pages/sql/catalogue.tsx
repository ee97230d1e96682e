/** The tables on the left: schemas, tables, columns; a click puts the name into the editor. */
import { ActionIcon, ScrollArea, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconInfoCircle, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { count, countShort } from "../../parts/format.ts";
import { Asked, Empty } from "../../parts/state.tsx";
import { filtered, type Group, type Shown } from "../../query/catalogue-filter.ts";
import { quoted, tableName } from "../../query/names.ts";
import { useCatalogue, type Catalogue, type WarehouseTable } from "../../query/warehouse.ts";
import classes from "./sql.module.css";

/** `alone`: what is written in place of the name where nothing is written yet. */
type Insert = (name: string, alone?: string) => void;

export function CatalogueTree({ onInsert }: { readonly onInsert: Insert }) {
  const catalogue = useCatalogue();
  return (
    <Asked query={catalogue} what="the tables">
      {(tables) => (
        <>
          {/* An admin sees the bookkeeping from the start; it is not what anybody waits for. */}
          {tables.every(({ schema }) => schema === "rollcall") ? <NoTables /> : null}
          {tables.length === 0 ? null : <Tree tables={tables} onInsert={onInsert} />}
        </>
      )}
    </Asked>
  );
}

function NoTables() {
  return <Empty title="No tables yet">They appear here as soon as a source is imported.</Empty>;
}

function Tree({ tables, onInsert }: { readonly tables: Catalogue; readonly onInsert: Insert }) {
  const [filter, setFilter] = useState("");
  const groups = useMemo(() => filtered(tables, filter), [tables, filter]);
  return (
    <Stack gap="xs">
      <TextInput
        size="xs"
        aria-label="Filter tables and columns"
        placeholder="Filter tables and columns"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <ScrollArea.Autosize
        scrollbars="y"
        mah="calc(100dvh - 240px)"
        type="auto"
        offsetScrollbars
        viewportProps={{ tabIndex: -1 }}
      >
        {groups.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nothing is called that.
          </Text>
        ) : null}
        {groups.map((group) => (
          <Schema key={group.schema} group={group} onInsert={onInsert} isOnly={groups.length === 1} />
        ))}
      </ScrollArea.Autosize>
    </Stack>
  );
}

interface SchemaProps {
  readonly group: Group<WarehouseTable>;
  readonly onInsert: Insert;
  readonly isOnly: boolean;
}

function Schema({ group, onInsert, isOnly }: SchemaProps) {
  return (
    <section aria-label={`Schema ${group.schema}`}>
      <Text size="xs" fw={700} c="dimmed" mt={isOnly ? 0 : 6} mb={2}>
        {group.schema}
      </Text>
      <ul className={classes.list}>
        {group.tables.map((shown) => (
          <TableLine key={shown.table.name} shown={shown} onInsert={onInsert} />
        ))}
      </ul>
    </section>
  );
}

function TableLine({ shown, onInsert }: { readonly shown: Shown<WarehouseTable>; readonly onInsert: Insert }) {
  const { table, columns, byColumn } = shown;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = chosen ?? byColumn;
  const name = tableName(table);
  return (
    <li>
      <div className={classes.line}>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-expanded={open}
          aria-label={`Columns of ${name}`}
          onClick={() => setChosen(!open)}
        >
          {open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        </ActionIcon>
        <UnstyledButton
          className={classes.insert}
          onClick={() => onInsert(name, `SELECT * FROM ${name} LIMIT 100`)}
          title={`${table.about ?? name}\nClick to insert ${name}`}
        >
          <span className={classes.head}>
            <span>{table.name}</span>
            <span className={classes.type}>
              {table.rows === null ? (
                table.kind === "view" ? (
                  "view"
                ) : (
                  ""
                )
              ) : (
                <span title={`${count(table.rows)} rows`}>{countShort(table.rows)}</span>
              )}
            </span>
          </span>
        </UnstyledButton>
        <ActionIcon
          component={Link}
          href={`/tables/${encodeURIComponent(table.schema)}/${encodeURIComponent(table.name)}`}
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={`About ${name}`}
          title={`About ${name}`}
        >
          <IconInfoCircle size={14} aria-hidden />
        </ActionIcon>
      </div>
      {open ? <Columns columns={columns} onInsert={onInsert} /> : null}
    </li>
  );
}

function Columns({ columns, onInsert }: { readonly columns: WarehouseTable["columns"]; readonly onInsert: Insert }) {
  return (
    <ul className={`${classes.list} ${classes.columns}`}>
      {columns.map(({ name, type, about }) => (
        <li key={name} className={classes.line}>
          <UnstyledButton
            className={classes.insert}
            onClick={() => onInsert(quoted(name))}
            title={`${about ?? ""}\n${name}: ${type}`.trim()}
          >
            <span className={classes.head}>
              <span>{name}</span>
              <span className={classes.type}>{type}</span>
            </span>
            {about === null ? null : <span className={classes.about}>{about.replaceAll("`", "")}</span>}
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
