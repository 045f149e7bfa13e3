#include "workflow/reader/tasks.hpp"

#include "workflow/reader/nearest.hpp"

#include <algorithm>

namespace steward::workflow::reader {

namespace {

/// One kind of task: the key that tells it apart, the keys beside it, and who reads it.
struct task_kind {
  std::string_view key;
  std::array<std::string_view, 3> others; ///< Empty where there are fewer.
  task_body (*read)(const task_source&);
};

// `for` stands before `do`, which is a part of it.
constexpr std::array<task_kind, 12> kinds{{
    {"for", {"while", "do"}, read_for},
    {"do", {}, read_do},
    {"set", {}, read_set},
    {"switch", {}, read_switch},
    {"try", {"catch"}, read_try},
    {"raise", {}, read_raise},
    {"wait", {}, read_wait},
    {"call", {"with"}, read_call},
    {"run", {}, read_run},
    {"fork", {}, read_fork},
    {"emit", {}, read_emit},
    {"listen", {"foreach"}, read_listen},
}};
constexpr std::array<std::string_view, 7> shared_keys{"if",      "input", "output",  "export",
                                                      "timeout", "then",  "metadata"};

void check_names(problem_list& problems, const place& where) {
  std::vector<std::string_view> keys;
  for (const auto& k : kinds) keys.push_back(k.key);
  std::string hint;
  for (size_t i = 0; i < where.size() && hint.empty(); ++i)
    hint = suggestion(where.content().members()[i].key.as_string(), keys);
  problems.at(where, "the task does not say what it does" + hint, "one of " + enumerate(keys));
}

/// The one kind whose key the task has; none, and a problem, if there are none or several.
const task_kind* find_kind(problem_list& problems, const place& where) {
  const task_kind* found = nullptr;
  for (const auto& kind : kinds) {
    if (!where.content().find(kind.key)) continue;
    if (!found) {
      found = &kind;
    } else if (std::find(found->others.begin(), found->others.end(), kind.key) ==
               found->others.end()) {
      problems.at(where,
                  "the task is both \"" + std::string{found->key} + "\" and \"" +
                      std::string{kind.key} + "\"",
                  "one of the two");
      return nullptr;
    }
  }
  if (!found) check_names(problems, where);
  return found;
}

/// Anything may stand in there, but what is meant for Steward must be known to it.
void check_metadata(problem_list& problems, const place& where) {
  if (!check_object(problems, where, "metadata")) return;
  auto own = where.child("steward");
  for (size_t i = 0; own && i < own->size(); ++i) {
    auto setting = place{*own, i};
    problems.at_key(setting,
                    "Steward has no setting \"" + std::string{setting.key()} + "\" for tasks",
                    "no such setting");
  }
}

/// The object below the task's name.
task read_task(reading& r, const place& where, const variable_scope& scope,
               const task_names& siblings) {
  task result;
  result.name = where.key();
  result.pointer = where.pointer();
  result.definition = where.content();
  if (!check_object(r.problems, where, "a task")) return result;
  const auto* kind = find_kind(r.problems, where);
  if (!kind) return result;
  std::array<std::string_view, shared_keys.size() + 4> known{kind->key};
  auto end = std::copy(shared_keys.begin(), shared_keys.end(), known.begin() + 1);
  end = std::copy_if(kind->others.begin(), kind->others.end(), end,
                     [](auto key) { return !key.empty(); });
  auto f = fields{r.problems, where, "a \"" + std::string{kind->key} + "\" task",
                  std::span{known.begin(), end}};
  if (auto p = f.get("if")) result.if_ = read_expression(r.problems, *p, scope);
  if (auto p = f.get("input")) result.input = read_input(r, *p, scope);
  result.body = kind->read({r, where, f, scope, siblings});
  if (auto p = f.get("output")) result.output = read_output(r, *p, scope, "output");
  if (auto p = f.get("export")) result.export_ = read_output(r, *p, scope, "export");
  if (auto p = f.get("timeout")) result.timeout = read_timeout(r, *p, scope);
  if (auto p = f.get("then")) result.then = siblings.read_flow(r.problems, *p);
  if (auto p = f.get("metadata")) check_metadata(r.problems, *p);
  return result;
}

/// The named entries of a list of tasks: where each task is, in order, with its key.
class task_entries {
public:
  task_entries(problem_list& problems, const place& list) {
    if (!list.content().is_array()) {
      problems.at(list,
                  "\"" + std::string{list.key()} + "\" must be a list of tasks, but is " +
                      std::string{describe(list.content())},
                  "a list such as - greet: { set: ... }");
      return;
    }
    if (list.size() == 0)
      problems.at(list, "\"" + std::string{list.key()} + "\" has no task", "at least one task");
    items_.reserve(list.size()); // what `named_` refers to must not move
    for (size_t i = 0; i < list.size(); ++i) {
      const auto& item = items_.emplace_back(list, i);
      if (!check_object(problems, item, "an entry of a task list")) continue;
      if (item.size() == 1)
        named_.emplace_back(item, 0);
      else
        problems.at(item, "an entry of a task list has " + std::to_string(item.size()) + " keys",
                    "one key, the task's name, with the task below it");
    }
  }

