/** The SQL editor, drawn when CodeMirror has arrived. */
import { Center, Loader } from "@mantine/core";
import { lazy, Suspense, type Ref } from "react";
import type { Known } from "../query/completion.ts";

const Editor = lazy(() => import("../query/editor/editor.tsx"));

export interface CodeHandle {
  /** At the cursor, in place of what is chosen, apart from the word before it; `alone` instead where nothing is written yet. */
  readonly insert: (text: string, alone?: string) => void;
  readonly focus: () => void;
  readonly chosen: () => { readonly text: string; readonly at: number };
}

export interface CodeProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Ctrl or Cmd and Enter. */
  readonly onRun: () => void;
  readonly catalogue: readonly Known[];
  readonly label: string;
  readonly hint: string;
  readonly handle: Ref<CodeHandle>;
}

export function Code(props: CodeProps) {
  return (
    <Suspense
      fallback={
        <Center h="100%">
          <Loader size="sm" role="status" aria-label="Loading the editor" />
        </Center>
      }
    >
      <Editor {...props} />
    </Suspense>
  );
}
