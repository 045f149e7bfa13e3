#pragma once

#include "actors/schedule_hands.hpp"
#include "actors/schedule_progress.hpp"
#include "messages/events.hpp"

#include <deque>

namespace steward {

/// The schedule of one workflow: what timed and event-started ones have in common. Lives in the
/// schedules actor, works through its hands, and keeps its progress in the store. What is not
/// durable when the actor crashes is done again; the ids of runs make that harmless.
class schedule {
public:
  schedule(schedule_hands& hands, deployed_ptr workflow, schedule_progress progress);
  virtual ~schedule() = default;
  schedule(const schedule&) = delete;
  schedule& operator=(const schedule&) = delete;

  /// Does what can be done by now. Called at its birth, when its time has come, after a resume.
  virtual void go_on() = 0;
  /// One that starts by time has no use for events, whoever listened for it before.
  virtual void offered(const event_due&) { hands_.forget_listener(name_); }
  virtual std::optional<int64_t> next_due() const { return std::nullopt; }
  /// It makes place for another one, or for none: what it asked of others is taken back.
  virtual void retire() { hands_.wake_at(name_, std::nullopt); }

  /// Writes the progress, with the notes since the last time; `then` once it is durable. Tried
  /// until it works; in order.
  void save(std::function<void()> then = {});

  void control(schedule_action action, const reply_slot& slot);
  /// For people: see `list_schedules`.
  workflow::value document() const;

  const schedule_progress& progress() const { return progress_; }

protected:
  /// Called before the change is written.
  virtual void on_pause() = 0;
  /// Forgets what came in the pause, then writes.
  virtual void on_resume(std::function<void()> then) = 0;
  /// What is written with each progress.
  virtual void add_writes(std::vector<write_op>&) const {}

  /// Starts the run for an occasion and tries again, with growing pauses, while `wanted`. A run
  /// that was started is `started`, one that is not wanted any more is `given_up`.
  struct occasion {
    run_id run;
    int64_t due_us = 0;
    std::string input;
    std::function<bool()> wanted;
    std::function<void()> started;
    std::function<void()> given_up;
  };
  void start(std::shared_ptr<const occasion> what, unsigned attempt = 0);

  // Notes for the log and the feed; the latter are written with the progress.
  void note_missed(uint64_t count, bool more, std::string_view policy);
  void note_failed(int64_t due_us, const failure& why);

  /// The function, unless this schedule is gone by then.
  template <class Function>
  auto guarded(Function f) {
    return [alive = std::weak_ptr<const char>{alive_}, f = std::move(f)](auto&&... arguments) {
      if (!alive.expired()) f(std::forward<decltype(arguments)>(arguments)...);
    };
  }
  /// guarded, after a pause.
  template <class Function>
  void later(std::chrono::milliseconds wait, Function f) {
    hands_.later(wait, guarded(std::move(f)));
  }

  const workflow::definition& definition() const { return *workflow_->definition; }
  workflow_ref newest() const;

  schedule_hands& hands_;
  const deployed_ptr workflow_;
  const std::string name_; ///< namespace/name
  schedule_progress progress_;

private:
  void write();
  void note(std::string type, std::vector<workflow::member> data);

  std::shared_ptr<const char> alive_ = std::make_shared<const char>();
  std::vector<write_op> notes_;
  std::vector<std::function<void()>> waiting_; ///< For the next write to be durable.
  bool writing_ = false, changed_ = false;
};

/// Starts runs by time: every, cron, after.
std::unique_ptr<schedule> make_timed_schedule(schedule_hands& hands, deployed_ptr workflow,
                                              schedule_progress progress);
/// Starts runs on events: on.
std::unique_ptr<schedule> make_event_schedule(schedule_hands& hands, deployed_ptr workflow,
                                              schedule_progress progress);

} // namespace steward
