/** The schema of the tables, with the names it makes, while it is written. */
import { Code, Text, TextInput } from "@mantine/core";

export function PrefixField(props: {
  readonly prefix: string;
  readonly problem: string | null;
  readonly onChange: (prefix: string) => void;
}) {
  const { prefix, problem, onChange } = props;
  const shown = prefix === "" ? "okta" : prefix;
  return (
    <TextInput
      name="prefix"
      label="Table prefix"
      required
      autoComplete="off"
      spellCheck={false}
      maxLength={40}
      value={prefix}
      error={problem}
      description={
        <Text span size="xs">
          Its tables are named <Code>{shown}.users</Code>, <Code>{shown}.logs</Code> and so on. It cannot be changed
          later.
        </Text>
      }
      onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
    />
  );
}
