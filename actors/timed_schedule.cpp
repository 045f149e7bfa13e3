#include "actors/schedule.hpp"

namespace steward {

namespace {

using std::chrono::milliseconds;
namespace plans = workflow::schedule;

/// A start that is late by no more than this is merely late: the policy for what was missed does
/// not concern it.
constexpr int64_t grace_us = 2'000'000;
constexpr milliseconds look_again{1000};

/// every, cron, after. One due time after the other: each is handled (started, or left out by a
/// policy) before the next one is looked at.
class timed_schedule final : public schedule {
public:
  timed_schedule(schedule_hands& hands, deployed_ptr workflow, schedule_progress progress)
      : schedule(hands, std::move(workflow), std::move(progress)),
        plan_(std::get<plans::schedule_plan>(definition().starts)),
        is_chain_(std::holds_alternative<plans::after>(plan_.trigger)) {}

  void go_on() override {
    if (progress_.paused || busy_) return;
    if (progress_.queued_us) {
      if (ended_us_) return begin(*progress_.queued_us);
      watch();
    }
    const auto due = find_due();
    if (!due) return;
    const auto starts_us = plan_.start_of(identity(), *due);
    if (starts_us > hands_.now_us()) return hands_.wake_at(name_, starts_us);
    is_chain_ ? begin(*due) : check_overlap(*due);
  }

  std::optional<int64_t> next_due() const override {
    if (!is_chain_) {
      if (!late_.empty()) return late_.front();
      return plan_.next_due(progress_.anchor_us, progress_.handled_us);
    }
    if (!progress_.last_run) return progress_.anchor_us;
    return ended_us_ ? plan_.next_due(progress_.anchor_us, *ended_us_) : std::nullopt;
  }

private:
  // --- what is due ---

  std::optional<int64_t> find_due() {
    if (is_chain_ && progress_.last_run && !ended_us_) watch();
    if (!is_chain_ && late_.empty()) collect_missed();
    return next_due();
  }

  /// What passed while nobody was here: the policy says which of it is made up for. Within the
  /// jitter nothing has been missed yet.
  void collect_missed() {
    const auto now_us = hands_.now_us();
    const auto surely_us = now_us - grace_us - (plan_.jitter.after(now_us) - now_us);
    const auto found = plan_.missed(progress_.anchor_us, progress_.handled_us, surely_us);
    if (!found.through_us) return;
    late_.assign(found.due_us.begin(), found.due_us.end());
    late_through_us_ = *found.through_us;
    progress_.handled_us = late_.empty() ? *found.through_us : late_.front() - 1;
    if (found.left_out > 0)
      note_missed(found.left_out, found.left_out_more, plans::to_string(plan_.catching_up));
    save();
  }

  /// Done with this due time, one way or another.
  void handle(int64_t due_us) {
    if (!late_.empty() && late_.front() == due_us)
      late_.pop_front();
    else if (!late_.empty())
      return;
    const bool made_up = late_.empty() && late_through_us_ > due_us;
    progress_.handled_us = std::max(progress_.handled_us, made_up ? late_through_us_ : due_us);
  }

  // --- what is going on already ---

  void check_overlap(int64_t due_us) {
    if (plan_.overlapping == plans::overlap::allow || !progress_.last_run || ended_us_)
      return begin(due_us);
    busy_ = true;
    hands_.read(*progress_.last_run, guarded([this, due_us](found_run& found) {
      busy_ = false;
      if (found.failed) return wait_for_store();
      if (!note_end(found)) leave_out(due_us);
      go_on();
    }));
  }

  void wait_for_store() {
    busy_ = true;
    later(look_again, [this] {
      busy_ = false;
      go_on();
    });
  }

  /// The last run still goes on at this due time.
  void leave_out(int64_t due_us) {
    if (plan_.overlapping == plans::overlap::queue && !progress_.queued_us)
      progress_.queued_us = due_us;
    else
      note_missed(1, false, std::string{"overlap: "} += plans::to_string(plan_.overlapping));
    handle(due_us);
    save();
  }

  /// True if the last run has ended; then it is known when.
  bool note_end(const found_run& found) {
    if (found.row && !workflow::is_final(found.row->status)) return false;
    ended_us_ = found.row ? found.row->ended_us.value_or(hands_.now_us())
                          : progress_.last_due_us.value_or(progress_.anchor_us);
    return true;
  }

  /// Goes on once the last run has ended.
  void watch() {
    if (watching_ == progress_.last_run) return;
    watching_ = progress_.last_run;
    look(*watching_);
  }
  void look(const run_id& run) {
    hands_.read(run, guarded([this, run](found_run& found) {
                  if (watching_ != run) return;
                  if (found.failed) return later(look_again, [this, run] { look(run); });
                  if (!note_end(found)) return await(run);
                  watching_.reset();
                  go_on();
                }));
  }
  void await(const run_id& run) {
    hands_.await_end(run, guarded([this, run](const reply& r) {
                       if (r.what == reply::kind::ok) return look(run);
                       later(look_again, [this, run] { look(run); });
                     }));
  }

  // --- starting ---

  void begin(int64_t due_us) {
    busy_ = true;
    auto what = std::make_shared<occasion>();
    what->due_us = due_us;
    what->run = scheduled_run_id(hands_.tenant(), name_, due_us, "due " + std::to_string(due_us));
    what->input = "null";
    // A chain would end with a run that is given up; others go on with the next one.
    const auto next_us = plan_.next_due(progress_.anchor_us, std::max(due_us, hands_.now_us()));
    what->wanted = [this, next_us] {
      return !progress_.paused && (is_chain_ || !next_us || hands_.now_us() < *next_us);
    };
    what->started = [this, due_us] {
      ended_us_.reset();
      watching_.reset();
      done(due_us);
    };
    what->given_up = [this, due_us] {
      if (!progress_.paused) note_missed(1, false, "failed");
      done(due_us);
    };
    start(std::move(what));
  }

  void done(int64_t due_us) {
    busy_ = false;
    if (progress_.queued_us == due_us)
      progress_.queued_us.reset();
    else
      handle(due_us);
    save();
    go_on();
  }

  void on_pause() override { hands_.wake_at(name_, std::nullopt); }

  void on_resume(std::function<void()> then) override {
    progress_.paused = false;
    progress_.handled_us = std::max(progress_.handled_us, hands_.now_us());
    progress_.queued_us.reset();
    late_.clear();
    save(std::move(then));
    go_on();
  }

  std::string identity() const { return hands_.tenant() + '/' + name_; }

  const plans::schedule_plan& plan_;
  const bool is_chain_;             ///< after: each run follows from the end of the one before it.
  std::deque<int64_t> late_;        ///< Missed due times that are made up for.
  int64_t late_through_us_ = 0;     ///< With the last of these, all up to here is handled.
  std::optional<int64_t> ended_us_; ///< Of the last run, once that is known.
  std::optional<run_id> watching_;  ///< Whose end is waited for.
  bool busy_ = false;               ///< A due time is being handled.
};

} // namespace

std::unique_ptr<schedule> make_timed_schedule(schedule_hands& hands, deployed_ptr workflow,
                                              schedule_progress progress) {
  return std::make_unique<timed_schedule>(hands, std::move(workflow), std::move(progress));
}

} // namespace steward
