/** Markdown as the server's guides use it: headings, paragraphs, lists, code, bold, links. Anything else stays text; never HTML. */
import { Anchor, Code, List, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

type Block =
  | { readonly kind: "heading" | "paragraph" | "code"; readonly text: string }
  | { readonly kind: "ordered" | "unordered"; readonly items: readonly string[] };

export function Markdown({ text, size = "sm" }: { readonly text: string; readonly size?: "xs" | "sm" }) {
  return (
    <Stack gap="xs">
      {blocksOf(text).map((block, index) => (
        // eslint-disable-next-line react/no-array-index-key -- the text never changes its order
        <BlockView key={index} block={block} size={size} />
      ))}
    </Stack>
  );
}

function BlockView({ block, size }: { readonly block: Block; readonly size: "xs" | "sm" }) {
  if (block.kind === "heading")
    return (
      <Title order={3} size="h5" mt="xs">
        <Inline text={block.text} />
      </Title>
    );
  if (block.kind === "code") return <Code block>{block.text}</Code>;
  if (!("items" in block))
    return (
      <Text size={size}>
        <Inline text={block.text} />
      </Text>
    );
  return (
    <List type={block.kind} size={size} spacing={4} withPadding={false}>
      {block.items.map((item) => (
        <List.Item key={item}>
          <Inline text={item} />
        </List.Item>
      ))}
    </List>
  );
}

/** Of one line: code, bold, links. */
const INLINE = /\*\*(?<bold>.+?)\*\*|`(?<code>[^`]+)`|\[(?<label>[^\]]+)\]\((?<href>[^)\s]+)\)/g;

export function Inline({ text }: { readonly text: string }) {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const { bold, code, label, href } = match.groups ?? {};
    const key = match.index;
    if (bold !== undefined) parts.push(<b key={key}>{<Inline text={bold} />}</b>);
    else if (code !== undefined) parts.push(<Code key={key}>{code}</Code>);
    else if (label !== undefined && href !== undefined) parts.push(<SafeLink key={key} href={href} label={label} />);
  }
  parts.push(text.slice(end));
  return parts;
}

/** Only what leads to a page: a guide never runs anything. */
function SafeLink({ href, label }: { readonly href: string; readonly label: string }) {
  if (!/^(?:https?:\/\/|\/(?!\/))/.test(href)) return label;
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" inherit underline="always">
      {label}
    </Anchor>
  );
}

function blocksOf(text: string): readonly Block[] {
  return text
    .replaceAll("\r\n", "\n")
    .split(/\n{2,}/)
    .flatMap((part) => blocksOfPart(part.trim()))
    .filter((block) => !("text" in block) || block.text !== "");
}

const ITEM = /^(?:[-*]|\d+[.)])\s+/;

function blocksOfPart(part: string): readonly Block[] {
  if (part.startsWith("```")) return [{ kind: "code", text: part.replace(/^```.*\n?/, "").replace(/\n?```$/, "") }];
  const [first = "", ...rest] = part.split("\n");
  const heading = /^#{1,6}\s+(.*)$/.exec(first);
  if (heading !== null) return [{ kind: "heading", text: heading[1] ?? "" }, ...blocksOfPart(rest.join("\n").trim())];
  const start = [first, ...rest].findIndex((line) => ITEM.test(line));
  if (start === -1) return [{ kind: "paragraph", text: part.replaceAll("\n", " ") }];
  const lines = part.split("\n");
  const before = lines.slice(0, start).join(" ");
  const list = lines.slice(start);
  const items: string[] = [];
  for (const line of list)
    if (ITEM.test(line)) items.push(line.replace(ITEM, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  const kind = /^\d/.test(list[0] ?? "") ? "ordered" : "unordered";
  return [
    { kind: "paragraph", text: before },
    { kind, items },
  ];
}
