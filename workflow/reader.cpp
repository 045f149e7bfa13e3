#include "workflow/reader.hpp"

#include "workflow/reader/catalogs.hpp"
#include "workflow/reader/extensions.hpp"
#include "workflow/reader/functions.hpp"
#include "workflow/reader/names.hpp"
#include "workflow/reader/schedule.hpp"
#include "workflow/reader/source.hpp"
#include "workflow/reader/tasks.hpp"
#include "workflow/version.hpp"

namespace steward::workflow {

namespace {

using namespace reader;

std::vector<definition_problem> to_problems(std::vector<source_problem> found, size_t limit) {
  auto list = problem_list{limit};
  for (auto& p : found) list.add({}, p.at, std::move(p.message), std::move(p.expected));
  return std::move(list).take();
}

void read_document(reading& r, const place& where, definition& into) {
  auto f = fields{r.problems,
                  where,
                  "document",
                  {"dsl", "namespace", "name", "version", "title", "summary", "tags", "metadata"}};
  into.dsl = read_version(r.problems, f, "dsl");
  if (is_version(into.dsl) && !into.dsl.starts_with("1.0."))
    r.problems.at(*f.get("dsl"), "DSL " + into.dsl + " is not supported by this version",
                  "DSL 1.0, such as '1.0.3'");
  into.ref.namespace_ = read_name(r.problems, f, "namespace");
  into.ref.name = read_name(r.problems, f, "name");
  into.ref.version = read_version(r.problems, f, "version");
  into.title = f.text("title").value_or("");
  into.summary = f.text("summary").value_or("");
  for (auto name : {"tags", "metadata"})
    if (auto p = f.get(name)) check_object(r.problems, *p, name);
}

evaluation read_evaluation(problem_list& problems, const fields& workflow) {
  auto where = workflow.get("evaluate");
  if (!where) return evaluation::strict;
  auto f = fields{problems, *where, "evaluate", {"language", "mode"}};
  if (auto language = f.text("language"); language && *language != "jq")
    problems.at(*f.get("language"), "\"" + *language + "\" is not the language of expressions",
                "\"jq\"");
  auto mode = f.word("mode", {"strict", "loose"});
  return mode == "loose" ? evaluation::loose : evaluation::strict;
}

/// Reads the definitions in `use` that no task refers to, so that they are checked as well. Which
/// variables their expressions could use is open, so the default names are taken as known.
void check_unreferenced(reading& r, const variable_scope& outer) {
  using kind = reusables::kind;
  auto scope = variable_scope{outer, {"error", "item", "index"}};
  auto with_secrets = variable_scope::with_secrets(scope, r.use.secrets());
  for (const auto& p : r.use.unreferenced(kind::authentication))
    read_authentication(r, p, with_secrets);
  for (const auto& p : r.use.unreferenced(kind::error)) read_error(r, p, scope);
  for (const auto& p : r.use.unreferenced(kind::timeout)) read_timeout_definition(r, p, scope);
  for (const auto& p : r.use.unreferenced(kind::retry)) read_retry(r, p, scope);
}

void read_workflow(problem_list& problems, const source_node& root, resources& documents,
                   const reader_limits& limits, definition& into) {
  auto top = place{root};
  auto f = fields{problems,
                  top,
                  "the workflow",
                  {"document", "input", "use", "do", "timeout", "output", "schedule", "evaluate"}};
  if (!f.is_object()) return;
  auto use_place = f.get("use");
  auto use = reusables{problems, use_place ? &*use_place : nullptr};
  auto cataloged = catalogs{limits, use.all(reusables::kind::function).size()};
  auto r = reading{problems, use, documents, &cataloged};
  auto mode = read_evaluation(problems, f);
  auto scope = variable_scope{{"context", "input", "workflow", "runtime"}, mode};
  auto task_scope = variable_scope{scope, {"task"}};
  if (auto p = f.require("document")) read_document(r, *p, into);
  if (auto p = f.get("input")) into.input = read_input(r, *p, scope);
  if (auto p = f.get("timeout")) into.timeout = read_timeout(r, *p, scope);
  if (auto p = f.require("do")) into.tasks = read_tasks(r, *p, task_scope);
  if (auto p = f.get("output")) into.output = read_output(r, *p, scope, "output");
  into.functions = read_functions(r, task_scope);
  into.extensions = read_extensions(r, task_scope);
  check_catalogs(r, variable_scope::with_secrets(task_scope, use.secrets()));
  for (auto& function : std::move(cataloged).take()) into.functions.push_back(std::move(function));
  into.secrets = use.secrets();
  into.starts = read_schedule(r, top);
  check_unreferenced(r, task_scope);
  into.may_wait = r.may_wait;
}

} // namespace

outcome<std::shared_ptr<const definition>, std::vector<definition_problem>>
read_definition(std::string_view text, const reader_limits& limits, resource_source* source) {
  std::vector<source_problem> found;
  auto root = read_source(text, limits, found);
  if (!root) return failed{to_problems(std::move(found), limits.problems)};
  auto problems = problem_list{limits.problems};
  for (auto& p : found) problems.add({}, p.at, std::move(p.message), std::move(p.expected));
  auto result = std::make_shared<definition>();
  result->document = root->content;
  auto documents = resources{source, limits};
  read_workflow(problems, *root, documents, limits, *result);
  result->resources = documents.texts();
  if (!problems.empty()) return failed{std::move(problems).take()};
  return std::shared_ptr<const definition>{std::move(result)};
}

outcome<value, std::vector<definition_problem>> read_yaml(std::string_view text,
                                                          const reader_limits& limits) {
  std::vector<source_problem> found;
  auto root = read_source(text, limits, found);
  if (!root || !found.empty()) return failed{to_problems(std::move(found), limits.problems)};
  return root->content;
}

} // namespace steward::workflow
