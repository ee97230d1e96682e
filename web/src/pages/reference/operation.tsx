/** One operation: closed, a line; open, everything that is known of it. */
import { Badge, Button, Code, Group, Stack, Text, Title } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { copyText } from "../../query/clipboard.ts";
import { contentOf, curlOf, type Document, type Operation, type Parameter } from "./document.ts";
import classes from "./reference.module.css";
import { SchemaView, typeOf } from "./schema.tsx";

const NEEDS: Readonly<Record<string, string>> = {
  nobody: "no log-in",
  viewer: "viewer, scope read",
  editor: "editor, scope write",
  admin: "admin, scope admin",
};

interface Props {
  readonly operation: Operation;
  readonly document: Document;
}

export function OperationView({ operation, document }: Props) {
  const { method, path, summary, operationId } = operation;
  const [open, setOpen] = useState(window.location.hash === `#${operationId}`);
  return (
    <details
      id={operationId}
      className={classes.operation}
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className={classes.summary}>
        <Badge variant="default" w={70}>
          {method}
        </Badge>
        <span className={classes.path}>{path}</span>
        <Text span size="sm" c="dimmed">
          {summary}
        </Text>
      </summary>
      {open ? <Details operation={operation} document={document} /> : null}
    </details>
  );
}

function Details({ operation, document }: Props) {
  const { parameters = [], requestBody, responses, description } = operation;
  const body = requestBody === undefined ? null : contentOf(requestBody);
  const answers = Object.entries(responses);
  return (
    <Stack gap="md" pb="lg" ps={{ base: 0, sm: "md" }}>
      {description === undefined ? null : <Text size="sm">{description}</Text>}
      <Text size="sm">
        Needs: <b>{NEEDS[operation["x-needs"] ?? ""] ?? operation["x-needs"]}</b>
      </Text>
      {parameters.length === 0 ? null : <Parameters parameters={parameters} document={document} />}
      {body === null ? null : (
        <Part title="Body">
          <SchemaView schema={body.schema} document={document} />
        </Part>
      )}
      {answers
        .filter(([status]) => Number(status) < 400)
        .map(([status, answer]) => {
          const content = contentOf(answer);
          return (
            <Part
              key={status}
              title={`Answer ${status}${content === null ? ", empty" : `, ${content.media.join(" or ")}`}`}
            >
              {content === null ? null : <SchemaView schema={content.schema} document={document} />}
            </Part>
          );
        })}
      <Part title="Failures, application/problem+json">
        <ul className={classes.fields}>
          {answers
            .filter(([status]) => Number(status) >= 400)
            .map(([status, answer]) => (
              <li key={status}>
                <Code>{status}</Code>{" "}
                <Text span size="sm">
                  {answer.description}
                </Text>
              </li>
            ))}
        </ul>
      </Part>
      <Curl command={curlOf(operation, document, window.location.origin)} />
    </Stack>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h6">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

function Parameters(props: { readonly parameters: readonly Parameter[]; readonly document: Document }) {
  return (
    <Part title="Parameters">
      <ul className={classes.fields}>
        {props.parameters.map((parameter) => (
          <li key={parameter.name}>
            <Code>{parameter.name}</Code>{" "}
            <Text span size="sm" c="dimmed">
              in the {parameter.in}, {typeOf(parameter.schema, props.document)}
              {parameter.required === true ? "" : ", optional"}
            </Text>{" "}
            <Text span size="sm">
              {parameter.description ?? parameter.schema.description}
            </Text>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Curl({ command }: { readonly command: string }) {
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={3} size="h6">
          From a terminal
        </Title>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconCopy size={14} aria-hidden />}
          onClick={() => void copyText(command, "Command")}
        >
          Copy
        </Button>
      </Group>
      <Code block tabIndex={0} aria-label="curl command">
        {command}
      </Code>
    </Stack>
  );
}
