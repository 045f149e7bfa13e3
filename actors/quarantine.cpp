#include "actors/quarantine.hpp"

#include "actors/run_writes.hpp"
#include "actors/tell_batch.hpp"
#include "messages/run_document.hpp"
#include "supervision/supervisor.hpp"

#include <spdlog/spdlog.h>

namespace steward {

namespace {

using begin_atom = caf::atom_constant<caf::atom("begin")>;
using std::chrono::milliseconds;

class quarantine_state {
public:
  quarantine_state(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                   run_id run, start_order_ptr order, std::string reason)
      : self_(self), node_(std::move(n)), tenant_(std::move(tenant)), run_(run),
        order_(std::move(order)), reason_(std::move(reason)) {}

  void begin() {
    const auto loader = node_->loader->get();
    if (!loader) return again();
    self_->request(loader, caf::infinite, load_run{tenant_, run_})
        .then([this](loaded_run& loaded) { write(loaded); }, [this](caf::error&) { again(); });
  }

  void committed(const batch_done& m) {
    if (m.lost || m.result.what != batch_result::kind::committed) return again();
    spdlog::error("run.quarantined tenant={} run={} reason=\"{}\"", tenant_, run_.text(), reason_);
    node_->counters.runs_quarantined.fetch_add(1, std::memory_order_relaxed);
    if (order_) order_->slot.answer(start_reply(row_, true));
    if (row_.parent && row_.parent_effect != 0)
      if (const auto tenant = node_->tenant_or_loader(tenant_))
        self_->send(
            tenant,
            child_done{tenant_, *row_.parent, row_.parent_effect, row_.status, {}, *row_.error});
    self_->quit();
  }

private:
  void write(const loaded_run& loaded) {
    if (loaded.why) return again();
    if (!loaded.run && !order_) return self_->quit();
    const auto now_us = node_->outside.now_us();
    const workflow::run_error error{workflow::error_type("runtime"), 500, "",
                                    "The run was quarantined",
                                    "It crashed its actor again and again: " + reason_};
    commit_request commit;
    commit.batch.tenant = tenant_;
    if (loaded.run) {
      row_ = loaded.run->row;
      if (workflow::is_final(row_.status)) return self_->quit();
    } else {
      row_.id = run_;
      row_.workflow_id = order_->workflow->id;
      row_.workflow = order_->workflow->definition->ref;
      row_.input = order_->request.input;
      row_.created_us = row_.started_us.emplace(order_->created_us);
      row_.parent = order_->parent;
      row_.parent_effect = order_->parent_effect;
    }
    row_.status = run_status::faulted;
    row_.ended_us = now_us;
    row_.error = workflow::to_json(workflow::to_value(error));
    if (loaded.run) {
      commit.batch.ops.emplace_back(
          append_journal{run_, loaded.run->journal.size() + 1,
                         workflow::encode_event({now_us, workflow::quarantined{reason_}})});
      commit.batch.ops.emplace_back(
          update_run{run_, row_.status, {}, row_.error, row_.ended_us, row_.attempts});
      auto type = lifecycle_type(row_.status);
      auto data = lifecycle_data(row_, type, now_us);
      commit.batch.ops.emplace_back(
          publish_event{std::move(type), "runs/" + run_.text(), now_us, std::move(data)});
    } else {
      write_start(commit.batch, *order_, row_);
      commit.batch.ops.emplace_back(append_journal{
          run_, 1, workflow::encode_event({now_us, workflow::quarantined{reason_}})});
    }
    commit.completion = std::make_shared<tell_batch>(caf::actor_cast<caf::actor>(self_));
    const auto journal = node_->journal->get();
    if (!journal) return again();
    self_->send(journal, std::move(commit));
  }

  void again() {
    backoff_ = std::min(backoff_ * 2, milliseconds{5000});
    self_->delayed_send(self_, backoff_, begin_atom::value);
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  tenant_id tenant_;
  run_id run_;
  start_order_ptr order_;
  std::string reason_;
  run_row row_;
  milliseconds backoff_{50};
};

} // namespace

caf::behavior quarantine(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant,
                         run_id run, start_order_ptr order, std::string reason) {
  auto common = supervision::prepare(self);
  auto state = std::make_shared<quarantine_state>(self, std::move(n), std::move(tenant), run,
                                                  std::move(order), std::move(reason));
  self->send(self, begin_atom::value);
  return caf::message_handler{
      [state](begin_atom) { state->begin(); },
      [state](const batch_done& m) { state->committed(m); },
  }
      .or_else(common);
}

} // namespace steward
