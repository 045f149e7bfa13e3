#include "actors/agents/thinker.hpp"

#include "actors/agents/figures.hpp"
#include "actors/agents/preparation.hpp"
#include "agents/base_collections.hpp"
#include "agents/documents.hpp"
#include "messages/record_words.hpp"
#include "messages/type_ids.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

#include <set>

namespace steward {

namespace {

using workflow::value;

constexpr size_t collections_at_once = 500;

class thinker_state {
public:
  thinker_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    auto opened = node_->engine->open_reader();
    if (!opened) throw std::runtime_error("the store can't be opened: " + opened.error().reason);
    reader_ = std::move(*opened);
  }

  considered answer(const consider& m) {
    // A schema that has changed is found out by the commit.
    if (m.again) schemas_ = {};
    return preparation{*reader_, schemas_, node_->outside}.consider_all(m);
  }

  documents answer(const read_documents& m) {
    documents d;
    d.found = std::make_shared<std::vector<value>>();
    for (const auto& [collection, id] : m.which) {
      const auto row = reader_->get_record(m.tenant, collection, id);
      if (!row) return {true, nullptr};
      auto data = *row ? workflow::parse_json((*row)->data) : workflow::parse_json("null");
      d.found->push_back(data ? std::move(*data) : value{});
    }
    return d;
  }

  documents answer(const search_documents& m) {
    documents d;
    d.found = std::make_shared<std::vector<value>>();
    record_query q;
    q.collection = m.collection;
    q.limit = m.limit;
    auto filter = read_record_filter(m.filter);
    auto order = read_record_order(m.sort);
    if (!filter || !order) return {true, nullptr};
    q.filter = std::move(*filter);
    q.order = std::move(*order);
    const auto rows = reader_->find_records(m.tenant, q);
    if (!rows) return {true, nullptr};
    for (const auto& row : *rows)
      if (auto data = workflow::parse_json(row.data)) d.found->push_back(std::move(*data));
    return d;
  }

  gate_read answer(const read_gate& m) {
    gate_read g;
    g.stored = std::make_shared<agents::stored_gate>();
    auto& stored = *g.stored;
    g.failed = !fill(m.tenant, stored, g.missing);
    return g;
  }

  void figures(const ask_agents& m, const reply_slot& slot) {
    slot.answer(agent_figures(*reader_, m, node_->outside.now_us()));
  }

private:
  bool fill_packs(const tenant_id& tenant, agents::stored_gate& into) {
    record_query q;
    q.collection = "packs";
    q.limit = 100;
    q.order = std::move(*read_record_order(""));
    const auto rows = reader_->find_records(tenant, q);
    if (!rows) return false;
    for (const auto& row : *rows)
      if (auto read = node_->packs.read_text(row.data))
        into.packs.push_back(std::move(*read));
      else
        spdlog::error("pack.unreadable tenant={} problem=\"{} {}\"", tenant,
                      read.error().front().pointer, read.error().front().detail);
    return true;
  }

  bool fill(const tenant_id& tenant, agents::stored_gate& into, std::set<std::string>& missing) {
    for (const auto& c : agents::base_collections()) missing.insert(c.name);
    std::string after;
    for (bool more = true; more;) {
      const auto page = reader_->list_collections(tenant, after, collections_at_once);
      if (!page) return false;
      for (const auto& c : *page) missing.erase(c.name);
      more = page->size() == collections_at_once;
      if (more) after = page->back().name;
    }
    if (missing.contains("agent_states")) return true; // no pack was ever installed
    const auto now = node_->outside.now_us();
    bool ok = true;
    const auto each = [&](const char* collection, const std::string& filter,
                          const std::string& order, size_t most, auto take) {
      if (missing.contains(collection)) return;
      record_query q;
      q.collection = collection;
      if (!filter.empty()) q.filter = std::move(*read_record_filter(filter));
      q.order = std::move(*read_record_order(order));
      for (size_t taken = 0; ok && taken < most;) {
        q.limit = std::min<size_t>(1'000, most - taken);
        const auto rows = reader_->find_records(tenant, q);
        if (!rows) {
          ok = false;
          return;
        }
        value last;
        for (const auto& row : *rows)
          if (auto data = workflow::parse_json(row.data)) {
            last = *data;
            take(row.id, std::move(*data));
          } else {
            // Going on without it would write over what is there.
            spdlog::error("agents.unreadable tenant={} collection={} id={} reason=\"{}\"", tenant,
                          collection, row.id, data.error().reason);
            ok = false;
          }
        taken += rows->size();
        if (rows->size() < q.limit) return;
        q.after = cursor_after(q.order, last, rows->back().id);
      }
    };
    if (!fill_packs(tenant, into)) return false;
    each("governance", "", "", 10,
         [&](const std::string&, value data) { into.governance = std::move(data); });
    each("agent_states", "", "", 1'000,
         [&](const std::string&, value data) { into.agent_states.push_back(std::move(data)); });
    std::set<std::string> seen;
    const auto decision = [&](const std::string& id, value data) {
      if (seen.insert(id).second) into.decisions.push_back(std::move(data));
    };
    each("autonomous_decisions", R"({"outcome.status":"pending"})", "created_at", 10'000, decision);
    each("autonomous_decisions",
         R"({"acted_us":{"gt":)" + std::to_string(now - governance::day_us) + "}}", "acted_us",
         100'000, decision);
    each("approvals", R"({"status":"pending"})", "created_at", 10'000,
         [&](const std::string&, value data) { into.approvals.push_back(std::move(data)); });
    each("outreach", R"({"status":"pending"})", "created_at", 10'000,
         [&](const std::string&, value data) { into.unsent.push_back(std::move(data)); });
    std::set<std::string> alerts;
    for (const auto* filter : {R"({"status":"raised"})", R"({"webhook.status":"pending"})"})
      each("alerts", filter, "", 1'000, [&](const std::string& id, value data) {
        if (alerts.insert(id).second) into.alerts.push_back(std::move(data));
      });
    each("audit_logs", "", "-sequence", 1,
         [&](const std::string&, value data) { into.last_audit = std::move(data); });
    each("autonomous_days", "", "-date", 1,
         [&](const std::string&, value data) { into.day = std::move(data); });
    return ok;
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::unique_ptr<store::reader> reader_;
  record_schemas schemas_;
};

} // namespace

caf::behavior thinker(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<thinker_state>(self, std::move(n));
  return caf::message_handler{
      [s](const consider& m) { return s->answer(m); },
      [s](const read_documents& m) { return s->answer(m); },
      [s](const search_documents& m) { return s->answer(m); },
      [s](const read_gate& m) { return s->answer(m); },
      [s](const ask_agents& m, const reply_slot& slot) { s->figures(m, slot); },
  }
      .or_else(common);
}

} // namespace steward
