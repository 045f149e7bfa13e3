#include "workflow/machine/snapshot_links.hpp"

#include "workflow/machine/snapshot_values.hpp"

namespace steward::workflow {

namespace {

/// The scopes of a kind of task, in order. `each` is called with a name and a scope.
template <class Each>
struct scope_visitor {
  const definition& what;
  Each& each;

  void operator()(const do_task& t) const { each("do", t.tasks); }
  void operator()(const for_task& t) const { each("do", t.tasks); }
  void operator()(const try_task& t) const {
    each("try", t.tasks);
    each("catch", t.handler);
  }
  void operator()(const listen_task& t) const {
    if (t.each) each("foreach", t.each->tasks);
  }
  void operator()(const call_function_task& t) const { each("call", what.functions[t.function]); }
  template <class Other>
  void operator()(const Other&) const {}
};

template <class Each>
void each_scope(const definition& d, const task& t, Each&& each) {
  std::visit(scope_visitor<Each>{d, each}, t.body);
}

} // namespace

// --- numbers ---

void definition_links::list_filters() {
  if (!filters_.empty()) return;
  list_filters(definition_.tasks);
  for (const auto& function : definition_.functions) list_filters(function);
  for (const auto& e : definition_.extensions) {
    list_filters(e.before);
    list_filters(e.after);
  }
  for (size_t i = 0; i < filters_.size(); ++i) numbers_.emplace(filters_[i], i);
}

void definition_links::list_filters(const task_list& tasks) {
  for (const auto& t : tasks) {
    filters_.push_back(&t.export_);
    if (auto listen = std::get_if<listen_task>(&t.body); listen && listen->each)
      filters_.push_back(&listen->each->export_);
    if (auto fork = std::get_if<fork_task>(&t.body))
      for (const auto& branch : fork->branches) list_filters(branch);
    // Functions are listed once, not for each task that calls them.
    if (!std::holds_alternative<call_function_task>(t.body))
      each_scope(definition_, t, [this](const char*, const task_list& l) { list_filters(l); });
  }
}

size_t definition_links::number_of(const output_filter* filter) {
  list_filters();
  return numbers_.at(filter);
}

const output_filter* definition_links::filter(size_t number) {
  list_filters();
  if (number >= filters_.size() || !filters_[number]->as)
    throw unreadable_snapshot{"an export is not in the definition"};
  return filters_[number];
}

size_t definition_links::number_of(const extension* e) const {
  return static_cast<size_t>(e - definition_.extensions.data());
}

const extension* definition_links::extension_at(size_t number) const {
  if (number >= definition_.extensions.size())
    throw unreadable_snapshot{"an extension is not in the definition"};
  return &definition_.extensions[number];
}

// --- scopes ---

std::vector<named_scope> scopes_of(const definition& d, const frame& f, const branch& line) {
  auto scopes = std::vector<named_scope>{};
  if (f.what) {
    each_scope(d, *f.what, [&scopes](const char* name, const task_list& tasks) {
      scopes.push_back({name, &tasks});
    });
    if (f.extended)
      for (const auto* e : f.extended->applying) {
        auto number = std::to_string(e - d.extensions.data());
        scopes.push_back({"before " + number, &e->before});
        scopes.push_back({"after " + number, &e->after});
      }
  } else if (!line.parent) {
    scopes.push_back({"do", &d.tasks});
  } else {
    const auto& fork = std::get<fork_task>(line.parent->frames.back().what->body);
    scopes.push_back({"branch", &fork.branches.at(line.index)});
  }
  return scopes;
}

} // namespace steward::workflow
