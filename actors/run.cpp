#include "actors/run.hpp"

#include "actors/history.hpp"
#include "actors/run_writes.hpp"
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
using resend_atom = caf::atom_constant<caf::atom("resend")>;
using rest_atom = caf::atom_constant<caf::atom("rest")>;
using late_atom = caf::atom_constant<caf::atom("late")>;

using std::chrono::milliseconds;

class run_state final : workflow::step_observer {
public:
  run_state(caf::event_based_actor* self, std::shared_ptr<node> n, run_birth birth)
      : self_(self), node_(std::move(n)), birth_(std::move(birth)) {
    node_->counters.runs_awake.fetch_add(1, std::memory_order_relaxed);
    self_->set_down_handler([this](const caf::down_msg&) { http_client_down(); });
  }
  ~run_state() override { node_->counters.runs_awake.fetch_sub(1, std::memory_order_relaxed); }

  void begin() {
    if (birth_.order && birth_.first) return start();
    const auto loader = node_->loader->get();
    if (!loader) return later(begin_atom::value);
    self_->request(loader, caf::infinite, load_run{birth_.tenant, birth_.id})
        .then([this](loaded_run& loaded) { loaded_from_store(loaded); },
              [this](caf::error&) { later(begin_atom::value); });
  }

  // --- what happens to the run ---

  void answered(call_done& m) {
    when_ready([this, m = std::move(m)]() mutable {
      if (m.answered)
        happened(
            workflow::http_answered{m.effect, m.status, std::move(m.headers), std::move(m.body)});
      else
        happened(workflow::http_failed{m.effect, m.timed_out, std::move(m.reason)});
      flush();
    });
  }

  void due(const timer_due& m) {
    when_ready([this, m] {
      const workflow::drop_effect gone{m.effect, workflow::drop_effect::kind::timer};
      if (missing_ || workflow::is_final(durable_.status)) return forget_timer(gone);
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
      happened(std::move(e));
      flush();
    });
  }

  /// From a child that came back to life: a cancellation may have been lost on its way.
  void confirm(const confirm_child& m) {
    when_ready([this, m] {
      if (missing_ || machine_->wants({time_us_, workflow::child_ended{m.effect, {}, {}, {}}}))
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
      if (!done)
        return slot.answer(reply::error(
            ec::conflict, "the run is " + std::string{workflow::to_string(row_.status)}));
      next_.answers.push_back(slot);
      flush();
    });
  }

