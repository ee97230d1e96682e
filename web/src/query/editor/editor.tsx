/** CodeMirror, for SQL. Loaded with the first editor; never import this but through `parts/code.tsx`. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, toggleComment } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useImperativeHandle, useRef, type RefObject } from "react";
import type { CodeProps } from "../../parts/code.tsx";
import { DUCKDB } from "./dialect.ts";
import { look } from "./look.ts";
import { completionSource } from "./offer.ts";

export default function Editor(props: CodeProps) {
  const { value, handle } = props;
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  latest.current = props;
  const dark = useComputedColorScheme("light") === "dark";
  const looks = useRef(new Compartment());

  useEffect(() => {
    const made = new EditorView({ parent: box.current!, state: begin(latest, looks.current.of([])) });
    view.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => view.current?.dispatch({ effects: looks.current.reconfigure(look(dark)) }), [dark]);
  useEffect(() => {
    const { current } = view;
    if (current === null || current.state.doc.toString() === value) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } });
  }, [value]);
  useImperativeHandle(
    handle,
    () => ({
      insert: (text, alone = text) => {
        const { current } = view;
        if (current === null) return;
        const { doc, selection } = current.state;
        const before = doc.sliceString(Math.max(0, selection.main.from - 1), selection.main.from);
        const isBlank = doc.toString().trim() === "";
        current.dispatch(current.state.replaceSelection(isBlank ? alone : joins(before) ? ` ${text}` : text));
        current.focus();
      },
      focus: () => view.current?.focus(),
      chosen: () => chosen(view.current),
    }),
    [],
  );
  return <div ref={box} style={{ height: "100%" }} />;
}

/** Whether a name right behind this would become one word with it. */
const joins = (before: string): boolean => /[\w"*)]/.test(before);

function chosen(view: EditorView | null) {
  const { from = 0, to = 0, head = 0 } = view?.state.selection.main ?? {};
  return { text: view?.state.sliceDoc(from, to) ?? "", at: head };
}

function begin(latest: RefObject<CodeProps>, looks: ReturnType<Compartment["of"]>): EditorState {
  const run = () => {
    latest.current.onRun();
    return true;
  };
  return EditorState.create({
    doc: latest.current.value,
    extensions: [
      // Before the default, which makes a new line of it.
      Prec.highest(keymap.of([{ key: "Mod-Enter", run }])),
      lineNumbers(),
      highlightActiveLine(),
      drawSelection(),
      history(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      EditorState.allowMultipleSelections.of(true),
      EditorView.lineWrapping,
      DUCKDB.language,
      DUCKDB.language.data.of({ autocomplete: completionSource(() => latest.current.catalogue) }),
      autocompletion({ icons: true, maxRenderedOptions: 80 }),
      // No Tab: it leaves the editor, as everywhere on the page.
      keymap.of([
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...historyKeymap,
        ...defaultKeymap,
        { key: "Mod-/", run: toggleComment },
      ]),
      EditorView.contentAttributes.of({ "aria-label": latest.current.label, spellcheck: "false" }),
      placeholder(latest.current.hint),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) latest.current.onChange(update.state.doc.toString());
      }),
      looks,
    ],
  });
}
