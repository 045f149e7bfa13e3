#include "workflow/reader/names.hpp"
#include "workflow/reader/processes.hpp"
#include "workflow/version.hpp"

/// `run`: another workflow, or a process.
namespace steward::workflow::reader {

namespace {

run_workflow_task read_child(const task_source& t, const place& where) {
  auto& problems = t.r.problems;
  run_workflow_task result;
  auto f = fields{problems, where, "workflow", {"namespace", "name", "version", "input"}};
  result.namespace_ = read_name(problems, f, "namespace");
  result.name = read_name(problems, f, "name");
  result.version = f.text("version").value_or("latest");
  if (result.version != "latest" && !is_version(result.version))
    problems.at(*f.get("version"), "\"" + result.version + "\" is no version",
                "a semantic version such as 1.0.0, or latest");
  if (auto input = f.get("input")) {
    if (!input->content().is_object() && !is_expression(*input))
      problems.at(*input,
                  "\"input\" must be an object or an expression, but is " +
                      std::string{describe(input->content())},
                  "an object, or ${ ... }");
    result.input = read_template(problems, *input, t.scope);
  }
  return result;
}

} // namespace

task_body read_run(const task_source& t) {
  t.r.may_wait = true;
  auto& problems = t.r.problems;
  auto what = *t.f.get("run");
  auto f = fields{
      problems, what, "run", {"workflow", "container", "script", "shell", "await", "return"}};
  if (!f.is_object()) return run_workflow_task{};
  std::string_view kind;
  size_t things = 0;
  for (auto name : {"workflow", "container", "script", "shell"})
    if (f.has(name)) {
      kind = name;
      ++things;
    }
  if (things != 1) {
    problems.at(what, "\"run\" says " + std::to_string(things) + " things to run",
                "one of \"workflow\", \"container\", \"script\" or \"shell\"");
    return run_workflow_task{};
  }
  auto await = f.boolean("await").value_or(true);
  auto returns = f.word("return", {"stdout", "stderr", "code", "all", "none"});
  if (kind != "workflow") {
    refuse_process(t, *f.get(kind), kind);
    return run_workflow_task{};
  }
  auto result = read_child(t, *f.get(kind));
  result.await = await;
  // Processes have several results; a workflow has its output, and `stdout` is the default's name.
  if (returns && *returns != "stdout")
    problems.at(*f.get("return"), "return: " + *returns + " is not supported for run: workflow",
                "no \"return\"");
  return result;
}

} // namespace steward::workflow::reader
