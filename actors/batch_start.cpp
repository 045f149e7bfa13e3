#include "actors/batch_start.hpp"

#include "actors/redaction.hpp"
#include "actors/run_ids.hpp"
#include "actors/run_writes.hpp"
#include "messages/digest.hpp"
#include "messages/events.hpp"
#include "workflow/json.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace steward {

namespace {

std::string batch_fingerprint(const start_runs& request) {
  auto text = "batch\n" + request.namespace_ + '\n' + request.name + '\n' + request.version;
  for (const auto& input : request.inputs) (text += '\n') += input;
  return sha256_digest(text);
}

reply accepted(const std::vector<run_id>& ids) {
  std::string json = "{\"ids\":[";
  for (const auto& id : ids) {
    if (json.back() != '[') json += ',';
    json += '"' + id.text() + '"';
  }
  auto r = reply::ok(std::move(json += "]}"));
  r.what = reply::kind::accepted;
  return r;
}

/// A run as far as it gets in one breath.
struct driven_run {
  run_row row;
  std::vector<workflow::command> emitted;
  /// What it waits for, when that is all it wants: nothing need wake it before.
  std::vector<workflow::command> waits;
};

bool is_wait(const workflow::command& c) {
  return std::holds_alternative<workflow::set_timer>(c) ||
         std::holds_alternative<workflow::listen_for>(c);
}

/// Answers the order with what became of its write.
class runs_stored final : public commit_completion {
public:
  runs_stored(std::shared_ptr<node> n, caf::actor tenant, batch_order_ptr order)
      : node_(std::move(n)), tenant_(std::move(tenant)), order_(std::move(order)) {}

  /// The writer crashed with it: whatever is stored of it must come to life.
  ~runs_stored() override {
    if (told_) return;
    for (const auto& [run, waits] : waiting_) to_wake_.push_back(run);
    wake();
  }

  void add(driven_run run) {
    emits_ = emits_ || !run.emitted.empty();
    if (workflow::is_final(run.row.status))
      ended_.push_back(run.row.status);
    else if (run.waits.empty())
      to_wake_.push_back(run.row.id);
    else
      waiting_.emplace_back(run.row.id, std::move(run.waits));
  }

  void done(const batch_result& result) noexcept override {
    told_ = true;
    if (result.what == batch_result::kind::duplicate) {
      name_runs(*order_, result.run);
      return order_->slot.answer(accepted(order_->ids));
    }
    if (result.what != batch_result::kind::committed)
      return order_->slot.answer(refused_start(result));
    node_->counters.runs_started.fetch_add(order_->ids.size(), std::memory_order_relaxed);
    for (const auto status : ended_) node_->counters.count_end(status);
    order_->slot.answer(accepted(order_->ids));
    const auto& tenant = order_->request.tenant;
    const auto timers = node_->timers->get(); // reads the rows when it comes back
    for (const auto& [run, waits] : waiting_)
      for (const auto& c : waits) {
        if (const auto* t = std::get_if<workflow::set_timer>(&c)) {
          if (timers) caf::anon_send(timers, arm_timer{tenant, run, t->effect, t->due_us});
        } else {
          const auto& l = std::get<workflow::listen_for>(c);
          caf::anon_send(
              tenant_,
              open_listener{tenant, {run, l.effect, {}}, encode_routes(l.routes), l.after});
        }
      }
    if (emits_) caf::anon_send(tenant_, inbox_grown{tenant});
    wake();
  }

private:
  void wake() {
    if (!to_wake_.empty())
      caf::anon_send(tenant_,
                     wake_runs{std::make_shared<const std::vector<run_id>>(std::move(to_wake_))});
  }

  std::shared_ptr<node> node_;
  caf::actor tenant_;
  batch_order_ptr order_;
  std::vector<run_status> ended_;
  std::vector<run_id> to_wake_;
  std::vector<std::pair<run_id, std::vector<workflow::command>>> waiting_;
  bool emits_ = false, told_ = false;
};

driven_run driven(const start_order& order, const workflow::value& input,
                  const workflow::machine_limits& limits) {
  const auto& of = *order.workflow;
  driven_run run;
  try {
    workflow::machine m{of.definition, limits, of.secrets};
    auto advanced = m.advance({order.created_us, workflow::run_started{order.id.text(), input}});
    const bool rests = !advanced.more; // One that is long goes on alone: the others wait.
    for (auto& c : advanced.commands)
      if (std::holds_alternative<workflow::emit_event>(c)) run.emitted.push_back(std::move(c));
    for (auto& c : run.emitted) redact(c, of.mask);
    auto waits = m.outstanding();
    if (rests && workflow::is_final(m.status()) && waits.empty()) {
      run.row = first_row(order, m);
      return run;
    }
    if (rests && m.status() == run_status::waiting && std::ranges::all_of(waits, is_wait)) {
      for (auto& c : waits) redact(c, of.mask);
      run.row = first_row(order, m);
      run.waits = std::move(waits);
      return run;
    }
  } catch (const std::exception&) {
    // It breaks its machine: alone, it is given up without harm to the others.
  }
  // Not begun: whoever wakes it begins it, and does all that it wants from the start.
  run.emitted.clear();
  run.row = first_row(order, workflow::machine{of.definition, limits, of.secrets});
  return run;
}

void write_effects(write_batch& batch, const driven_run& run, uint32_t inbox_hours) {
  for (const auto& c : run.emitted)
    write_event(batch, std::get<workflow::emit_event>(c).event, run.row.created_us, inbox_hours);
  for (const auto& c : run.waits)
    if (const auto* t = std::get_if<workflow::set_timer>(&c))
      batch.ops.emplace_back(put_timer{run.row.id, t->effect, t->due_us});
    else if (const auto* l = std::get_if<workflow::listen_for>(&c))
      batch.ops.emplace_back(put_listener{run.row.id, l->effect, {}, encode_routes(l->routes)});
}

} // namespace

void name_runs(batch_order& order, const run_id& first) {
  order.ids.clear();
  for (size_t i = 0; i < order.request.inputs.size(); ++i)
    order.ids.push_back(i == 0 ? first : derived_run_id(first, "run " + std::to_string(i)));
}

std::optional<commit_request> start_together(const std::shared_ptr<node>& n,
                                             const caf::actor& tenant,
                                             const batch_order_ptr& order) {
  const auto& request = order->request;
  const auto completion = std::make_shared<runs_stored>(n, tenant, order);
  commit_request commit;
  commit.batch.tenant = request.tenant;
  commit.batch.ops.reserve(3 * request.inputs.size());
  start_order one;
  one.request.tenant = request.tenant;
  one.workflow = order->workflow;
  one.created_us = order->created_us;
  for (size_t i = 0; i < request.inputs.size(); ++i) {
    auto input = workflow::parse_json(request.inputs[i]);
    if (!input) {
      auto refused = not_json(input.error());
      refused.why.problems.front().pointer = "/inputs/" + std::to_string(i);
      order->slot.answer(std::move(refused));
      return std::nullopt;
    }
    one.id = order->ids[i];
    one.request.input = request.inputs[i];
    auto run = driven(one, *input, n->settings.tenant.machine);
    write_start(commit.batch, one, run.row);
    write_effects(commit.batch, run, n->settings.tenant.inbox_hours);
    completion->add(std::move(run));
  }
  if (!request.idempotency_key.empty()) {
    auto& first = std::get<insert_run>(commit.batch.ops.front());
    first.idempotency_key = request.idempotency_key;
    first.fingerprint = batch_fingerprint(request);
  }
  commit.completion = completion;
  return commit;
}

} // namespace steward
