#include "actors/run.hpp"

#include "actors/history.hpp"
#include "actors/redaction.hpp"
#include "actors/replay.hpp"
#include "actors/retry_plan.hpp"
#include "actors/run_hands.hpp"
#include "actors/run_revival.hpp"
#include "actors/run_waiters.hpp"
#include "actors/run_writes.hpp"
#include "actors/snapshot_pace.hpp"
#include "actors/tell_batch.hpp"
#include "messages/run_document.hpp"
#include "supervision/messages.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

namespace steward {

namespace {

using begin_atom = caf::atom_constant<caf::atom("begin")>;
using proceed_atom = caf::atom_constant<caf::atom("proceed")>;
using again_atom = caf::atom_constant<caf::atom("again")>;
using rest_atom = caf::atom_constant<caf::atom("rest")>;
using std::chrono::milliseconds;

class run_state final : workflow::step_observer {
public:
  run_state(caf::event_based_actor* self, std::shared_ptr<node> n, run_birth birth)
      : self_(self), node_(std::move(n)), birth_(std::move(birth)),
        hands_(self_, node_, birth_.tenant, birth_.id, memory_), waiters_(self_) {
    node_->counters.runs_awake.fetch_add(1, std::memory_order_relaxed);
    self_->set_down_handler([this](const caf::down_msg&) { http_client_down(); });
  }
  ~run_state() override { node_->counters.runs_awake.fetch_sub(1, std::memory_order_relaxed); }

  void begin() {
    if (birth_.order && birth_.first) return start();
    load(store::run_part::state);
  }

  void load(store::run_part part) {
    const auto loader = node_->loader->get();
    if (!loader) return later(begin_atom::value);
    self_->request(loader, caf::infinite, load_run{birth_.tenant, birth_.id, part})
        .then([this](loaded_run& loaded) { loaded_from_store(loaded); },
              [this](caf::error&) { later(begin_atom::value); });
  }

  // --- what happens to the run ---

  void answered(call_done& m) {
    when_ready([this, m = std::move(m)]() mutable {
      if (workflow_) redact(m, workflow_->mask);
      if (m.answered)
        happened(
            workflow::http_answered{m.effect, m.status, std::move(m.headers), std::move(m.body)});
      else
        happened(
            workflow::http_failed{m.effect, m.timed_out, std::move(m.reason), std::move(m.error)});
      flush();
    });
  }

  void due(const timer_due& m) {
    when_ready([this, m] {
      // The reminder to cancel a child: it stays until the child's end is known.
      if (memory_.children.contains(m.effect))
        return hands_.perform(workflow::drop_effect{m.effect, workflow::drop_effect::kind::child});
      const workflow::drop_effect gone{m.effect, workflow::drop_effect::kind::timer};
      if (missing_ || workflow::is_final(durable_.status)) return hands_.forget_timer(gone.effect);
      // Whether the machine still wants it or not: the row and the timer go.
      want(gone);
      happened(workflow::timer_fired{m.effect});
      flush();
    });
  }

  void child_ended(const child_done& m) {
    when_ready([this, m] {
      workflow::child_ended e{m.effect, m.status, {}, {}};
      if (auto output = workflow::parse_json(m.output.empty() ? "null" : m.output))
        e.output = std::move(*output);
      if (!m.error.empty())
        if (auto error = workflow::parse_json(m.error)) e.error = workflow::run_error_from(*error);
      // Perhaps it was to be cancelled: nobody need be reminded any more.
      if (missing_ || !happened(std::move(e))) return hands_.forget_timer(m.effect);
      flush();
    });
  }

  /// From a parent that no longer wants this run: it is told of the end in any case.
  void cancel(const cancel_child& m) {
    when_ready([this, m] {
      if (!missing_ && happened(workflow::cancel_requested{"cancelled by request"})) return flush();
      if (!missing_ && !workflow::is_final(durable_.status)) return; // its end is on its way
      if (const auto tenant = node_->tenant_or_loader(birth_.tenant))
        self_->send(tenant,
                    child_done{birth_.tenant, m.parent, m.effect, run_status::cancelled, {}, {}});
    });
  }