  const std::vector<place>& named() const { return named_; }

private:
  std::vector<place> items_, named_;
};

} // namespace

task_list read_tasks(reading& r, const place& where, const variable_scope& scope) {
  task_list result;
  auto entries = task_entries{r.problems, where};
  if (!where.content().is_array()) return result;
  auto names = task_names{r.problems, where};
  result.reserve(entries.named().size());
  for (const auto& named : entries.named()) result.push_back(read_task(r, named, scope, names));
  return result;
}

std::vector<task_list> read_branches(reading& r, const place& where, const variable_scope& scope) {
  std::vector<task_list> result;
  auto entries = task_entries{r.problems, where};
  if (where.content().is_array()) task_names{r.problems, where};
  for (const auto& named : entries.named()) result.push_back(read_alone(r, named, scope));
  return result;
}

task_list read_alone(reading& r, const place& where, const variable_scope& scope) {
  task_list result;
  result.push_back(read_task(r, where, scope, task_names{}));
  return result;
}

task_names::task_names(problem_list& problems, const place& list) {
  names_.reserve(list.size());
  std::vector<std::pair<std::string_view, size_t>> sorted;
  sorted.reserve(list.size());
  for (size_t i = 0; i < list.size(); ++i) {
    auto item = place{list, i};
    auto& name = names_.emplace_back();
    if (!item.content().is_object() || item.size() != 1) continue;
    auto entry = place{item, 0};
    name = entry.key();
    if (name.empty()) problems.at_key(entry, "a task's name is empty", "a name");
    sorted.emplace_back(name, i);
  }
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 1, first = 0; i < sorted.size(); ++i) {
    if (sorted[i].first != sorted[first].first) {
      first = i;
      continue;
    }
    auto before = place{list, sorted[first].second}, item = place{list, sorted[i].second};
    problems.at_key(place{item, 0},
                    "two tasks of this scope are named \"" + std::string{sorted[i].first} +
                        "\"; the first is in line " +
                        std::to_string(place{before, 0}.key_at().line),
                    "a name of its own");
  }
}

flow task_names::read_flow(problem_list& problems, const place& where) const {
  auto text = read_text(problems, where, "\"then\"");
  if (!text || *text == "continue") return {};
  if (*text == "exit") return {flow::kind::exit};
  if (*text == "end") return {flow::kind::end};
  auto found = std::find(names_.begin(), names_.end(), *text);
  if (found != names_.end() && !text->empty())
    return {flow::kind::jump, static_cast<size_t>(found - names_.begin())};
  std::vector<std::string_view> known{"continue", "exit", "end"};
  known.insert(known.end(), names_.begin(), names_.end());
  problems.at(where, "this scope has no task \"" + *text + "\"" + suggestion(*text, known),
              enumerate(known));
  return {};
}

} // namespace steward::workflow::reader

namespace steward::workflow {

std::string_view task::kind() const {
  // In the order of the variant's alternatives.
  static constexpr std::array<std::string_view, std::variant_size_v<decltype(body)>> words{
      "do",   "set", "switch", "for",  "try",    "raise", "wait",
      "call", "run", "fork",   "emit", "listen", "call",  "call"};
  return words[body.index()];
}

} // namespace steward::workflow
