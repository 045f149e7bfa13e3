#include "actors/schedule.hpp"
#include "workflow/event_consumption.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

namespace steward {

namespace {

using std::chrono::milliseconds;
using workflow::value;

/// A schedule's expressions see the event and nothing else: there is no run whose data they could
/// use.
class no_variables final : public workflow::variable_source {
public:
  value lookup(std::string_view) const override { return {}; }
};

class trigger_evaluator final : public workflow::event_evaluator {
public:
  trigger_evaluator(int64_t now_us, const workflow::evaluation_budget& budget)
      : now_us_(now_us), budget_(budget) {}

  std::optional<value> try_evaluate(const workflow::value_template& what,
                                    const value& input) const override {
    auto result = what.evaluate(input, no_variables{}, now_us_, budget_);
    return result ? std::optional{*std::move(result)} : std::nullopt;
  }
  std::optional<value> try_evaluate(const workflow::expression& what,
                                    const value& input) const override {
    auto result = what.evaluate_one(input, no_variables{}, now_us_, budget_);
    return result ? std::optional{*std::move(result)} : std::nullopt;
  }
  value expectation(const workflow::value_template& what) const override {
    return try_evaluate(what, {}).value_or(value{});
  }
  /// One that fails does not hold.
  bool holds(const workflow::expression& until, const value& consumed) const override {
    const auto result = try_evaluate(until, consumed);
    return result && result->is_bool() && result->as_bool();
  }

private:
  int64_t now_us_;
  const workflow::evaluation_budget& budget_;
};

/// on: a run for each time the events have come. One event after the other: what was taken is
/// durable before the inbox is told so, and an event that completes a run's input is not taken
/// before its run is durable.
class event_schedule final : public schedule {
public:
  event_schedule(schedule_hands& hands, deployed_ptr workflow, schedule_progress progress)
      : schedule(hands, std::move(workflow), std::move(progress)),
        trigger_(std::get<workflow::event_trigger>(definition().starts)),
        decided_(progress_.cursor) {
    begin_round();
    for (const auto& event : progress_.collected) take(event);
    save([this] {
      listening_ = true;
      hands_.tell_tenant(
          open_listener{hands_.tenant(), {{}, 0, name_}, routes(), progress_.cursor});
    });
  }

  void go_on() override {
    while (!offers_.empty() && !starting_) {
      const auto offer = std::move(offers_.front());
      offers_.pop_front();
      decide(offer);
    }
  }

  void offered(const event_due& m) override {
    if (m.sequence <= decided_) return saw();
    if (m.sequence <= queued_ || m.previous > std::max(queued_, decided_)) return;
    queued_ = m.sequence;
    offers_.push_back(m);
    go_on();
  }

  void retire() override {
    schedule::retire();
    hands_.forget_listener(name_);
  }

private:
  using verdict = workflow::event_consumption::outcome;

  const workflow::machine_limits& limits() const {
    return hands_.of_node().settings.tenant.machine;
  }
  trigger_evaluator evaluator() const { return {hands_.now_us(), limits().expression}; }

  void begin_round() {
    round_ = workflow::event_consumption{trigger_.to, trigger_.read, evaluator()};
    bytes_ = 0;
  }
  verdict take(const value& event) {
    const auto taken = round_.take(event, evaluator());
    if (taken != verdict::ignored) bytes_ += event.weight();
    return taken;
  }

  void decide(const event_due& m) {
    if (m.sequence <= decided_) return; // a resume has passed it by
    const auto event = workflow::parse_json(m.event);
    const auto taken = event && !progress_.paused ? take(*event) : verdict::ignored;
    if (taken == verdict::ignored) {
      decided_ = m.sequence;
      return saw();
    }
    if (bytes_ > limits().data_bytes) return give_up_round(m);
    if (round_.is_done()) return start_run(m);
    if (!round_.is_endless()) progress_.collected.push_back(*event);
    decided_on(m.sequence);
  }

  void give_up_round(const event_due& m) {
    note_failed(m.received_us,
                {ec::invalid_request,
                 "the events take more than " + std::to_string(limits().data_bytes) + " bytes",
                 {},
                 {}});
    clear_round();
    decided_on(m.sequence);
  }

  void start_run(const event_due& m) {
    starting_ = true;
    auto what = std::make_shared<occasion>();
    what->due_us = m.received_us;
    what->run = scheduled_run_id(hands_.tenant(), name_, m.received_us,
                                 "event " + std::to_string(m.sequence));
    what->input = workflow::to_json(value::array(round_.taken()));
    what->wanted = [this] { return !progress_.paused; }; // the events are kept until then
    what->started = what->given_up = [this, sequence = m.sequence] {
      starting_ = false;
      clear_round();
      decided_on(sequence);
      go_on();
    };
    start(std::move(what));
  }

  void clear_round() {
    progress_.collected.clear();
    begin_round();
  }

  /// It is part of the progress from now on.
  void decided_on(uint64_t sequence) {
    progress_.cursor = decided_ = std::max(decided_, sequence);
    ++unsaved_;
    save([this] {
      --unsaved_;
      saw();
    });
  }

  /// Tells the inbox, unless a crash could undo it.
  void saw() {
    if (unsaved_ == 0) hands_.tell_tenant(event_seen{hands_.tenant(), {{}, 0, name_}, decided_});
  }

  void add_writes(std::vector<write_op>& ops) const override {
    if (!listening_) ops.emplace_back(put_listener{{}, 0, name_, routes()});
    ops.emplace_back(advance_listener{{}, 0, name_, progress_.cursor});
  }

  std::string routes() const {
    return encode_routes(
        workflow::event_consumption{trigger_.to, trigger_.read, evaluator()}.routes());
  }

  void on_pause() override {
    if (!starting_) clear_round();
  }

  void on_resume(std::function<void()> then) override {
    hands_.read_schedules(guarded([this, then](schedule_page& page) {
      if (page.failed) return later(milliseconds{500}, [this, then] { on_resume(then); });
      progress_.paused = false;
      clear_round();
      decided_on(page.newest_event);
      save(then);
    }));
  }

  const workflow::event_trigger& trigger_;
  workflow::event_consumption round_; ///< Of `progress_.collected`.
  uint64_t bytes_ = 0;                ///< About, of what it took.
  std::deque<event_due> offers_;      ///< Not decided on yet; the inbox has a bound for them.
  uint64_t decided_;                  ///< The newest event that was decided on ...
  uint64_t queued_ = 0;               ///< ... and that is among the offers.
  size_t unsaved_ = 0;                ///< Decisions that are not durable.
  bool starting_ = false, listening_ = false;
};

} // namespace

std::unique_ptr<schedule> make_event_schedule(schedule_hands& hands, deployed_ptr workflow,
                                              schedule_progress progress) {
  return std::make_unique<event_schedule>(hands, std::move(workflow), std::move(progress));
}

} // namespace steward
