/** From a table to asking it. */
import { Button } from "@mantine/core";
import { IconTerminal2 } from "@tabler/icons-react";
import { Link } from "wouter";

export const queryHref = (queryName: string): string =>
  `/sql?sql=${encodeURIComponent(`SELECT *\nFROM ${queryName}\nLIMIT 100`)}`;

export function QueryButton({ table, queryName }: { readonly table: string; readonly queryName: string }) {
  return (
    <Button
      component={Link}
      href={queryHref(queryName)}
      size="xs"
      variant="light"
      leftSection={<IconTerminal2 size={14} aria-hidden />}
      aria-label={`Query ${table}`}
    >
      Query
    </Button>
  );
}
