#include "actors/replay.hpp"

#include "actors/history.hpp"
#include "actors/replay_writer.hpp"
#include "workflow/json.hpp"
#include "workflow/secret_mask.hpp"

#include <deque>

namespace steward {

namespace {

using workflow::value;

constexpr size_t completed_shown = 20;

bool ends_task(std::string_view type) {
  return type == "task.completed" || type == "task.faulted" || type == "task.skipped" ||
         type == "task.cancelled";
}

/// Keeps the step that is looked for, and the machine's picture right after it.
class picture_taker final : public workflow::step_observer {
public:
  picture_taker(const workflow::machine& m, uint64_t wanted) : machine_(m), wanted_(wanted) {}

  void on_step(const workflow::step& s) override {
    ++steps_;
    fresh_ = false;
    if (wanted_ != 0 && steps_ > wanted_) return;
    step_ = s;
    if (s.type == "task.completed") {
      completed_.push_back(s);
      if (completed_.size() > completed_shown) completed_.pop_front();
    }
    if (steps_ != wanted_) return;
    take();
    if (ends_task(s.type) && picture_.at_work) // it is still there while its end is told
      picture_.tasks.erase(picture_.tasks.begin() + static_cast<ptrdiff_t>(*picture_.at_work));
    fresh_ = true;
  }

  /// The machine rests. If no step came after the one that is looked for, this is what it led to.
  void at_rest() {
    if (fresh_ || wanted_ == 0) take();
  }

  uint64_t steps() const { return steps_; }
  const workflow::run_picture& picture() const { return picture_; }
  const workflow::step& step() const { return step_; }
  const std::deque<workflow::step>& completed() const { return completed_; }

private:
  void take() { picture_ = machine_.inspect(); }

  const workflow::machine& machine_;
  uint64_t wanted_;
  uint64_t steps_ = 0;
  bool fresh_ = false;
  workflow::step step_;
  workflow::run_picture picture_;
  std::deque<workflow::step> completed_;
};

/// Notes with what a task is entered.
class input_finder final : public workflow::step_observer {
public:
  input_finder(const workflow::machine& m, std::string_view task) : machine_(m), task_(task) {}
  void on_step(const workflow::step& s) override {
    if (s.type != "task.started" || (s.task != task_ && s.name != task_)) return;
    const auto picture = machine_.inspect();
    if (picture.at_work) found = picture.tasks[*picture.at_work].raw_input;
  }
  std::optional<value> found;

private:
  const workflow::machine& machine_;
  std::string_view task_;
};

failure not_a_step(uint64_t steps) {
  return {ec::invalid_request,
          "step: the run has no such step",
          {{"step", "the run has no such step", "1 to " + std::to_string(steps), 0, 0}},
          {}};
}

} // namespace

outcome<std::string, failure> replay_document(std::shared_ptr<const workflow::definition> d,
                                              const workflow::machine_limits& limits,
                                              const store::stored_run& run, uint64_t step,
                                              const workflow::value& secrets) {
  workflow::machine m{std::move(d), limits, secrets};
  picture_taker taker{m, step};
  replay(m, run, &taker, [&](const workflow::command&) {
    if (step != 0) taker.at_rest();
  });
  taker.at_rest();
  if (step > taker.steps()) return failed{not_a_step(taker.steps())};
  replay_writer writer;
  writer.begin(run.row, step_document(step == 0 ? taker.steps() : step, taker.step()),
               taker.steps());
  writer.picture(taker.picture());
  for (const auto& s : taker.completed()) writer.completed(s);
  return workflow::secret_mask{secrets}.masked(std::move(writer).finish());
}

std::optional<value> last_input_of(std::shared_ptr<const workflow::definition> d,
                                   const workflow::machine_limits& limits,
                                   const store::stored_run& run, std::string_view task,
                                   const value& secrets) {
  workflow::machine m{std::move(d), limits, secrets};
  input_finder finder{m, task};
  replay(m, run, &finder);
  const workflow::secret_mask mask{secrets};
  if (finder.found && !mask.empty() && mask.masked(*finder.found) != *finder.found) return {};
  return finder.found;
}

} // namespace steward