  void await(const await_end& m) {
    when_ready([this, m] {
      if (missing_) return m.slot.answer(no_such_run());
      if (workflow::is_final(durable_.status)) return m.slot.answer(start_reply(durable_, true));
      add_waiter(m.slot, m.wait);
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
        if (sent_calls_.contains(call->effect)) perform(*call); // the others are not durable yet
  }

  void late(uint64_t waiter) {
    const auto found = waiters_.find(waiter);
    if (found == waiters_.end()) return;
    found->second.answer(start_reply(durable_, true));
    waiters_.erase(found);
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
    std::vector<reply_slot> answers;
    std::vector<run_progress::item> steps;
    run_row row; ///< As it is once this is durable.
    bool empty() const { return batch.ops.empty() && effects.empty() && answers.empty(); }
  };

  // --- coming to life ---

  void start() {
    auto& order = *birth_.order;
    auto input = workflow::parse_json(order.request.input);
    if (!input) {
      order.slot.answer(not_json(input.error()));
      return self_->quit();
    }
    make_machine(order.workflow);
    ready_ = true;
    time_us_ = order.created_us;
    auto advanced = machine_->advance(
        {time_us_, workflow::run_started{order.id.text(), std::move(*input)}}, this);
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
    row_ = durable_ = stored_->row;
    make_machine(workflow);
    std::vector<workflow::drop_effect> cancels;
    replay(*machine_, *stored_, this, [&](const workflow::command& c) {
      remember_child(c);
      const auto* d = std::get_if<workflow::drop_effect>(&c);
      if (d && d->what == workflow::drop_effect::kind::child) cancels.push_back(*d);
    });
    steps_since_.clear();
    seq_ = stored_->journal.size();
    time_us_ = std::max(row_.created_us, node_->outside.now_us());
    node_->counters.runs_replayed.fetch_add(1, std::memory_order_relaxed);
    next_.batch.tenant = birth_.tenant;
    if (birth_.order) release_order(*birth_.order);
    stored_->journal.clear();
    ready_ = true;
    for (const auto& c : cancels) {
      perform(c); // it may not have reached the child
      // After a crash between the commit of the reminder's row and its arming, nobody else tells
      // it. A run that was merely woken (by that reminder, perhaps) must not arm it for ever.
      if (!birth_.first) perform(workflow::set_timer{c.effect, time_us_});
    }
    if (workflow::is_final(row_.status)) {
      run_deferred();
      // Unless it was merely woken: a parent that asked, or one that a crash kept in the dark.
      if (birth_.order || !birth_.first) tell_parent();
      return self_->quit();
    }
    ask_parent();
    for (auto& c : machine_->outstanding()) want(std::move(c));
    sync_status();
    flush();
    run_deferred();
    rest_later();
  }

  void make_machine(const deployed_ptr& workflow) {
    workflow_ = workflow;
    machine_.emplace(workflow->definition, node_->settings.tenant.machine);
    step_seq_ = 0;
  }

  // --- driving the machine ---

  /// Journals and applies an event that concerns the run; false if it does not.
  template <class What>
  bool happened(What what) {
    workflow::event e{std::max(time_us_, node_->outside.now_us()), std::move(what)};
    if (!machine_->wants(e)) return false;
    time_us_ = e.time_us;
    next_.batch.ops.emplace_back(append_journal{birth_.id, ++seq_, workflow::encode_event(e)});
    take(machine_->advance(e, this));
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

  void remember_child(const workflow::command& c) {
    if (const auto* child = std::get_if<workflow::start_child>(&c))
      child_keys_[child->effect] = child->idempotency_key;
  }

  void want(workflow::command c) {
    remember_child(c);
    if (const auto* t = std::get_if<workflow::set_timer>(&c))
      next_.batch.ops.emplace_back(put_timer{birth_.id, t->effect, t->due_us});
    if (const auto* d = std::get_if<workflow::drop_effect>(&c))
      if (d->what == workflow::drop_effect::kind::timer)
        next_.batch.ops.emplace_back(clear_timer{birth_.id, d->effect});
    const auto* d = std::get_if<workflow::drop_effect>(&c);
    const auto dropped = d && d->what == workflow::drop_effect::kind::child ? d->effect : 0;
    next_.effects.push_back(std::move(c));
    // A durable reminder: it wakes this run, ended or not, to cancel the child once more.
    if (dropped != 0) want(workflow::set_timer{dropped, time_us_});
  }

  void sync_status() {
    if (machine_->status() == row_.status) return;
    write_status(next_.batch, row_, *machine_, time_us_);
  }

  void on_step(const workflow::step& s) override {
    ++step_seq_;
    if (node_->watched.watched(birth_.id))
      steps_since_.push_back({step_type(s.type), step_document(step_seq_, s), s.time_us});
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
    in_flight_ = std::move(next_);
    in_flight_->row = row_;
    next_ = {};
    next_.batch.tenant = birth_.tenant;
    send_batch();
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
    if (workflow::is_final(durable_.status)) return end();
    flush();
    rest_later();
  }

  void carry_out(outbox& out) {
    for (const auto& slot : out.answers) slot.answer(reply::ok(run_document(durable_)));
    for (const auto& c : out.effects) perform(c);
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
      add_waiter(order.slot, order.request.wait);
    else
      order.slot.answer(start_reply(durable_, order.request.wait.count() > 0));
    release_order(order);
  }

  static void release_order(start_order& order) {
    order.slot = {};
    order.pass = {};
    order.request.input.clear();
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
    for (auto& [id, slot] : waiters_) slot.answer(start_reply(durable_, true));
    waiters_.clear();
    tell_parent();
    count_end();
    self_->quit();
  }

  void tell_parent() {
    if (durable_.parent && durable_.parent_effect != 0)
      if (const auto tenant = node_->tenant_or_loader(birth_.tenant))
        self_->send(tenant, child_done{birth_.tenant, *durable_.parent, durable_.parent_effect,
                                       durable_.status, durable_.output.value_or(""),
                                       durable_.error.value_or("")});
  }

  void ask_parent() {
    if (row_.parent && row_.parent_effect != 0)
      if (const auto tenant = node_->tenant_or_loader(birth_.tenant))
        self_->send(tenant,
                    confirm_child{birth_.tenant, *row_.parent, row_.parent_effect, birth_.id});
  }

  void count_end() {
    auto& c = node_->counters;
    (durable_.status == run_status::completed ? c.runs_completed
     : durable_.status == run_status::faulted ? c.runs_faulted
                                              : c.runs_cancelled)
        .fetch_add(1, std::memory_order_relaxed);
  }

  reply no_such_run() const {
    return reply::error(ec::not_found, "there is no run " + birth_.id.text());
  }

  /// A timer of a run that has ended or never was: nobody will journal it.
  void forget_timer(const workflow::drop_effect& timer) {
    commit_request request;
    request.batch = {birth_.tenant, {clear_timer{birth_.id, timer.effect}}};
    request.completion =
        std::make_shared<disarm_after>(node_->timers, disarm_timer{birth_.id, timer.effect});
    if (const auto journal = node_->journal->get()) self_->send(journal, std::move(request));
  }

  // --- the world ---

  void perform(const workflow::command& c) {
    std::visit([this](const auto& what) { perform(what); }, c);
  }

  void perform(const workflow::http_call& c) {
    sent_calls_.insert(c.effect);
    const auto client = node_->http_client->get();
    if (!client) return later(resend_atom::value);
    if (!watching_client_) {
      self_->monitor(client);
      watching_client_ = true;
    }
    self_->send(client, perform_call{birth_.id, c.effect, c.idempotency_key, c.method, c.url,
                                     c.headers, c.body, c.follow_redirects});
  }
  void perform(const workflow::set_timer& t) {
    if (const auto timers = node_->timers->get())
      self_->send(timers, arm_timer{birth_.tenant, birth_.id, t.effect, t.due_us});
    // A timers actor that is down reads the row when it comes back.
  }
  void perform(const workflow::drop_effect& d) {
    switch (d.what) {
    case workflow::drop_effect::kind::timer:
      if (const auto timers = node_->timers->get())
        self_->send(timers, disarm_timer{birth_.id, d.effect});
      return;
    case workflow::drop_effect::kind::http:
      if (const auto client = node_->http_client->get())
        self_->send(client, cancel_call{birth_.id, d.effect});
      return;
    case workflow::drop_effect::kind::child:
      if (const auto tenant = node_->tenant_or_loader(birth_.tenant))
        self_->send(tenant,
                    cancel_child{birth_.tenant, birth_.id, d.effect, child_keys_[d.effect]});
      return;
    }
  }
  void perform(const workflow::start_child& c) {
    if (const auto tenant = node_->tenant_or_loader(birth_.tenant))
      self_->send(tenant, spawn_child{birth_.tenant, birth_.id, c.await ? c.effect : 0,
                                      c.workflow.namespace_, c.workflow.name, c.workflow.version,
                                      workflow::to_json(c.input), c.idempotency_key});
  }

  void http_client_down() {
    watching_client_ = false;
    later(resend_atom::value);
  }

  // --- waiting ---

  void add_waiter(const reply_slot& slot, milliseconds wait) {
    waiters_.emplace(++last_waiter_, slot);
    self_->delayed_send(self_, wait, late_atom::value, last_waiter_);
  }

  bool at_rest() const {
    if (!ready_ || more_ || in_flight_ || !next_.empty() || !waiters_.empty()) return false;
    if (durable_.status == run_status::waiting) return true;
    if (durable_.status != run_status::suspended) return false;
    for (const auto& c : machine_->outstanding())
      if (!std::holds_alternative<workflow::set_timer>(c)) return false;
    return true;
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
  deployed_ptr workflow_;
  std::optional<workflow::machine> machine_;
  std::shared_ptr<store::stored_run> stored_; ///< Set once the run is in the store.
  bool ready_ = false, more_ = false, missing_ = false, watching_client_ = false;
  run_row row_;     ///< With all that was decided.
  run_row durable_; ///< With all that was committed.
  uint64_t seq_ = 0, number_ = 0, moment_ = 0, last_waiter_ = 0, step_seq_ = 0;
  int64_t time_us_ = 0;
  milliseconds backoff_{50};
  outbox next_;
  std::optional<outbox> in_flight_;
  std::vector<run_progress::item> steps_since_;
  std::deque<std::function<void()>> deferred_;
  std::map<uint64_t, reply_slot> waiters_;
  std::set<effect_id> sent_calls_;
  std::map<effect_id, std::string> child_keys_; ///< Of all children it ever wanted.
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
      [state](const confirm_child& m) { state->confirm(m); },
      [state](const control_run& m, const reply_slot& slot, const ticket& pass) {
        state->control(m, slot, pass);
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
