#include "actors/agents/overseer.hpp"

#include "actors/cluster/messages.hpp"
#include "actors/tell_batch.hpp"
#include "agents/documents.hpp"
#include "messages/record_bodies.hpp"
#include "messages/type_ids.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

#include <map>

namespace steward {

namespace {

using read_atom = caf::atom_constant<caf::atom("read")>;
using std::chrono::milliseconds;
using workflow::value;

constexpr char nobody[] = "_server";
constexpr char collection[] = "server";
constexpr char record[] = "agents";

class overseer_state {
public:
  overseer_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    auto opened = node_->engine->open_reader();
    if (!opened) throw std::runtime_error("the store can't be opened: " + opened.error().reason);
    reader_ = std::move(*opened);
    read();
  }

  /// In a cluster now and then: another node may have stored it.
  void read() {
    const auto row = reader_->get_record(nobody, collection, record);
    if (!row) return self_->delayed_send(self_, milliseconds{500}, read_atom::value);
    if (node_->shards.clustered())
      self_->delayed_send(self_, milliseconds{2'000}, read_atom::value);
    if (!*row || !under_way_.empty()) return;
    if (const auto data = workflow::parse_json((*row)->data)) hold(*data);
  }

  void pause(const pause_agents& m, const reply_slot& slot) {
    if (!m.change) return slot.answer(reply::ok(workflow::to_json(document_)));
    if (!node_->shards.here(nobody)) {
      if (const auto router = node_->router->get()) self_->send(router, passed_on(m, nobody, slot));
      return; // without a router the slot answers
    }
    const auto journal = node_->journal->get();
    if (!journal) return; // the slot answers
    const auto now = node_->outside.now_us();
    auto wanted = value::object({{"paused", m.paused}, {"changed_at", agents::time_or_null(now)}});
    std::vector<write_op> ops;
    auto declared = read_collection(collection, "{}");
    declared->row.updated_us = now;
    ops.emplace_back(std::move(*declared));
    ops.emplace_back(put_record{collection, record, workflow::to_json(wanted), now, {}, {}});
    under_way_.emplace(++commits_, change{std::move(wanted), slot});
    caf::anon_send(journal, commit_request{{nobody, std::move(ops)},
                                           std::make_shared<tell_batch>(
                                               caf::actor_cast<caf::actor>(self_), commits_)});
  }

  void settled(const batch_done& m) {
    const auto at = under_way_.find(m.number);
    if (at == under_way_.end()) return;
    const auto done = std::move(at->second);
    under_way_.erase(at);
    if (m.lost || m.result.what != batch_result::kind::committed)
      return done.slot.answer(reply::error(
          {ec::unavailable, "it could not be stored: " + m.result.reason, {}, milliseconds{500}}));
    hold(done.wanted);
    spdlog::warn("agents.{}", node_->agents_paused ? "paused" : "resumed");
    done.slot.answer(reply::ok(workflow::to_json(document_)));
  }

private:
  struct change {
    value wanted;
    reply_slot slot;
  };

  void hold(const value& document) {
    document_ = document;
    const auto paused = document.get("paused");
    node_->agents_paused = paused.is_bool() && paused.as_bool();
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::unique_ptr<store::reader> reader_;
  value document_ = value::object({{"paused", false}, {"changed_at", nullptr}});
  std::map<uint64_t, change> under_way_;
  uint64_t commits_ = 0;
};

} // namespace

caf::behavior overseer(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<overseer_state>(self, std::move(n));
  return caf::message_handler{
      [s](const pause_agents& m, const reply_slot& slot) { s->pause(m, slot); },
      [s](const batch_done& m) { s->settled(m); },
      [s](read_atom) { s->read(); },
  }
      .or_else(common);
}

} // namespace steward
