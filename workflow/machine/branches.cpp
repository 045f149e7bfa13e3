#include "workflow/machine/interpreter.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

/// What an export saw when it was made, with the context that it is done on now.
class pending_variables final : public variable_source {
public:
  pending_variables(const pending_export& e, const value& context)
      : export_(e), context_(context) {}
  value lookup(std::string_view name) const override {
    if (name == "context") return context_;
    auto found = std::ranges::find(export_.variables, name,
                                   [](const auto& v) -> std::string_view { return v.first; });
    return found != export_.variables.end() ? found->second : value{};
  }

private:
  const pending_export& export_;
  const value& context_;
};

} // namespace

void interpreter::begin(const task&, const fork_task& body) {
  if (branches_.size() + body.branches.size() > limits_.branches)
    fail_task("runtime", "more than " + std::to_string(limits_.branches) + " branches at once");
  auto& parent = *now_;
  auto& f = top();
  f.fork = std::make_unique<fork_state>();
  auto& state = *f.fork;
  state.running = body.branches.size();
  state.outputs.resize(body.branches.size());
  state.exports.resize(body.branches.size());
  parent.joining = true;
  for (size_t i = 0; i < body.branches.size(); ++i) {
    auto b = std::make_unique<branch>();
    b->id = ++last_branch_;
    b->parent = &parent;
    b->index = i;
    b->below = parent.below + parent.frames.size();
    b->context = parent.context;
    auto& root = b->frames.emplace_back();
    root.raw_input = root.input = f.input;
    root.started_us = now_us_;
    root.open(body.branches[i], f.input);
    state.open.push_back(b->id);
    auto& added = *b;
    branches_.emplace(b->id, std::move(b));
    wake(added);
  }
  if (body.branches.empty()) join(f);
}

/// The branch that goes on has come to its end.
void interpreter::end_branch(value result) {
  auto done = std::move(branches_.at(now_->id));
  branches_.erase(done->id);
  leave_to(*done->parent);
  auto& f = top();
  auto& state = *f.fork;
  state.open[done->index] = 0;
  --state.running;
  state.outputs[done->index] = std::move(result);
  state.exports[done->index] = std::move(done->exports);
  const auto& body = std::get<fork_task>(f.what->body);
  if (body.compete) {
    cancel_branches(f);
    forget_fallen();
    apply_exports(state.exports[done->index]);
    return complete(std::move(state.outputs[done->index]), f.what->then);
  }
  if (state.running > 0)
    now_->joining = true;
  else
    join(f);
}

void interpreter::join(frame& fork) {
  now_->joining = false;
  wake(*now_);
  for (const auto& exports : fork.fork->exports) apply_exports(exports);
  complete(value::array(std::move(fork.fork->outputs)), fork.what->then);
}

/// An error came through the whole branch that goes on: it is the fork's, unless others compete.
void interpreter::branch_failed(run_error e) {
  auto node = branches_.extract(now_->id);
  auto failed = node.mapped().get();
  fallen_branches_.insert(std::move(node));
  leave_to(*failed->parent);
  auto& f = top();
  f.fork->open[failed->index] = 0;
  --f.fork->running;
  if (std::get<fork_task>(f.what->body).compete && f.fork->running > 0) {
    now_->joining = true;
    return forget_fallen();
  }
  propagate(std::move(e));
}

void interpreter::cancel_branches(frame& fork) {
  for (auto& id : fork.fork->open)
    if (id != 0) cancel_branch(std::exchange(id, 0));
  fork.fork->running = 0;
}

void interpreter::cancel_branch(branch_id id) {
  auto before = now_;
  now_ = branches_.at(id).get();
  abandon_above(0);
  now_ = before;
  fallen_branches_.insert(branches_.extract(id));
}

/// The parent goes on, in the frame of its fork.
void interpreter::leave_to(branch& parent) {
  now_ = &parent;
  parent.joining = false;
  wake(parent);
}

branch* interpreter::find_branch(branch_id id) {
  if (id == 0) return &main_;
  auto found = branches_.find(id);
  return found != branches_.end() ? found->second.get() : nullptr;
}

void interpreter::wake(branch& b) {
  if (b.queued || ended() || !b.ready()) return;
  b.queued = true;
  ready_.push_back(b.id);
}

void interpreter::apply_exports(const std::vector<pending_export>& exports) {
  for (const auto& e : exports) {
    auto failure = failure_of([&] {
      auto context =
          evaluate(*e.filter->as, e.output, pending_variables{e, now_->context}, "export.as");
      check(e.filter->schema, context, "export.schema");
      now_->context = std::move(context);
    });
    if (failure) {
      if (failure->instance.empty()) failure->instance = e.instance;
      throw task_failure{*std::move(failure)};
    }
    if (now_->parent) now_->exports.push_back(e);
  }
}

} // namespace steward::workflow
