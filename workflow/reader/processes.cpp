#include "workflow/reader/processes.hpp"

#include "workflow/reader/resources.hpp"

namespace steward::workflow::reader {

namespace {

/// What every process has: standard input, arguments and environment.
void check_surroundings(const task_source& t, const fields& f) {
  auto& problems = t.r.problems;
  f.text("stdin");
  if (auto p = f.get("arguments"); p && !p->content().is_array())
    problems.at(
        *p, "\"arguments\" must be a list of texts, but is " + std::string{describe(p->content())},
        "a list of texts");
  else if (p)
    for (size_t i = 0; i < p->size(); ++i)
      read_text(problems, place{*p, i}, "an entry of \"arguments\"");
  if (auto p = f.get("environment")) check_object(problems, *p, "\"environment\"");
  for (auto name : {"stdin", "arguments", "environment"})
    if (auto p = f.get(name)) read_template(problems, *p, t.scope);
}

void check_lifetime(const task_source& t, const place& where) {
  auto f = fields{t.r.problems, where, "lifetime", {"cleanup", "after"}};
  if (!f.is_object() || !f.require("cleanup")) return;
  auto cleanup = f.word("cleanup", {"always", "never", "eventually"});
  auto after = cleanup == "eventually" ? f.require("after") : f.get("after");
  if (!after) return;
  if (cleanup != "eventually")
    t.r.problems.at_key(*after, "\"after\" has no meaning without cleanup: eventually",
                        "cleanup: eventually beside it");
  read_duration_source(t.r.problems, *after, t.scope);
}

void check_container(const task_source& t, const place& where) {
  auto f = fields{t.r.problems,
                  where,
                  "container",
                  {"image", "name", "command", "ports", "volumes", "environment", "stdin",
                   "arguments", "lifetime", "pullPolicy"}};
  f.required_text("image");
  f.text("name");
  f.text("command");
  for (auto name : {"ports", "volumes"})
    if (auto p = f.get(name)) check_object(t.r.problems, *p, "\"" + std::string{name} + "\"");
  check_surroundings(t, f);
  f.word("pullPolicy", {"ifNotPresent", "always", "never"});
  if (auto p = f.get("lifetime")) check_lifetime(t, *p);
}

void check_script(const task_source& t, const place& where) {
  auto f = fields{t.r.problems,
                  where,
                  "script",
                  {"language", "code", "source", "stdin", "arguments", "environment"}};
  f.required_text("language");
  f.text("code");
  if (auto p = f.get("source")) check_resource(t.r, *p, t.scope);
  if (f.is_object() && f.has("code") == f.has("source"))
    t.r.problems.at(where, "a script has one of \"code\" and \"source\"", "one of the two");
  check_surroundings(t, f);
}

void check_shell(const task_source& t, const place& where) {
  auto f = fields{t.r.problems, where, "shell", {"command", "stdin", "arguments", "environment"}};
  f.required_text("command");
  check_surroundings(t, f);
}

} // namespace

void refuse_process(const task_source& t, const place& where, std::string_view kind) {
  if (kind == "container") check_container(t, where);
  if (kind == "script") check_script(t, where);
  if (kind == "shell") check_shell(t, where);
  auto name = std::string{kind};
  t.r.problems.at_key(where,
                      "run: " + name + " is turned off: the operator's switch `workflow.allow." +
                          name + "` would allow it, and this version has no runner for it",
                      "run: workflow, or a call of a service that does the work");
}

} // namespace steward::workflow::reader