  void offered(const event_due& m) {
    when_ready([this, m] {
      const auto listener = m.who.effect;
      const workflow::drop_effect gone{listener, workflow::drop_effect::kind::listener};
      if (missing_ || workflow::is_final(durable_.status)) return hands_.perform(gone);
      auto& decided = decided_[listener];
      if (m.previous > decided) return; // that one was lost with a crash and is said again first
      decided = std::max(decided, m.sequence);
      auto event = workflow::parse_json(m.event);
      if (event && happened(workflow::event_received{listener, m.sequence, std::move(*event)})) {
        next_.batch.ops.emplace_back(advance_listener{birth_.id, listener, {}, m.sequence});
        next_.seen[listener] = m.sequence;
        return flush();
      }
      // What it took but has not stored yet is not decided: a crash would bring it back.
      if (!next_.seen.contains(listener) && !(in_flight_ && in_flight_->seen.contains(listener)))
        hands_.saw(listener, m.sequence);
    });
  }

  /// From a child that came back to life: a cancellation may have been lost on its way.
  void confirm(const confirm_child& m) {
    when_ready([this, m] {
      if (missing_ ||
          machine_->wants({memory_.time_us, workflow::child_ended{m.effect, {}, {}, {}}}))
        return;
      if (const auto tenant = node_->tenant_or_loader(birth_.tenant))
        self_->send(tenant, control_run{birth_.tenant, m.child, run_action::cancel}, reply_slot{},
                    ticket{});
    });
  }

  void control(const control_run& m, const reply_slot& slot, const ticket& pass) {
    when_ready([this, action = m.action, slot, pass] {
      if (missing_) return slot.answer(no_such_run());
      const bool done = action == run_action::cancel
                            ? happened(workflow::cancel_requested{"cancelled by request"})
                        : action == run_action::suspend ? happened(workflow::suspend_requested{})
                                                        : happened(workflow::resume_requested{});
      // What speaks against it may not be durable yet, and may never be.
      (done ? next_.answers : next_.refusals).push_back(slot);
      flush();
    });
  }

  /// The run goes on after a bad end. Its parent, if it has one, has gone on without it.
  void retry(const retry_run& m, const reply_slot& slot, const ticket& pass) {
    when_ready([this, m, slot, pass] {
      if (missing_) return slot.answer(no_such_run());
      const auto status = workflow::is_final(durable_.status) ? row_.status : durable_.status;
      auto how = plan_retry(m.body, *machine_, status, [this](std::string_view task) {
        return last_input_of(workflow_->definition, node_->settings.tenant.machine, *stored_, task,
                             workflow_->secrets);
      });
      if (!how) return slot.answer(reply::error(how.error()));
      happened(*std::move(how));
      next_.answers.push_back(slot);
      flush();
    });
  }

  void await(const await_end& m) {
    when_ready([this, m] {
      if (missing_) return m.slot.answer(no_such_run());
      if (workflow::is_final(durable_.status)) return m.slot.answer(start_reply(durable_, true));
      waiters_.add(m.slot, m.wait);
    });
  }

  // --- what becomes of its writes ---

  void committed(const batch_done& m) {
    if (!in_flight_ || m.number != number_) return;
    if (m.lost) return reload();
    if (m.result.what == batch_result::kind::committed) return after_commit();
    if (!stored_) return start_refused(m.result);
    if (m.result.what != batch_result::kind::unavailable)
      throw std::runtime_error("the run's journal is not as expected: " + m.result.reason);
    backoff_ = std::min(backoff_ * 2, milliseconds{5000});
    self_->delayed_send(self_, backoff_, again_atom::value);
  }

  void commit_again() {
    if (in_flight_) send_batch();
  }

