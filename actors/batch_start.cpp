#include "actors/batch_start.hpp"

#include "actors/run_ids.hpp"
#include "actors/run_writes.hpp"
#include "messages/digest.hpp"
#include "workflow/json.hpp"

#include <caf/send.hpp>

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

/// Answers the order with what became of its write.
class runs_stored final : public commit_completion {
public:
  runs_stored(std::shared_ptr<node> n, caf::actor tenant, batch_order_ptr order)
      : node_(std::move(n)), tenant_(std::move(tenant)), order_(std::move(order)) {}

  void count(const run_row& row) {
    if (workflow::is_final(row.status))
      ended_.push_back(row.status);
    else
      unfinished_.push_back(row.id);
  }

  void done(const batch_result& result) noexcept override {
    if (result.what == batch_result::kind::duplicate) {
      name_runs(*order_, result.run);
      return order_->slot.answer(accepted(order_->ids));
    }
    if (result.what != batch_result::kind::committed)
      return order_->slot.answer(refused_start(result));
    node_->counters.runs_started.fetch_add(order_->ids.size(), std::memory_order_relaxed);
    for (const auto status : ended_) node_->counters.count_end(status);
    order_->slot.answer(accepted(order_->ids));
    if (!unfinished_.empty())
      caf::anon_send(
          tenant_, wake_runs{std::make_shared<const std::vector<run_id>>(std::move(unfinished_))});
  }

private:
  std::shared_ptr<node> node_;
  caf::actor tenant_;
  batch_order_ptr order_;
  std::vector<run_id> unfinished_;
  std::vector<run_status> ended_;
};

/// The run as far as it gets in one breath; as it begins, if that is not its end.
run_row driven(const start_order& order, const workflow::value& input,
               const workflow::machine_limits& limits) {
  const auto& of = *order.workflow;
  if (!of.definition->may_wait) try {
      workflow::machine m{of.definition, limits, of.secrets};
      m.advance({order.created_us, workflow::run_started{order.id.text(), input}});
      if (workflow::is_final(m.status())) return first_row(order, m);
    } catch (const std::exception&) {
      // It breaks its machine: alone, it is given up without harm to the others.
    }
  auto row = first_row(order, workflow::machine{of.definition, limits, of.secrets});
  row.status = run_status::running;
  return row;
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
    const auto row = driven(one, *input, n->settings.tenant.machine);
    completion->count(row);
    write_start(commit.batch, one, row);
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
