/** The one card that is seen before anybody has come in. */
import { Center, Group, Paper, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function Frame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p={{ base: "lg", sm: "xl" }} w="100%" maw={440} shadow="sm">
        <Stack gap="lg">
          <Group gap="sm" wrap="nowrap">
            <img src="/rollcall.svg" alt="" width={28} height={28} />
            <Title order={1} size="h3">
              {title}
            </Title>
          </Group>
          {children}
        </Stack>
      </Paper>
    </Center>
  );
}