  void proceed() {
    if (!machine_) return;
    take(machine_->proceed(this));
    flush();
    if (!more_) run_deferred();
  }

  void resend_calls() {
    if (!machine_) return;
    for (const auto& c : machine_->outstanding())
      if (const auto* call = std::get_if<workflow::http_call>(&c))
        if (hands_.has_sent(call->effect)) hands_.perform(c); // the others are not durable yet
  }

  void late(uint64_t waiter) {
    waiters_.late(waiter, durable_);
    rest_later();
  }

  void rest(uint64_t moment) {
    if (moment != moment_ || !at_rest()) return;
    self_->quit();
  }

private:
  /// What rides one commit, and what may happen only after it.
  struct outbox {
    write_batch batch;
    std::vector<workflow::command> effects;
    std::vector<reply_slot> answers, refusals;
    std::vector<run_progress::item> steps;
    std::map<effect_id, uint64_t> seen; ///< By listener: the newest event that it decided on.
    run_row row;                        ///< As it is once this is durable.
    bool empty() const {
      return batch.ops.empty() && effects.empty() && answers.empty() && refusals.empty();
    }
  };

  // --- coming to life ---

  void start() {
    auto& order = *birth_.order;
    auto input = workflow::parse_json(order.request.input);
    if (!input) {
      order.slot.answer(not_json(input.error()));
      return self_->quit();
    }
    const auto& of = *order.workflow;
    use(order.workflow,
        workflow::machine{of.definition, node_->settings.tenant.machine, of.secrets});
    ready_ = true;
    memory_ = {};
    memory_.time_us = order.created_us;
    auto advanced = machine_->advance(
        {memory_.time_us, workflow::run_started{order.id.text(), std::move(*input)}}, this);
    row_ = first_row(order, *machine_);
    next_.batch.tenant = birth_.tenant;
    write_start(next_.batch, order, row_);
    take(std::move(advanced));
    flush();
  }

  void loaded_from_store(loaded_run& loaded) {
    if (loaded.why) return later(begin_atom::value);
    if (!loaded.run) {
      if (birth_.order) return start();
      return missing();
    }
    // An ended run may be retried, which looks back.
    if (loaded.run->snapshot && workflow::is_final(loaded.run->row.status))
      return load(store::run_part::history);
    stored_ = std::move(loaded.run);
    const auto library = node_->library->get();
    if (!library) return later(begin_atom::value);
    self_
        ->request(library, caf::infinite,
                  find_workflow{birth_.tenant, {}, stored_->row.workflow_id})
        .then(
            [this](found_workflow& found) {
              if (found.workflow) return rebuild(found.workflow);
              if (found.why.code == ec::unavailable) return later(begin_atom::value);
              throw std::runtime_error("the run's workflow is not there: " + found.why.detail);
            },
            [this](caf::error&) { later(begin_atom::value); });
  }

  /// The journal writer went away with a batch: only the store knows whether it is there.
  void reload() {
    ready_ = more_ = false;
    machine_.reset();
    stored_.reset();
    in_flight_.reset();
    next_ = {};
    birth_.first = false;
    begin();
  }

  void missing() {
    missing_ = true;
    for (auto& task : std::exchange(deferred_, {})) task();
    self_->quit();
  }

