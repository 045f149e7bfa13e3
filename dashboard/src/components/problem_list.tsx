import type { TextProblem } from "../editor/problems";
import "./problem_list.css";

/** Every problem of a text; choosing one goes to its line. */
export function ProblemList({ problems, onChoose }: { problems: readonly TextProblem[]; onChoose: (problem: TextProblem) => void }) {
  const title = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return (
    <section className="problems" aria-label="Problems" role="alert">
      <h3>{title}</h3>
      <ol>
        {problems.map((problem, index) => (
          <li key={index}>
            <button type="button" onClick={() => onChoose(problem)}>
              <span className="problems-line mono">
                {problem.line}:{problem.column}
              </span>
              <span>
                {problem.message}
                {problem.expected && (
                  <span className="problems-expected">Expected: {problem.expected}</span>
                )}
                {problem.pointer && <span className="problems-pointer mono">{problem.pointer}</span>}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
