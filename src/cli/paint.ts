/** Colour where the stream is a terminal and nobody set NO_COLOR; plain text elsewhere. */
import { styleText } from "node:util";
import type { Environment, Sink } from "./context.ts";

type Style = Parameters<typeof styleText>[0];

export type Paint = (style: Style, text: string) => string;

/** The painter of a stream. */
export function painter(sink: Sink, env: Environment): Paint {
  const plain = sink.isTTY !== true || Boolean(env["NO_COLOR"]) || env["TERM"] === "dumb";
  return plain ? (_, text) => text : (style, text) => styleText(style, text, { validateStream: false });
}
