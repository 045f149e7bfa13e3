#pragma once

#include "workflow/event_consumption.hpp"
#include "workflow/machine.hpp"

#include <deque>
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
  effect_id timer = 0;  ///< 0: not asked for yet.
  int64_t since_us = 0; ///< From when it counts: a run that is retried starts it again.
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
  uint64_t earlier = 0; ///< Attempts before the run itself was retried.
  int64_t first_attempt_us = 0;
  deadline attempt; ///< `limit.attempt.duration` of the running attempt.
  value caught;     ///< The error, while the handler runs.
};

/// An `export` of a branch: done again, on the context around, when the fork joins.
struct pending_export {
  const output_filter* filter = nullptr;
  value output;
  std::string instance; ///< The task's pointer, for errors.
  /// What the export's expressions see, but for the context.
  std::vector<std::pair<std::string, value>> variables;
};

using branch_id = uint32_t;

/// The part of a frame that only a `fork` task has.
struct fork_state {
  std::vector<branch_id> open; ///< By branch of the task; 0 once it has ended.
  std::vector<value> outputs;
  std::vector<std::vector<pending_export>> exports; ///< Of branches that have ended.
  size_t running = 0;
  std::optional<run_error> last_error; ///< Of a competing branch that failed.
};

/// The part of a frame that only a `listen` task has.
struct listen_state {
  effect_id effect = 0;
  event_consumption consumption;
  uint64_t last_sequence = 0; ///< Of the newest event that was taken.
  uint64_t begun = 0;         ///< How many events the run had consumed when this began.
  // For each event that was taken and not iterated over yet, when there is a `foreach`.
  std::deque<value> queue;
  std::vector<value> outputs;
  size_t index = 0;
  size_t bytes = 0;       ///< About what the events that are kept take.
  bool iterating = false; ///< True while the variables of `foreach` exist.
  bool left = false;      ///< Left by `then: exit`.
  value item;
};

/// The part of a frame whose task is extended.
struct extension_state {
  enum class phase : uint8_t { before, body, after };
  phase at = phase::before;
  std::vector<const extension*> applying;
  size_t index = 0;
  bool left = false; ///< `before` ended with `then: exit`: its data stands for the task's.
  value output;      ///< The task's, while `after` runs.
  flow then;
};

/// One open task, or the workflow itself at the bottom of the stack.
struct frame {
  const task* what = nullptr;      ///< Null for the workflow itself, and for a branch.
  const task_list* list = nullptr; ///< The scope that runs inside, if any.
  size_t next = 0;                 ///< Index into `list` of the task to enter, or that is open.
  value raw_input;                 ///< As it came from the task before.
  value input;                     ///< After `input.from`.
  value data;                      ///< What flows through `list`.
  int64_t started_us = 0;
  deadline timeout;
  effect_id waits_for = 0; ///< The effect whose answer this task needs to go on.
  int repeated = 0;        ///< How often the run was retried from this task.
  /// How often each task of `list` was entered since the scope began: tells the passes of a `then`
  /// loop apart, and starts over with each attempt and iteration.
  std::vector<uint32_t> visits;
  std::unique_ptr<loop_state> loop;
  std::unique_ptr<try_state> attempt;
  std::unique_ptr<fork_state> fork;
  std::unique_ptr<listen_state> listening;
  std::unique_ptr<extension_state> extended;

  void open(const task_list& tasks, value first_input) {
    list = &tasks;
    next = 0;
    data = std::move(first_input);
    visits.assign(tasks.size(), 0);
  }
  bool runs_body() const { return attempt && attempt->at == try_state::phase::body; }
  bool runs_handler() const { return attempt && attempt->at == try_state::phase::handler; }
};

/// One line of execution: the run's main one, or one branch of a `fork`. Goes on in the order in
/// which branches became ready, each until it blocks or ends.
struct branch {
  branch_id id = 0;         ///< 0: the main one.
  branch* parent = nullptr; ///< Whose topmost frame is the fork's.
  size_t index = 0;         ///< Among the fork's branches.
  size_t below = 0;         ///< Frames of the branches around.
  std::vector<frame> frames;
  value context = value::empty_object(); ///< `$context`, as this branch sees it.
  std::vector<pending_export> exports;   ///< Made since the branch began, in order.
  effect_id blocked_on = 0;
  bool joining = false; ///< Waits for branches of its own.
  bool queued = false;  ///< Among those that are ready.
  int repeat = 0;       ///< `repeated` of the task that is entered next.
  /// What an error on its way outwards has closed, innermost first: kept until it is caught, since
  /// a run that ends by it may be retried.
  std::vector<frame> fallen;

  bool ready() const { return blocked_on == 0 && !joining; }
};

/// An effect that was asked for and not answered yet.
struct open_effect {
  enum class purpose : uint8_t { answer, timeout, attempt_timeout };
  command sent;
  purpose use = purpose::answer;
  branch_id where = 0;
  size_t depth = 0; ///< Index of the frame in its branch.
  /// The answer is here and waits for the run to be resumed.
  bool answered = false;
};

/// What holds for the run as a whole.
struct run_facts {
  std::shared_ptr<const definition> what;
  std::string id;
  value input;   ///< As given by who started the run.
  value secrets; ///< `$secrets`
  int64_t started_us = 0;
};

} // namespace steward::workflow