  /// Replays the journal: the same machine as before, then sends again what was not answered.
  void rebuild(const deployed_ptr& workflow) {
    auto revived = revive(*workflow, node_->settings.tenant.machine, *stored_);
    if (!revived) return load(store::run_part::history);
    row_ = durable_ = stored_->row;
    use(workflow, std::move(revived->machine));
    memory_ = std::move(revived->memory);
    seq_ = revived->seq;
    pace_ = snapshot_pace{*stored_};
    // The clock may have been set back since.
    memory_.time_us = std::max(memory_.time_us, node_->outside.now_us());
    node_->counters.runs_replayed.fetch_add(1, std::memory_order_relaxed);
    next_.batch.tenant = birth_.tenant;
    if (birth_.order) birth_.order->release();
    if (!workflow::is_final(row_.status)) stored_->journal.clear(); // else a retry may look at it
    ready_ = true;
    if (!birth_.first) { // after a crash right after a commit nobody else tells of these
      hands_.perform(workflow::emit_event{});
      for (const auto child : memory_.dropped)
        hands_.perform(workflow::set_timer{child, memory_.time_us});
    }
    if (workflow::is_final(row_.status)) {
      run_deferred();
      if (in_flight_) return; // it goes on
      // Unless it was merely woken: a parent that asked, or one that a crash kept in the dark.
      if (birth_.order || !birth_.first) hands_.tell_parent(durable_);
      return self_->quit();
    }
    if (machine_->times_retried() == 0) hands_.ask_parent(row_); // else nobody waits, it may go on
    for (auto& c : revived->emitted) want(std::move(c));
    for (auto& c : machine_->outstanding()) want(std::move(c));
    sync_status();
    flush();
    run_deferred();
    rest_later();
  }

  void use(const deployed_ptr& workflow, workflow::machine machine) {
    workflow_ = workflow;
    hands_.use(workflow);
    machine_.emplace(std::move(machine));
  }

  // --- driving the machine ---

  /// Journals and applies an event that concerns the run; false if it does not.
  template <class What>
  bool happened(What what) {
    workflow::event e{std::max(memory_.time_us, node_->outside.now_us()), std::move(what)};
    if (!machine_->wants(e)) return false;
    memory_.time_us = e.time_us;
    auto entry = workflow::encode_event(e);
    pace_.appended(entry.size());
    next_.batch.ops.emplace_back(append_journal{birth_.id, ++seq_, std::move(entry)});
    auto advanced = machine_->advance(e, this);
    if constexpr (std::is_same_v<What, workflow::retry_requested>)
      write_reopened(next_.batch, row_, *machine_, memory_.time_us);
    take(std::move(advanced));
    return true;
  }

  void take(workflow::advance_result advanced) {
    for (auto& c : advanced.commands) want(std::move(c));
    more_ = advanced.more;
    if (more_) self_->send(self_, proceed_atom::value);
    sync_status();
    for (auto& s : steps_since_) next_.steps.push_back(std::move(s));
    steps_since_.clear();
  }

  void want(workflow::command c) {
    redact(c, workflow_->mask);
    if (const auto* child = std::get_if<workflow::start_child>(&c))
      memory_.children[child->effect] = child->idempotency_key;
    if (const auto* t = std::get_if<workflow::set_timer>(&c))
      next_.batch.ops.emplace_back(put_timer{birth_.id, t->effect, t->due_us});
    if (const auto* d = std::get_if<workflow::drop_effect>(&c))
      write_dropped(next_.batch, birth_.id, *d);
    if (const auto* l = std::get_if<workflow::listen_for>(&c)) {
      decided_[l->effect] = l->after;
      next_.batch.ops.emplace_back(
          put_listener{birth_.id, l->effect, {}, encode_routes(l->routes)});
    }
    if (const auto* e = std::get_if<workflow::emit_event>(&c))
      write_event(next_.batch, e->event, memory_.time_us, node_->settings.tenant.inbox_hours);
    const auto* d = std::get_if<workflow::drop_effect>(&c);
    const auto dropped = d && d->what == workflow::drop_effect::kind::child ? d->effect : 0;
    next_.effects.push_back(std::move(c));
    // A durable reminder: it wakes this run, ended or not, to cancel the child once more.
    if (dropped == 0) return;
    memory_.dropped.push_back(dropped);
    want(workflow::set_timer{dropped, memory_.time_us});
  }

  void sync_status() {
    if (machine_->status() == row_.status) return;
    write_status(next_.batch, row_, *machine_, workflow_->mask, memory_.time_us);
  }

