/** Copying what is shown, and exporting the whole result as a file. */
import { Button, Menu } from "@mantine/core";
import { IconCopy, IconDownload } from "@tabler/icons-react";
import { count } from "../../parts/format.ts";
import { tsv } from "../../query/cell-text.ts";
import { copyText } from "../../query/clipboard.ts";
import { useDownload, type Format } from "../../query/download.ts";
import type { Row, Table } from "../../query/result.ts";

const FORMATS: readonly { readonly format: Format; readonly label: string; readonly about: string }[] = [
  { format: "csv", label: "CSV", about: "for spreadsheets" },
  { format: "ndjson", label: "NDJSON", about: "one JSON object per row" },
  { format: "parquet", label: "Parquet", about: "for data tools" },
];

interface TakeAwayProps {
  readonly table: Table;
  readonly sql: string;
  readonly name: string;
  readonly isCut: boolean;
}

export function TakeAway({ table, sql, name, isCut }: TakeAwayProps) {
  const download = useDownload();
  const heads = table.columns.map((column) => column.name);
  const copy = (rows: readonly Row[], withHeads: boolean) =>
    void copyText(tsv(rows, withHeads ? heads : null), `${count(rows.length)} ${rows.length === 1 ? "row" : "rows"}`);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconCopy size={14} aria-hidden />}>
            Copy
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => copy(table.rows, true)}>Rows with column names</Menu.Item>
          <Menu.Item onClick={() => copy(table.rows, false)}>Rows alone</Menu.Item>
          <Menu.Item onClick={() => void copyText(sql, "The SQL was")}>The SQL</Menu.Item>
          <Menu.Label>In the table: choose cells, then Ctrl and C</Menu.Label>
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            loading={download.isPending}
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {FORMATS.map(({ format, label, about }) => (
            <Menu.Item key={format} onClick={() => download.mutate({ sql, format, name: fileName(name) })}>
              <b>{label}</b>, {about}
            </Menu.Item>
          ))}
          {isCut ? <Menu.Label>The file holds all rows, also those not shown</Menu.Label> : null}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** What every file system takes. */
const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 80) || "export";
