import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, Prec, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import { rangeOf, type TextProblem } from "./problems";

export interface EditorHandle {
  /** Puts the cursor there, in view, with the focus in the editor. */
  goTo(problem: TextProblem): void;
}

export interface CodeMirrorProps {
  value: string;
  language: "yaml" | "json";
  /** What the text is, for those who cannot see it. */
  label: string;
  onChange?: (value: string) => void;
  /** Ctrl+Enter, or Command+Enter. */
  onSubmit?: () => void;
  readOnly?: boolean;
  problems?: readonly TextProblem[];
  /** CSS length; without it the editor is as tall as its text. */
  height?: string;
  handle?: Ref<EditorHandle>;
}

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--running)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.meta], color: "var(--muted)" },
]);

const languages = { yaml: yaml(), json: json() };

/** Tab leaves the editor after Escape, as CodeMirror recommends; before, it indents. */
const base: Extension[] = [
  lineNumbers(),
  foldGutter(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  highlightSelectionMatches(),
  syntaxHighlighting(highlight),
  keymap.of([
    ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...searchKeymap, ...lintKeymap, indentWithTab,
  ]),
];

export default function CodeMirror(props: CodeMirrorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const { language, label, readOnly = false } = props;

  useEffect(() => {
    const created = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          Prec.highest(
            keymap.of([
              {
                key: "Mod-Enter",
                run: () => {
                  latest.current.onSubmit?.();
                  return latest.current.onSubmit !== undefined;
                },
              },
            ]),
          ),
          base,
          languages[language],
          readOnly
            ? [EditorState.readOnly.of(true)]
            : [lintGutter(), highlightActiveLine(), highlightActiveLineGutter()],
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = created;
    return () => {
      created.destroy();
      view.current = null;
    };
  }, [language, label, readOnly]);

  useEffect(() => {
    const editor = view.current;
    const current = editor?.state.doc.toString();
    if (!editor || current === props.value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } });
  }, [props.value, language, label, readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const diagnostics = (props.problems ?? []).map((problem) => ({
      ...rangeOf(editor.state.doc, problem),
      severity: "error" as const,
      message: problem.expected ? `${problem.message}\nExpected: ${problem.expected}` : problem.message,
    }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [props.problems, language, label, readOnly]);

  useImperativeHandle(props.handle, () => ({
    goTo(problem) {
      const editor = view.current;
      if (!editor) return;
      const { from, to } = rangeOf(editor.state.doc, problem);
      editor.dispatch({
        selection: { anchor: from, head: to },
        effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
      editor.focus();
    },
  }));

  return <div ref={host} className="code-host" />;
}
