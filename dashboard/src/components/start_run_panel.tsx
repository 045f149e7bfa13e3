import { Button } from "@mantine/core";
import { useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useStartRun } from "../api/queries";
import type { Json, Workflow } from "../api/types";
import { CodeEditor } from "../editor/code_editor";
import type { EditorHandle } from "../editor/code_mirror";
import { jsonProblem } from "../editor/problems";
import { inputSample, missingNames } from "../run/input_sample";
import { PlayIcon } from "./icons";
import { runPath } from "./run_table";
import "./start_run_panel.css";

/** Starts a run with an input that is checked as it is typed, and goes to it. */
export function StartRunPanel({ workflow }: { workflow: Workflow }) {
  const [text, setText] = useState(() => inputSample(workflow.definition));
  const editor = useRef<EditorHandle>(null);
  const start = useStartRun(workflow.namespace, workflow.name);
  const [, navigate] = useLocation();
  const problem = useMemo(() => (text.trim() === "" ? null : jsonProblem(text)), [text]);
  const problems = useMemo(() => (problem ? [problem] : []), [problem]);
  const input = useMemo<Json>(() => (problem || text.trim() === "" ? {} : JSON.parse(text)), [text, problem]);
  const missing = problem ? [] : missingNames(workflow.definition, input);

  const submit = () => {
    if (problem) {
      editor.current?.goTo(problem);
      return;
    }
    if (!start.isPending) start.mutate(input, { onSuccess: (run) => navigate(runPath(run.id)) });
  };
  return (
    <div className="start-run">
      <CodeEditor
        label="Input of the run, as JSON"
        language="json"
        height="190px"
        value={text}
        onChange={setText}
        onSubmit={submit}
        problems={problems}
        handle={editor}
      />
      <div className="row spread">
        <span className={problem ? "start-run-problem" : "muted"} role="status">
          {problem
            ? `Line ${problem.line}: ${problem.message}`
            : missing.length > 0
              ? `The declared input also needs ${missing.join(", ")}.`
              : "Valid JSON."}
        </span>
        <Button
          onClick={submit}
          disabled={problem !== null}
          loading={start.isPending}
          leftSection={<PlayIcon size={12} />}
        >
          Start run
        </Button>
      </div>
      {start.error && (
        <p role="alert" className="deploy-refused">
          {start.error.message}
        </p>
      )}
    </div>
  );
}
