#include "actors/runner.hpp"

#include "actors/batch_start.hpp"
#include "actors/run_writes.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

namespace steward {

namespace {

/// Answers a run that was inserted with its end.
class ended_run final : public commit_completion {
public:
  ended_run(std::shared_ptr<node> n, caf::actor tenant, start_order_ptr order, reply document)
      : node_(std::move(n)), tenant_(std::move(tenant)), order_(std::move(order)),
        document_(std::move(document)) {}

  void done(const batch_result& result) noexcept override {
    if (result.what == batch_result::kind::committed)
      return order_->slot.answer(std::move(document_));
    if (result.what == batch_result::kind::duplicate)
      return caf::anon_send(tenant_, answer_existing{order_, result.run});
    order_->slot.answer(refused_start(result));
  }

private:
  std::shared_ptr<node> node_;
  caf::actor tenant_;
  start_order_ptr order_;
  reply document_;
};

class runner_state {
public:
  runner_state(caf::event_based_actor* self, std::shared_ptr<node> n, caf::actor tenant)
      : self_(self), node_(std::move(n)), tenant_(std::move(tenant)) {}

  void run(const start_order_ptr& order) {
    try {
      drive(order);
    } catch (const std::exception& e) {
      self_->send(tenant_, run_alone{order, e.what()});
    }
  }

  void run_together(const batch_order_ptr& order) {
    const auto journal = node_->journal->get();
    if (!journal) return; // the slot answers
    if (auto commit = start_together(node_, tenant_, order))
      self_->send(journal, *std::move(commit));
  }

private:
  void drive(const start_order_ptr& order) {
    auto input = workflow::parse_json(order->request.input);
    if (!input) return order->slot.answer(not_json(input.error()));
    workflow::machine m{order->workflow->definition, node_->settings.tenant.machine,
                        order->workflow->secrets};
    const auto advanced =
        m.advance({order->created_us, workflow::run_started{order->id.text(), std::move(*input)}});
    if (advanced.more || !workflow::is_final(m.status()))
      return self_->send(tenant_, run_alone{order, {}});
    const auto journal = node_->journal->get();
    if (!journal) return; // the slot answers
    const auto row = first_row(*order, m);
    commit_request commit;
    write_start(commit.batch, *order, row);
    commit.completion = std::make_shared<ended_run>(
        node_, tenant_, order, start_reply(row, order->request.wait.count() > 0));
    node_->counters.runs_started.fetch_add(1, std::memory_order_relaxed);
    node_->counters.count_end(row.status);
    self_->send(journal, std::move(commit));
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  caf::actor tenant_;
};

} // namespace

caf::behavior runner(caf::event_based_actor* self, std::shared_ptr<node> n, caf::actor tenant) {
  auto state = std::make_shared<runner_state>(self, std::move(n), std::move(tenant));
  return caf::message_handler{
      [state](const run_now& m) { state->run(m.order); },
      [state](const run_batch& m) { state->run_together(m.order); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
