import { Button, Drawer, FileButton } from "@mantine/core";
import { useMemo, useRef, useState, type DragEvent } from "react";
import { useLocation } from "wouter";
import { useDeploy } from "../api/queries";
import { CodeEditor } from "../editor/code_editor";
import type { EditorHandle } from "../editor/code_mirror";
import type { TextProblem } from "../editor/problems";
import { UploadIcon } from "./icons";
import { ProblemList } from "./problem_list";
import { workflowPath } from "./run_table";
import "./deploy_panel.css";

const starter = `document:
  dsl: '1.0.3'
  namespace: default
  name: hello
  version: '0.1.0'
do:
  - greet:
      set:
        message: \${ "Hello, " + .name }
`;

/** A definition is text; anything this large is a mistake (a film, a database). */
const maxFileBytes = 1_000_000;

/** Deploys a definition that is pasted, opened or dropped; what is refused shows at its lines. */
export function DeployPanel({ initial = starter, close }: { initial?: string; close: () => void }) {
  const [text, setText] = useState(initial);
  const [over, setOver] = useState(false);
  const [fileProblem, setFileProblem] = useState<string | null>(null);
  const editor = useRef<EditorHandle>(null);
  const deploy = useDeploy();
  const [, navigate] = useLocation();
  const problems = useMemo<TextProblem[]>(
    () =>
      (deploy.error?.problems ?? []).map(({ line, column, detail, expected, pointer }) => ({
        line,
        column,
        message: detail,
        expected,
        pointer,
      })),
    [deploy.error],
  );

  const submit = () => {
    if (deploy.isPending || text.trim() === "") return;
    deploy.mutate(text, {
      onSuccess: (item) => {
        close();
        navigate(workflowPath(item));
      },
    });
  };
  const open = async (file: File | null | undefined) => {
    setFileProblem(null);
    if (!file) return;
    if (file.size > maxFileBytes) {
      setFileProblem(`${file.name} is too large to be a definition.`);
      return;
    }
    setText(await file.text());
    deploy.reset();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void open(event.dataTransfer.files[0]);
  };
  const refused =
    fileProblem ??
    (deploy.error && problems.length === 0
      ? deploy.error.status === 409
        ? "This version is already deployed with other content. Raise the version and deploy again."
        : deploy.error.message
      : null);

  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="min(760px, 100vw)"
      title="Deploy a workflow"
      // Escape belongs to the editor (it frees the Tab key); the close button and Cancel remain.
      closeOnEscape={false}
    >
      <div
        className="deploy"
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <div className="row spread">
          <span className="muted">Paste a definition, YAML or JSON, or drop a file.</span>
          <FileButton accept=".yaml,.yml,.json" onChange={(file) => void open(file)}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<UploadIcon size={13} />}>
                Open file
              </Button>
            )}
          </FileButton>
        </div>
        <CodeEditor
          label="Workflow definition"
          language="yaml"
          height="min(56vh, 640px)"
          value={text}
          onChange={setText}
          onSubmit={submit}
          problems={problems}
          handle={editor}
        />
        {refused && (
          <p role="alert" className="deploy-refused">
            {refused}
          </p>
        )}
        {problems.length > 0 && (
          <ProblemList problems={problems} onChoose={(problem) => editor.current?.goTo(problem)} />
        )}
        <div className="row deploy-actions">
          <span className="muted">Ctrl+Enter deploys</span>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button onClick={submit} loading={deploy.isPending} disabled={text.trim() === ""}>
            Deploy
          </Button>
        </div>
      </div>
    </Drawer>
  );
}
