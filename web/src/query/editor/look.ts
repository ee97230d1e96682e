/** The editor in light and dark. */
import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** The default colours, made for white, and what stands for them on black. */
const ON_BLACK: Readonly<Record<string, string>> = {
  "#708": "#c792ea",
  "#219": "#82aaff",
  "#164": "#8ce99a",
  "#a11": "#ffa8a8",
  "#e40": "#ffc078",
  "#00f": "#74c0fc",
  "#30a": "#74c0fc",
  "#085": "#63e6be",
  "#167": "#63e6be",
  "#256": "#66d9e8",
  "#00c": "#74c0fc",
  "#940": "#b8a98a",
  "#404740": "#adb5bd",
  "#f00": "#ff8787",
};

const onBlack = HighlightStyle.define(
  defaultHighlightStyle.specs.map((spec) => ({ ...spec, color: ON_BLACK[String(spec["color"])] ?? spec["color"] })),
  { themeType: "dark" },
);

export function look(dark: boolean): Extension {
  const theme = EditorView.theme(
    {
      "&": {
        height: "100%",
        fontSize: "13.5px",
        backgroundColor: "var(--mantine-color-body)",
        color: "var(--mantine-color-text)",
      },
      "&.cm-focused": { outline: "2px solid var(--mantine-primary-color-filled)", outlineOffset: "-1px" },
      ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.55" },
      ".cm-content": { padding: "8px 0", caretColor: "var(--mantine-color-text)" },
      ".cm-placeholder": { color: dark ? "#b8b8b8" : "#5c636a" },
      ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
      ".cm-gutters": { backgroundColor: "transparent", border: "none", color: dark ? "#a6a7ab" : "#6c757d" },
      ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: dark ? "#ffffff0a" : "#0000000a" },
      ".cm-tooltip": {
        backgroundColor: "var(--mantine-color-body)",
        border: "1px solid var(--mantine-color-default-border)",
        borderRadius: "6px",
        boxShadow: "var(--mantine-shadow-md)",
        overflow: "hidden",
      },
      ".cm-tooltip.cm-tooltip-autocomplete > ul": {
        fontFamily: "var(--mantine-font-family-monospace)",
        maxHeight: "16em",
      },
      ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: dark ? "#1864ab" : "#1c7ed6", color: "#fff" },
      ".cm-completionDetail": { fontStyle: "normal", opacity: "0.75", fontSize: "0.85em" },
      ".cm-completionInfo": { whiteSpace: "pre-wrap", padding: "6px 10px", maxWidth: "340px", fontSize: "12px" },
    },
    { dark },
  );
  return [theme, syntaxHighlighting(dark ? onBlack : defaultHighlightStyle)];
}
