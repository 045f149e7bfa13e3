#include "actors/queries.hpp"

#include "actors/evaluation.hpp"
#include "actors/history.hpp"
#include "actors/inbox_messages.hpp"
#include "actors/local_messages.hpp"
#include "actors/replay.hpp"
#include "actors/schedule_messages.hpp"
#include "actors/stored_definition.hpp"
#include "connectors/secret_directory.hpp"
#include "messages/run_document.hpp"
#include "supervision/supervisor.hpp"

namespace steward {

namespace {

constexpr size_t page_of_timers = 10'000;
constexpr size_t page_of_runs = 10'000;
constexpr size_t page_of_listeners = 10'000;
constexpr size_t list_bytes = 4u << 20; // a page of runs ends early rather than grow past this

failure store_failure(const store::store_error& e) {
  return {e.code, "the store can't be read: " + e.reason, {}, std::chrono::milliseconds{1000}};
}

reply no_such_run(const run_id& id) {
  return reply::error(ec::not_found, "there is no run " + id.text());
}

reply invalid(std::string field, std::string what, std::string expected) {
  return reply::error(
      {ec::invalid_request, what, {{std::move(field), what, std::move(expected), 0, 0}}, {}});
}

class queries_state {
public:
  queries_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    auto opened = node_->engine->open_reader();
    if (!opened) throw std::runtime_error("the store can't be opened: " + opened.error().reason);
    reader_ = std::move(*opened);
  }

  /// Runs `answer` unless too many others wait.
  template <class Answer>
  void question(const reply_slot& slot, Answer answer) {
    if (self_->mailbox().size() > node_->settings.store.query_queue)
      return slot.answer(reply::error(
          {ec::unavailable, "too many queries are waiting", {}, std::chrono::milliseconds{1000}}));
    slot.answer(answer());
  }

  reply run(const get_run& q) {
    auto row = reader_->get_run(q.tenant, q.run);
    if (!row) return reply::error(store_failure(row.error()));
    if (!*row) return no_such_run(q.run);
    return reply::ok(run_document(**row));
  }

  reply runs(const list_runs& q) {
    store::run_query query;
    query.limit = q.limit + 1;
    if (!q.status.empty()) {
      query.status = workflow::run_status_from(q.status);
      if (!query.status)
        return invalid("status", "unknown status \"" + q.status + "\"",
                       "pending, running, waiting, suspended, cancelled, faulted or completed");
    }
    if (!q.workflow.empty()) {
      const auto slash = q.workflow.find('/');
      if (slash == std::string::npos || slash == 0 || slash + 1 == q.workflow.size())
        return invalid("workflow", "not a workflow's name", "namespace/name");
      query.workflow_namespace = q.workflow.substr(0, slash);
      query.workflow_name = q.workflow.substr(slash + 1);
    }
    if (!q.cursor.empty()) {
      query.before = run_id::parse(q.cursor);
      if (!query.before) return invalid("cursor", "not a cursor", "the `next` of a page");
    }
    auto rows = reader_->list_runs(q.tenant, query);
    if (!rows) return reply::error(store_failure(rows.error()));
    std::string json = "{\"items\":[";
    size_t shown = 0;
    for (; shown < rows->size() && shown < q.limit && (shown == 0 || json.size() < list_bytes);
         ++shown) {
      if (shown > 0) json += ',';
      append_run(json, (*rows)[shown]);
    }
    json += "],\"next\":";
    json += shown < rows->size() ? '"' + (*rows)[shown - 1].id.text() + '"' : "null";
    json += '}';
    return reply::ok(std::move(json));
  }

  reply history(const get_history& q) {
    return replayed(q,
                    [&](const auto& definition, const auto& run, const workflow::value& secrets) {
                      return reply::ok(history_document(definition, node_->settings.tenant.machine,
                                                        run, q.after, q.limit, secrets));
                    });
  }

