/** The catalogue's names in the editor's list of completions. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { keywordCompletionSource } from "@codemirror/lang-sql";
import { offersAt, type Known, type Offer } from "../completion.ts";
import { DUCKDB } from "./dialect.ts";

const keywords = keywordCompletionSource(DUCKDB, true);

const ICONS = { schema: "namespace", table: "class", column: "property" } as const;

const completion = ({ label, apply, kind, detail, info, boost }: Offer): Completion => ({
  label,
  apply,
  detail,
  boost,
  type: ICONS[kind],
  ...(info === null ? {} : { info }),
});

/** `catalogue` is asked each time: it arrives after the editor, and changes with every import. */
export function completionSource(catalogue: () => readonly Known[]) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const found = offersAt(context.state.doc.toString(), context.pos, catalogue());
    if (found === null) return null;
    const typed = context.pos > found.from;
    const behindDot = context.matchBefore(/\.\w*$/) !== null;
    // A list that pops up behind every space is in the way.
    if (!typed && !behindDot && !context.explicit) return null;
    const words = found.keywords ? await keywords(context) : null;
    const options = [...found.offers.map(completion), ...(words?.options ?? [])];
    return options.length === 0 ? null : { from: found.from, options, validFor: /^"?\w*$/ };
  };
}
