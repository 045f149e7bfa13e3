#include "workflow/machine/interpreter.hpp"

namespace steward::workflow {

namespace {

bool extends(const extension& e, std::string_view kind) {
  return e.extend == "all" || e.extend == kind || (e.extend == "composite" && kind == "do");
}

} // namespace

/// Runs what extensions put before the task on top; false if there are none. Tasks of extensions
/// are not extended themselves.
bool interpreter::begin_extended(const task& t) {
  for (const auto* line = now_; line; line = line->parent)
    for (size_t depth = 0; depth + (line == now_ ? 1 : 0) < line->frames.size(); ++depth)
      if (const auto& around = line->frames[depth].extended;
          around && around->at != extension_state::phase::body)
        return false;
  auto applying = std::vector<const extension*>{};
  for (const auto& e : run_.what->extensions)
    if (extends(e, t.kind()) && applies(e)) applying.push_back(&e);
  if (applying.empty()) return false;
  auto& f = top();
  f.extended = std::make_unique<extension_state>();
  f.extended->applying = std::move(applying);
  f.extended->index = static_cast<size_t>(-1);
  next_extension();
  return true;
}

/// A condition that fails does not hold: it looks into definitions of tasks of every shape.
bool interpreter::applies(const extension& e) const {
  auto held = false;
  auto failure = failure_of([&] {
    held = !e.when || holds(*e.when, top().input, view().with_definition(), "extension.when");
  });
  return held && !failure;
}

/// One extension's tasks are done, or none has begun: to the next one's, or to what they surround.
void interpreter::next_extension() {
  using phase = extension_state::phase;
  auto& f = top();
  auto& e = *f.extended;
  const auto& t = *f.what;
  if (e.left && e.at == phase::before) {
    e.at = phase::body;
    return complete(std::move(f.data), t.then);
  }
  while (++e.index < e.applying.size()) {
    const auto& tasks =
        e.at == phase::before ? e.applying[e.index]->before : e.applying[e.index]->after;
    if (!tasks.empty()) return f.open(tasks, e.at == phase::before ? f.input : e.output);
  }
  if (e.at == phase::after) return pass_on(std::move(e.output), e.then);
  e.at = phase::body;
  begin_body(t);
}

/// The task's own work is done: what extensions put after it comes now. False if there is nothing.
bool interpreter::begin_after(value& result, flow then) {
  auto& e = *top().extended;
  auto has_after = false;
  for (const auto* x : e.applying) has_after = has_after || !x->after.empty();
  if (!has_after) return false;
  e.at = extension_state::phase::after;
  e.left = false;
  e.index = static_cast<size_t>(-1);
  e.output = std::move(result);
  e.then = then;
  next_extension();
  return true;
}

} // namespace steward::workflow