  reply moment(const get_replay& q) {
    return replayed(
        q, [&](const auto& definition, const auto& run, const workflow::value& secrets) {
          auto document =
              replay_document(definition, node_->settings.tenant.machine, run, q.step, secrets);
          return document ? reply::ok(std::move(*document)) : reply::error(document.error());
        });
  }

  reply evaluate(const evaluate_expression& q) const {
    return evaluate_document(q.body, node_->outside.now_us());
  }

  reply probe() {
    const auto anything = reader_->workflow_by_id(0);
    return anything ? reply::ok(R"({"status":"ready"})")
                    : reply::error(store_failure(anything.error()));
  }

  reply stats(const get_stats& q) {
    auto counts = reader_->count_runs(q.tenant);
    if (!counts) return reply::error(store_failure(counts.error()));
    std::string json = "{\"runs\":{";
    for (size_t i = 0; i < counts->size(); ++i) {
      if (i > 0) json += ',';
      json += '"';
      json += workflow::to_string(static_cast<run_status>(i));
      json += "\":" + std::to_string((*counts)[i]);
    }
    json += "}}";
    return reply::ok(std::move(json));
  }

  loaded_run load(const load_run& q) {
    auto loaded = reader_->load_run(q.tenant, q.run, q.part);
    if (!loaded) return {nullptr, store_failure(loaded.error())};
    if (!*loaded) return {};
    return {std::make_shared<store::stored_run>(std::move(**loaded)), {}};
  }

  unfinished_runs unfinished(const find_unfinished& q) {
    auto page = reader_->active_runs(q.tenant, q.after, page_of_runs);
    if (!page) return {nullptr, true, true};
    const bool last = page->size() < page_of_runs;
    return {std::make_shared<std::vector<run_id>>(std::move(*page)), last, false};
  }

  timer_page timers(const read_timers& q) {
    auto page = reader_->timers(q.after, page_of_timers);
    if (!page) return {nullptr, true, true};
    const bool last = page->size() < page_of_timers;
    return {std::make_shared<std::vector<store::stored_timer>>(std::move(*page)), last, false};
  }

  reply events(const list_events& q) {
    auto page = reader_->inbox_after(q.tenant, q.after, q.limit + 1);
    if (!page) return reply::error(store_failure(page.error()));
    std::string json = "{\"items\":[";
    size_t shown = 0;
    for (; shown < page->size() && shown < q.limit && (shown == 0 || json.size() < list_bytes);
         ++shown) {
      const auto& e = (*page)[shown];
      if (shown > 0) json += ',';
      json += "{\"sequence\":" + std::to_string(e.sequence) + ",\"received_at\":\"";
      append_time(json, e.received_us);
      json += "\",\"event\":" + e.event + '}';
    }
    json += "],\"next\":";
    json += shown < page->size() ? '"' + std::to_string((*page)[shown - 1].sequence) + '"' : "null";
    json += '}';
    return reply::ok(std::move(json));
  }

  listener_page listeners(const read_listeners& q) {
    auto range = reader_->inbox_range(q.tenant);
    auto rows = reader_->listeners(q.tenant, q.after, page_of_listeners);
    if (!range || !rows) return {nullptr, 0, true, true};
    const bool last = rows->size() < page_of_listeners;
    return {std::make_shared<std::vector<store::stored_listener>>(std::move(*rows)), range->newest,
            last, false};
  }

  inbox_page inbox(const read_inbox& q) {
    auto events = reader_->inbox_after(q.tenant, q.after, q.limit);
    if (!events) return {nullptr, true};
    return {std::make_shared<std::vector<store::inbox_event>>(std::move(*events)), false};
  }

  busy_tenants busy() {
    auto tenants = reader_->busy_tenants();
    if (!tenants) return {nullptr, true};
    return {std::make_shared<std::vector<tenant_id>>(std::move(*tenants)), false};
  }

