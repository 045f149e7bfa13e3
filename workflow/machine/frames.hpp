#pragma once

#include "workflow/machine.hpp"

#include <limits>
#include <memory>
#include <vector>

/// What a run remembers of the tasks it is in. Frames live on the heap, one per open task: nesting
/// costs no native stack, and a run is a value that could be looked at or copied at any point.
namespace steward::workflow {

/// An instant at which a task has taken too long, and the timer that will say so. The timer is
/// asked for only once the run really waits, so that a run which never waits sets none.
struct deadline {
  static constexpr int64_t never = std::numeric_limits<int64_t>::max();
  int64_t due_us = never;
  effect_id timer = 0; ///< 0: not asked for yet.
};

/// The part of a frame that only a `for` task has.
struct loop_state {
  value items;
  size_t index = 0;
  bool iterating = false; ///< True while the loop's variables exist.
  bool left = false;      ///< Left by `then: exit`: no further iteration.
};

/// The part of a frame that only a `try` task has.
struct try_state {
  enum class phase : uint8_t { body, handler, done };
  phase at = phase::body;
  uint64_t retries = 0;
  int64_t first_attempt_us = 0;
  deadline attempt; ///< `limit.attempt.duration` of the running attempt.
  value caught;     ///< The error, while the handler runs.
};

/// One open task, or the workflow itself at the bottom of the stack.
struct frame {
  const task* what = nullptr;      ///< Null for the workflow itself.
  const task_list* list = nullptr; ///< The scope that runs inside, if any.
  size_t next = 0;                 ///< Index into `list` of the task to enter, or that is open.
  value raw_input;                 ///< As it came from the task before.
  value input;                     ///< After `input.from`.
  value data;                      ///< What flows through `list`.
  int64_t started_us = 0;
  deadline timeout;
  effect_id waits_for = 0; ///< The effect whose answer this task needs to go on.
  /// How often each task of `list` was entered since the scope began: tells the passes of a `then`
  /// loop apart, and starts over with each attempt and iteration.
  std::vector<uint32_t> visits;
  std::unique_ptr<loop_state> loop;
  std::unique_ptr<try_state> attempt;

  void open(const task_list& tasks, value first_input) {
    list = &tasks;
    next = 0;
    data = std::move(first_input);
    visits.assign(tasks.size(), 0);
  }
  bool runs_body() const { return attempt && attempt->at == try_state::phase::body; }
  bool runs_handler() const { return attempt && attempt->at == try_state::phase::handler; }
};

/// One line of execution. A run has one; concurrent branches would each be one, joined by the frame
/// that started them.
struct branch {
  std::vector<frame> frames;
  effect_id blocked_on = 0; ///< 0: ready to run.
};

/// An effect that was asked for and not answered yet.
struct open_effect {
  enum class purpose : uint8_t { answer, timeout, attempt_timeout };
  command sent;
  purpose use = purpose::answer;
  size_t depth = 0; ///< Index of the frame in its branch.
  /// The answer is here and waits for the run to be resumed.
  bool answered = false;
};

/// What holds for the run as a whole.
struct run_facts {
  std::shared_ptr<const definition> what;
  std::string id;
  value input; ///< As given by who started the run.
  value context = value::empty_object();
  int64_t started_us = 0;
};

} // namespace steward::workflow
