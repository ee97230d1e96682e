/** A fact with its name above it: what a table shows in columns, on a narrow screen. */
import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Stack gap={0}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </Stack>
  );
}