  void on_step(const workflow::step& s) override {
    ++memory_.steps;
    if (node_->watched.watched(birth_.id))
      steps_since_.push_back({step_type(s.type),
                              step_document(memory_.steps, redacted(s, workflow_->mask)),
                              s.time_us});
  }

  /// Events wait until the run is loaded and has done what it can do by itself: a replay does not
  /// know in the middle of which slice an event came.
  template <class Task>
  void when_ready(Task task) {
    ++moment_;
    if (ready_ && !more_) return task();
    deferred_.emplace_back(std::move(task));
  }

  void run_deferred() {
    while (!deferred_.empty() && !more_) {
      auto task = std::move(deferred_.front());
      deferred_.pop_front();
      task();
    }
  }

  // --- committing ---

  void flush() {
    if (in_flight_ || next_.empty()) return;
    if (next_.batch.ops.empty()) { // nothing to make durable, only to be done
      auto out = std::exchange(next_, {});
      next_.batch.tenant = birth_.tenant;
      return carry_out(out);
    }
    if (!more_ && pace_.due()) take_snapshot();
    in_flight_ = std::move(next_);
    in_flight_->row = row_;
    next_ = {};
    next_.batch.tenant = birth_.tenant;
    send_batch();
  }

  void take_snapshot() {
    auto state = workflow::is_final(row_.status) ? std::nullopt : snapshot_of(*machine_, memory_);
    pace_.taken(state ? state->size() : 0);
    if (state) next_.batch.ops.emplace_back(put_snapshot{birth_.id, seq_, *std::move(state)});
  }

  void send_batch() {
    const auto journal = node_->journal->get();
    if (!journal) {
      self_->delayed_send(self_, milliseconds{100}, again_atom::value);
      return;
    }
    commit_request request;
    request.batch = in_flight_->batch;
    request.completion =
        std::make_shared<tell_batch>(caf::actor_cast<caf::actor>(self_), ++number_);
    self_->send(journal, std::move(request));
  }

  void after_commit() {
    auto out = std::move(*in_flight_);
    in_flight_.reset();
    backoff_ = milliseconds{50};
    durable_ = std::move(out.row);
    if (birth_.progress) birth_.progress->fetch_add(1, std::memory_order_relaxed);
    if (!stored_) first_commit();
    carry_out(out);
    if (workflow::is_final(durable_.status)) {
      refuse(next_);
      return end();
    }
    flush();
    rest_later();
  }

  void refuse(const outbox& out) {
    for (const auto& slot : out.refusals)
      slot.answer(reply::error(ec::conflict,
                               "the run is " + std::string{workflow::to_string(durable_.status)}));
  }

  void carry_out(outbox& out) {
    refuse(out);
    for (const auto& slot : out.answers) slot.answer(reply::ok(run_document(durable_)));
    for (const auto& c : out.effects) hands_.perform(c);
    for (const auto& [listener, sequence] : out.seen) hands_.saw(listener, sequence);
    if (!out.steps.empty())
      if (const auto feed = node_->feed->get())
        self_->send(feed, run_progress{birth_.tenant, birth_.id,
                                       std::make_shared<const std::vector<run_progress::item>>(
                                           std::move(out.steps))});
  }

  /// The run is accepted: whoever asked for it may know.
  void first_commit() {
    stored_ = std::make_shared<store::stored_run>();
    auto& order = *birth_.order;
    node_->counters.runs_started.fetch_add(1, std::memory_order_relaxed);
    if (order.request.wait.count() > 0 && !workflow::is_final(durable_.status))
      waiters_.add(order.slot, order.request.wait);
    else
      order.slot.answer(start_reply(durable_, order.request.wait.count() > 0));
    order.release();
  }

