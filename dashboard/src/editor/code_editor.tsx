/** The editor as the pages use it: loaded when first needed, a plain text field until then. */
import { lazy, Suspense } from "react";
import type { CodeMirrorProps } from "./code_mirror";
import "./code_editor.css";

const CodeMirror = lazy(() => import("./code_mirror"));

export function CodeEditor(props: CodeMirrorProps) {
  return (
    <div className="code-editor" data-readonly={props.readOnly === true} style={{ height: props.height }}>
      <Suspense
        fallback={
          <textarea
            className="code-fallback mono"
            aria-label={props.label}
            value={props.value}
            readOnly={props.readOnly ?? false}
            onChange={(event) => props.onChange?.(event.target.value)}
            spellCheck={false}
          />
        }
      >
        <CodeMirror {...props} />
      </Suspense>
    </div>
  );
}