  known_tenants all_tenants() {
    auto tenants = reader_->tenants();
    if (!tenants) return {nullptr, true};
    return {std::make_shared<std::vector<tenant_id>>(std::move(*tenants)), false};
  }

  found_run find(const find_run& q) {
    auto row = reader_->get_run(q.tenant, q.run);
    if (!row) return {std::nullopt, true};
    return {std::move(*row), false};
  }

  schedule_page schedules(const read_schedules& q) {
    auto rows = reader_->schedules(q.tenant);
    const auto inbox = reader_->inbox_range(q.tenant);
    if (!rows || !inbox) return {nullptr, 0, true};
    return {std::make_shared<std::vector<store::stored_schedule>>(std::move(*rows)), inbox->newest,
            false};
  }

  feed_page feed(const read_feed& q) {
    feed_page out{std::make_shared<std::vector<feed_event>>(), {}, false};
    auto bounds = reader_->feed_range(q.tenant);
    if (!bounds) return {out.events, {}, true};
    out.bounds = *bounds;
    if (q.limit == 0) return out;
    auto events = reader_->feed_after(q.tenant, q.after, q.limit);
    if (!events) return {out.events, out.bounds, true};
    *out.events = std::move(*events);
    return out;
  }

private:
  /// What `tell` makes of the run and its definition, or why it can't be told.
  template <class Query, class Tell>
  reply replayed(const Query& q, Tell tell) {
    auto loaded = reader_->load_run(q.tenant, q.run);
    if (!loaded) return reply::error(store_failure(loaded.error()));
    if (!*loaded) return no_such_run(q.run);
    auto source = reader_->workflow_by_id((*loaded)->row.workflow_id);
    if (!source) return reply::error(store_failure(source.error()));
    if (!*source) return reply::error(ec::corrupt_data, "the run's workflow is missing");
    auto definition = read_stored(**source);
    if (!definition)
      return reply::error(ec::corrupt_data, "the run's workflow can't be read by this version");
    try {
      const connectors::secret_directory secrets{node_->settings.secrets.directory};
      return tell(*definition, **loaded,
                  secrets.read_all(q.tenant, (*definition)->secrets).secrets);
    } catch (const std::exception& e) {
      return reply::error(ec::corrupt_data, std::string{"the run can't be replayed: "} + e.what());
    }
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::unique_ptr<store::reader> reader_;
};

} // namespace

caf::behavior queries(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto s = std::make_shared<queries_state>(self, std::move(n));
  return caf::message_handler{
      [s](const get_run& q, const reply_slot& r) { s->question(r, [&] { return s->run(q); }); },
      [s](const list_runs& q, const reply_slot& r) { s->question(r, [&] { return s->runs(q); }); },
      [s](const get_history& q, const reply_slot& r) {
        s->question(r, [&] { return s->history(q); });
      },
      [s](const get_replay& q, const reply_slot& r) {
        s->question(r, [&] { return s->moment(q); });
      },
      [s](const evaluate_expression& q, const reply_slot& r) {
        s->question(r, [&] { return s->evaluate(q); });
      },
      [s](const get_stats& q, const reply_slot& r) { s->question(r, [&] { return s->stats(q); }); },
      [s](const probe_store&, const reply_slot& r) { s->question(r, [&] { return s->probe(); }); },
      [s](const load_run& q) { return s->load(q); },
      [s](const find_unfinished& q) { return s->unfinished(q); },
      [s](const read_timers& q) { return s->timers(q); },
      [s](const read_feed& q) { return s->feed(q); },
      [s](const find_run& q) { return s->find(q); },
      [s](const read_schedules& q) { return s->schedules(q); },
      [s](const list_events& q, const reply_slot& r) {
        s->question(r, [&] { return s->events(q); });
      },
      [s](const read_listeners& q) { return s->listeners(q); },
      [s](const read_inbox& q) { return s->inbox(q); },
      [s](const find_busy&) { return s->busy(); },
      [s](const find_tenants&) { return s->all_tenants(); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
