/** A message as each kind of channel reads it. Pure; what they look like is promised in docs/notifications.md. */
import type { Item, Message } from "./message.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

/** The webhook's JSON. Fields are only ever added. */
export function webhookPayload(message: Message): object {
  const items = message.items.map(itemPayload);
  return {
    type: `rollcall.${message.kind}`,
    timestamp: iso(message.at_ms),
    data: message.kind === "digest" ? { title: message.title, events: items } : items[0],
  };
}

function itemPayload({ kind, title, text, fix, link, at_ms, event }: Item): object {
  const said = { kind, title, text, fix, link, at: iso(at_ms) };
  if (event === null) return said;
  if (event.kind === "alert") {
    const { queryId, queryName, column, value, is, threshold } = event;
    return { ...said, query: { id: queryId, name: queryName }, column, value, is, threshold };
  }
  const { sourceId, sourceName, tables, failure } = event;
  return { ...said, source: { id: sourceId, name: sourceName }, tables, failure: failure ?? null };
}

/** Slack's own bounds. */
const SECTION_MAX = 3000;
const HEADER_MAX = 150;
const BLOCKS_MAX = 50;

/** Blocks for those that draw them, `text` for notifications and for programs that only take that. */
export function slackPayload(message: Message): object {
  const header = { type: "header", text: { type: "plain_text", text: cut(message.title, HEADER_MAX), emoji: false } };
  const room = BLOCKS_MAX - 2;
  const sections = message.items.slice(0, room).map((item) => ({
    type: "section",
    text: { type: "mrkdwn", text: cut(slackText(item, message.items.length > 1), SECTION_MAX) },
  }));
  const more = message.items.length - room;
  const rest = more > 0 ? [{ type: "section", text: { type: "mrkdwn", text: `… and ${more} more.` } }] : [];
  return { text: slackEscaped(message.title), blocks: [header, ...sections, ...rest] };
}

function slackText({ title, text, fix, link, at_ms }: Item, titled: boolean): string {
  return [
    ...(titled ? [`*${slackEscaped(title)}*`] : []),
    slackEscaped(text),
    ...(fix === null ? [] : [slackEscaped(fix)]),
    ...(link === null ? [] : [`<${slackEscaped(link)}|Open in Rollcall>`]),
    `_${iso(at_ms)}_`,
  ].join("\n");
}

/** The three characters that mean something to Slack: a table's name cannot mention a channel. */
const slackEscaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function mailOf(message: Message): Mail {
  const subject = cut(message.title.replace(/\s+/g, " "), 200);
  const text = message.items
    .map(({ title, text: said, fix, link, at_ms }) =>
      [title, "", said, ...(fix === null ? [] : [fix]), ...(link === null ? [] : [link]), iso(at_ms)].join("\n"),
    )
    .join("\n\n----\n\n");
  const html = message.items.map(htmlOf).join('<hr style="border:0;border-top:1px solid #ddd">');
  return {
    subject,
    text: `${text}\n`,
    html: `<!doctype html><html><body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.5">${html}</body></html>`,
  };
}

function htmlOf({ title, text, fix, link, at_ms }: Item): string {
  return [
    `<h2 style="font-size:17px">${htmlEscaped(title)}</h2>`,
    `<p>${htmlEscaped(text)}</p>`,
    ...(fix === null ? [] : [`<p>${htmlEscaped(fix)}</p>`]),
    ...(link === null ? [] : [`<p><a href="${htmlEscaped(link)}">Open in Rollcall</a></p>`]),
    `<p style="color:#666">${iso(at_ms)}</p>`,
  ].join("");
}

const htmlEscaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
