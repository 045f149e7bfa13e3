#include "actors/run_hands.hpp"

#include "actors/tell_batch.hpp"
#include "connectors/authentication.hpp"
#include "messages/events.hpp"
#include "workflow/json.hpp"

namespace steward {

run_hands::run_hands(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                     run_id run, const run_memory& memory)
    : self_(self), node_(std::move(n)), tenant_(std::move(tenant)), run_(run), memory_(memory) {}

void run_hands::perform(const workflow::command& c) {
  std::visit([this](const auto& what) { perform_one(what); }, c);
}

void run_hands::perform_one(const workflow::http_call& c) {
  sent_calls_.insert(c.effect);
  const auto client = node_->http_client->get();
  if (!client)
    return self_->delayed_send(self_, std::chrono::milliseconds{100}, resend_atom::value);
  if (!watching_client_) {
    self_->monitor(client);
    watching_client_ = true;
  }
  const auto authentication =
      c.auth ? connectors::authentication_text(*c.auth, workflow_->secrets) : std::string{};
  self_->send(client, perform_call{run_, c.effect, c.idempotency_key, c.method, c.url, c.headers,
                                   c.body, c.follow_redirects, tenant_, authentication});
}

void run_hands::perform_one(const workflow::set_timer& t) {
  if (const auto timers = node_->timers->get())
    self_->send(timers, arm_timer{tenant_, run_, t.effect, t.due_us});
  // A timers actor that is down reads the row when it comes back.
}

void run_hands::perform_one(const workflow::drop_effect& d) {
  switch (d.what) {
  case workflow::drop_effect::kind::timer:
    if (const auto timers = node_->timers->get()) self_->send(timers, disarm_timer{run_, d.effect});
    return;
  case workflow::drop_effect::kind::http:
    if (const auto client = node_->http_client->get())
      self_->send(client, cancel_call{run_, d.effect});
    return;
  case workflow::drop_effect::kind::child:
    return tell_tenant(cancel_child{tenant_, run_, d.effect, memory_.children.at(d.effect)});
  case workflow::drop_effect::kind::listener:
    return tell_tenant(close_listener{tenant_, {run_, d.effect, {}}});
  }
}

void run_hands::perform_one(const workflow::start_child& c) {
  tell_tenant(spawn_child{tenant_, run_, c.await ? c.effect : 0, c.workflow.namespace_,
                          c.workflow.name, c.workflow.version, workflow::to_json(c.input),
                          c.idempotency_key});
}

void run_hands::perform_one(const workflow::listen_for& l) {
  tell_tenant(open_listener{tenant_, {run_, l.effect, {}}, encode_routes(l.routes), l.after});
}

/// The event is in the inbox: the commit put it there.
void run_hands::perform_one(const workflow::emit_event&) { tell_tenant(inbox_grown{tenant_}); }

void run_hands::saw(effect_id listener, uint64_t sequence) {
  tell_tenant(event_seen{tenant_, {run_, listener, {}}, sequence});
}

void run_hands::tell_parent(const run_row& row) {
  if (row.parent && row.parent_effect != 0)
    tell_tenant(child_done{tenant_, *row.parent, row.parent_effect, row.status,
                           row.output.value_or(""), row.error.value_or("")});
}

void run_hands::ask_parent(const run_row& row) {
  if (row.parent && row.parent_effect != 0)
    tell_tenant(confirm_child{tenant_, *row.parent, row.parent_effect, run_});
}

void run_hands::forget_timer(effect_id timer) {
  commit_request request;
  request.batch = {tenant_, {clear_timer{run_, timer}}};
  request.completion = std::make_shared<disarm_after>(node_->timers, disarm_timer{run_, timer});
  if (const auto journal = node_->journal->get()) self_->send(journal, std::move(request));
}

template <class Message>
void run_hands::tell_tenant(Message&& m) {
  if (const auto tenant = node_->tenant_or_loader(tenant_))
    self_->send(tenant, std::forward<Message>(m));
}

} // namespace steward