  void start_refused(const batch_result& result) {
    auto& order = *birth_.order;
    if (result.what == batch_result::kind::duplicate && result.run == birth_.id)
      return reload(); // a child that its restarted parent asks for again
    if (result.what == batch_result::kind::duplicate) {
      if (const auto tenant = node_->tenant_or_loader(birth_.tenant))
        self_->send(tenant, answer_existing{birth_.order, result.run});
    } else if (order.parent && result.what == batch_result::kind::unavailable) {
      backoff_ = std::min(backoff_ * 2, milliseconds{5000}); // its parent waits: it must come to be
      return self_->delayed_send(self_, backoff_, again_atom::value);
    } else
      order.slot.answer(refused_start(result));
    self_->quit();
  }

  void end() {
    waiters_.answer_all(durable_);
    hands_.tell_parent(durable_);
    node_->counters.count_end(durable_.status);
    self_->quit();
  }

  reply no_such_run() const {
    return reply::error(ec::not_found, "there is no run " + birth_.id.text());
  }

  // --- the world ---

  void http_client_down() {
    hands_.http_client_down();
    later(resend_atom::value);
  }

  // --- waiting ---

  bool at_rest() const {
    if (!ready_ || more_ || in_flight_ || !next_.empty() || !waiters_.empty()) return false;
    if (durable_.status == run_status::waiting) return true;
    if (durable_.status != run_status::suspended) return false;
    return std::ranges::all_of(machine_->outstanding(), [](const workflow::command& c) {
      return std::holds_alternative<workflow::set_timer>(c) ||
             std::holds_alternative<workflow::listen_for>(c);
    });
  }

  void rest_later() {
    if (at_rest())
      self_->delayed_send(self_, node_->settings.tenant.passivate_after, rest_atom::value,
                          ++moment_);
  }

  template <class Atom>
  void later(Atom what) {
    self_->delayed_send(self_, milliseconds{100}, what);
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  run_birth birth_;
  run_hands hands_;
  run_waiters waiters_;
  deployed_ptr workflow_;
  std::optional<workflow::machine> machine_;
  std::shared_ptr<store::stored_run> stored_; ///< Set once the run is in the store.
  bool ready_ = false, more_ = false, missing_ = false;
  run_row row_;     ///< With all that was decided.
  run_row durable_; ///< With all that was committed.
  uint64_t seq_ = 0, number_ = 0, moment_ = 0;
  snapshot_pace pace_;
  run_memory memory_;
  milliseconds backoff_{50};
  std::map<effect_id, uint64_t> decided_; ///< By listener: the newest event it was offered.
  outbox next_;
  std::optional<outbox> in_flight_;
  std::vector<run_progress::item> steps_since_;
  std::deque<std::function<void()>> deferred_;
};

} // namespace

caf::behavior run_actor(caf::event_based_actor* self, std::shared_ptr<node> n, run_birth birth) {
  auto common = supervision::prepare(self);
  auto state = std::make_shared<run_state>(self, std::move(n), std::move(birth));
  self->send(self, begin_atom::value);
  return caf::message_handler{
      [state](begin_atom) { state->begin(); },
      [state](call_done& m) { state->answered(m); },
      [state](const timer_due& m) { state->due(m); },
      [state](const child_done& m) { state->child_ended(m); },
      [state](const event_due& m) { state->offered(m); },
      [state](const cancel_child& m) { state->cancel(m); },
      [state](const confirm_child& m) { state->confirm(m); },
      [state](const control_run& m, const reply_slot& slot, const ticket& pass) {
        state->control(m, slot, pass);
      },
      [state](const retry_run& m, const reply_slot& slot, const ticket& pass) {
        state->retry(m, slot, pass);
      },
      [state](const await_end& m) { state->await(m); },
      [state](const batch_done& m) { state->committed(m); },
      [state](again_atom) { state->commit_again(); },
      [state](proceed_atom) { state->proceed(); },
      [state](resend_atom) { state->resend_calls(); },
      [state](late_atom, uint64_t waiter) { state->late(waiter); },
      [state](rest_atom, uint64_t moment) { state->rest(moment); },
  }
      .or_else(common);
}

} // namespace steward
