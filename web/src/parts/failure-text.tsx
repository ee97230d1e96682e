/** What went wrong, in a sentence, and the next step. */
import { Code, Text } from "@mantine/core";
import type { Failure } from "./words.ts";

export function FailureText({ failure }: { readonly failure: Failure }) {
  return (
    <Text size="sm" mt={4}>
      {failure.message} {failure.fix} <Code>{failure.code}</Code>
    </Text>
  );
}
