#include "actors/records.hpp"

#include "actors/record_schemas.hpp"
#include "actors/record_task.hpp"
#include "agents/base_collections.hpp"
#include "messages/digest.hpp"
#include "messages/record_bodies.hpp"
#include "messages/record_document.hpp"
#include "store/record_sql.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <caf/send.hpp>

#include <deque>
#include <map>

namespace steward {

namespace {

using workflow::value;

constexpr unsigned attempts_most = 10;
constexpr size_t collections_most = 500;

reply store_refused(const store::store_error& e) {
  return reply::error(
      {e.code, "the store can't be read: " + e.reason, {}, std::chrono::milliseconds{1000}});
}

reply no_collection(const std::string& name) {
  return reply::error(ec::not_found, "there is no collection '" + name + "'");
}

reply managed(const std::string& name) {
  return reply::error(ec::forbidden,
                      "the collection '" + name + "' is written by agents and actions only");
}

reply not_written(const batch_result& result) {
  if (result.what != batch_result::kind::conflict)
    return reply::error({ec::unavailable,
                         "it could not be stored: " + result.reason,
                         {},
                         std::chrono::milliseconds{1000}});
  switch (result.refusal) {
  case record_refusal::no_collection:
    return reply::error(ec::not_found, result.reason);
  case record_refusal::version:
    return reply::error(ec::precondition_failed, result.reason);
  default:
    return reply::error(ec::conflict, result.reason);
  }
}

class task_committed final : public commit_completion {
public:
  task_committed(caf::actor to, record_task_ptr task)
      : to_(std::move(to)), task_(std::move(task)) {}

  void done(const batch_result& result) noexcept override {
    const bool committed = result.what == batch_result::kind::committed;
    const bool races = result.refusal == record_refusal::collection_changed ||
                       (result.refusal == record_refusal::version && task_->may_race);
    if (races || (committed && task_->tell_later))
      return caf::anon_send(to_, task_settled{task_, result});
    task_->slot.answer(committed ? task_->tell(result) : not_written(result));
  }

private:
  caf::actor to_;
  record_task_ptr task_;
};

class records_state {
public:
  records_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    auto opened = node_->engine->open_reader();
    if (!opened) throw std::runtime_error("the store can't be opened: " + opened.error().reason);
    reader_ = std::move(*opened);
  }

  template <class Message>
  void accept(Message& m, const reply_slot& slot, const ticket& pass) {
    if (self_->mailbox().size() > node_->settings.store.query_queue)
      return slot.answer(reply::error(
          {ec::unavailable, "too many writes are waiting", {}, std::chrono::milliseconds{1000}}));
    auto task = std::make_shared<record_task>();
    task->tenant = m.tenant;
    task->slot = slot;
    task->pass = pass;
    const auto record = changed_record(m);
    begin(task, m);
    if (!task->attempt) return;
    if (record.empty()) return task->attempt(task);
    auto& waiting = turns_[record];
    waiting.push_back(std::move(task));
    if (waiting.size() == 1) take_turn(record);
  }

  void turn_over(const record_turn_over& m) {
    const auto of = turns_.find(m.record);
    if (of == turns_.end()) return;
    of->second.pop_front();
    if (of->second.empty())
      turns_.erase(of);
    else
      take_turn(m.record);
  }

  void settled(const task_settled& m) {
    const auto& task = m.task;
    if (m.result.what == batch_result::kind::committed)
      return task->slot.answer(task->tell(m.result));
    schemas_.forget(task->tenant, task->collection);
    if (++task->attempts >= attempts_most)
      return task->slot.answer(reply::error(
          ec::conflict, "others change it too often; it could not be written in between"));
    task->attempt(task);
  }

private:
  // --- turns: changes that look at a record first would only be in each other's way ---

  static std::string changed_record(const write_record& m) {
    const bool looks = m.how == record_writing::merge || !m.idempotency_key.empty() ||
                       m.guard.what == record_guard::kind::present;
    if (!looks) return {};
    return m.tenant + '/' + m.collection + '/' + (m.id.empty() ? '#' + m.idempotency_key : m.id);
  }
  template <class Other>
  static std::string changed_record(const Other&) {
    return {};
  }

  /// The first of those that wait: its place stays until it is answered, whichever way.
  void take_turn(const std::string& record) {
    const auto task = std::exchange(turns_.at(record).front(), nullptr);
    const auto self = caf::actor_cast<caf::actor_addr>(self_);
    task->turn = std::shared_ptr<void>(nullptr, [self, record](void*) {
      if (const auto actor = caf::actor_cast<caf::actor>(self))
        caf::anon_send(actor, record_turn_over{record});
    });
    task->attempt(task);
  }

  // --- collections ---

  void begin(const record_task_ptr& task, declare_collection& m) {
    if (agents::is_base_collection(m.name)) return task->slot.answer(managed(m.name));
    auto op = read_collection(m.name, m.body);
    if (!op) return task->slot.answer(reply::error(op.error()));
    op->row.updated_us = node_->outside.now_us();
    task->collection = m.name;
    task->tell_later = true;
    task->attempt = [this, op = std::move(*op)](const record_task_ptr& o) {
      if (const auto refused = refuse_new(o->tenant, op.row.name)) return o->slot.answer(*refused);
      const auto known = schemas_.find(*reader_, o->tenant, op.row.name);
      if (known && *known && (*known)->managed) return o->slot.answer(managed(op.row.name));
      commit(o, {op});
    };
    task->tell = [this, tenant = m.tenant, name = m.name](const batch_result& result) {
      schemas_.forget(tenant, name);
      return declared(tenant, name, result.collection_version == 1);
    };
  }

  std::optional<reply> refuse_new(const tenant_id& tenant, const std::string& name) {
    const auto known = reader_->find_collection(tenant, name);
    if (!known) return store_refused(known.error());
    if (*known) return std::nullopt;
    const auto all = reader_->list_collections(tenant, {}, collections_most);
    if (!all) return store_refused(all.error());
    if (all->size() < collections_most) return std::nullopt;
    return reply::error(ec::unprocessable, "a tenant has at most " +
                                               std::to_string(collections_most) + " collections");
  }

  reply declared(const tenant_id& tenant, const std::string& name, bool is_new) {
    const auto row = reader_->find_collection(tenant, name);
    if (!row) return store_refused(row.error());
    if (!*row) return no_collection(name); // removed meanwhile
    std::string json;
    append_collection(json, **row, store::view_name(**row));
    auto r = reply::ok(std::move(json));
    r.what = is_new ? reply::kind::created : reply::kind::ok;
    if (is_new) r.location = "/api/v1/collections/" + name;
    return r;
  }

  void begin(const record_task_ptr& task, remove_collection& m) {
    if (agents::is_base_collection(m.name)) return task->slot.answer(managed(m.name));
    task->collection = m.name;
    task->attempt = [this, name = m.name](const record_task_ptr& o) {
      schemas_.forget(o->tenant, name);
      commit(o, {drop_collection{name}});
    };
    task->tell = [](const batch_result&) { return gone(); };
  }

  // --- records ---

  void begin(const record_task_ptr& task, write_record& m) {
    auto body = read_record(m.body);
    if (!body) return task->slot.answer(reply::error(body.error()));
    m.body.clear();
    if (m.id.empty()) {
      m.id = m.idempotency_key.empty() ? new_id() : id_of(m.collection, m.idempotency_key);
      m.guard.what = record_guard::kind::absent;
    }
    task->collection = m.collection;
    task->attempt = [this, m = std::move(m), body = std::move(*body)](const record_task_ptr& o) {
      write(o, m, body);
    };
  }

  void write(const record_task_ptr& task, const write_record& m, const value& body) {
    const auto known = collection_of(*task);
    if (!known) return;
    put_record op{m.collection, m.id, {}, node_->outside.now_us(), {}, known->edition()};
    using kind = record_guard::kind;
    if (m.guard.what == kind::version) op.if_version = m.guard.version;
    if (m.guard.what == kind::absent) op.if_version = 0;
    task->may_race = false;
    auto data = body;
    if (m.how == record_writing::merge || m.guard.what == kind::present ||
        !m.idempotency_key.empty()) {
      const auto stored = reader_->get_record(m.tenant, m.collection, m.id);
      if (!stored) return task->slot.answer(store_refused(stored.error()));
      if (!m.idempotency_key.empty()) {
        if (*stored) return task->slot.answer(shown(**stored, reply::kind::ok, m.collection));
        task->may_race = true;
      } else if (!*stored) {
        return task->slot.answer(missing(m));
      } else if (m.guard.what != kind::version) {
        op.if_version = (*stored)->version;
        task->may_race = true;
      } else if ((*stored)->version != m.guard.version) {
        return task->slot.answer(
            reply::error(ec::precondition_failed, "record '" + m.id + "' has version " +
                                                      std::to_string((*stored)->version)));
      }
      if (m.how == record_writing::merge) {
        auto read = workflow::parse_json((*stored)->data);
        if (!read)
          return task->slot.answer(reply::error(ec::corrupt_data, "the record can't be read"));
        data = merge_patch(std::move(*read), body);
      }
    }
    if (auto problems = judge_record(known->schema, data, ""); !problems.empty())
      return task->slot.answer(reply::error(broken_schema(std::move(problems))));
    op.data = workflow::to_json(data);
    task->tell = [op](const batch_result& result) {
      const auto& done = result.records.front();
      return shown({op.id, done.version, op.data, done.created_us, op.time_us},
                   done.created ? reply::kind::created : reply::kind::ok, op.collection);
    };
    commit(task, {std::move(op)});
  }

  void begin(const record_task_ptr& task, write_records& m) {
    auto records = read_records(m.body);
    if (!records) return task->slot.answer(reply::error(records.error()));
    for (auto& record : *records)
      if (record.id.empty()) record.id = new_id();
    task->collection = m.collection;
    task->attempt = [this, records = std::move(*records)](const record_task_ptr& o) {
      write_many(o, records);
    };
  }

  void write_many(const record_task_ptr& task, const std::vector<record_to_put>& records) {
    const auto known = collection_of(*task);
    if (!known) return;
    std::vector<write_op> ops;
    std::vector<field_problem> problems;
    const auto now_us = node_->outside.now_us();
    for (size_t i = 0; i < records.size() && problems.size() < 20; ++i) {
      const auto& record = records[i];
      auto found =
          judge_record(known->schema, record.data, "/records/" + std::to_string(i) + "/data");
      problems.insert(problems.end(), found.begin(), found.end());
      ops.emplace_back(put_record{task->collection, record.id, workflow::to_json(record.data),
                                  now_us, record.if_version, known->edition()});
    }
    if (!problems.empty())
      return task->slot.answer(reply::error(broken_schema(std::move(problems))));
    task->tell = [&records](const batch_result& result) {
      std::string json = "{\"items\":[";
      for (size_t i = 0; i < records.size(); ++i) {
        if (i > 0) json += ',';
        json += "{\"id\":";
        workflow::append_json_string(json, records[i].id);
        json.append(",\"version\":").append(std::to_string(result.records[i].version));
        json += result.records[i].created ? ",\"created\":true}" : ",\"created\":false}";
      }
      json += "]}";
      return reply::ok(std::move(json));
    };
    commit(task, std::move(ops));
  }

  void begin(const record_task_ptr& task, remove_record& m) {
    task->collection = m.collection;
    task->attempt = [this, m](const record_task_ptr& o) {
      forget_unless_newest(*o);
      if (!collection_of(*o)) return;
      delete_record op{m.collection, m.id, node_->outside.now_us(), {}};
      if (m.guard.what == record_guard::kind::version) op.if_version = m.guard.version;
      if (m.guard.what == record_guard::kind::present) {
        const auto stored = reader_->get_record(m.tenant, m.collection, m.id);
        if (!stored) return o->slot.answer(store_refused(stored.error()));
        if (!*stored)
          return o->slot.answer(
              reply::error(ec::precondition_failed, "there is no record '" + m.id + "'"));
        op.if_version = (*stored)->version;
        o->may_race = true;
      }
      commit(o, {std::move(op)});
    };
    task->tell = [](const batch_result&) { return gone(); };
  }

  // --- both ---

  /// No commit finds out that a deletion knew an older edition.
  void forget_unless_newest(const record_task& task) {
    const auto row = reader_->find_collection(task.tenant, task.collection);
    const auto known = schemas_.find(*reader_, task.tenant, task.collection);
    if (row && *row && known && *known && (*known)->row.version != (*row)->version)
      schemas_.forget(task.tenant, task.collection);
  }

  /// Null when it has answered that there is none, or that it is not for everybody.
  known_collection_ptr collection_of(const record_task& task) {
    auto known = schemas_.find(*reader_, task.tenant, task.collection);
    if (known && *known) {
      if (!(*known)->managed) return *known;
      task.slot.answer(managed(task.collection));
      return nullptr;
    }
    task.slot.answer(known ? no_collection(task.collection) : store_refused(known.error()));
    return nullptr;
  }

  void commit(const record_task_ptr& task, std::vector<write_op> ops) {
    const auto journal = node_->journal->get();
    if (!journal) return; // the slot answers
    self_->send(journal, commit_request{{task->tenant, std::move(ops)},
                                        std::make_shared<task_committed>(
                                            caf::actor_cast<caf::actor>(self_), task)});
  }

  std::string new_id() {
    auto& outside = node_->outside;
    return run_id::make(outside.now_us(), outside.random(), outside.random()).text();
  }

  /// The same for the same key: asked again, it is found.
  static std::string id_of(const std::string& collection, const std::string& key) {
    const auto digest = sha256_digest(collection + '\n' + key);
    return "key-" + digest.substr(digest.find(':') + 1, 32);
  }

  static reply shown(const record_row& row, reply::kind what, const std::string& collection) {
    std::string json;
    append_record(json, row);
    auto r = reply::ok(std::move(json));
    r.what = what;
    r.etag = record_etag(row.version);
    if (what == reply::kind::created) r.location = "/api/v1/records/" + collection + "/" + row.id;
    return r;
  }

  static reply missing(const write_record& m) {
    const bool conditional =
        m.guard.what == record_guard::kind::version || m.guard.what == record_guard::kind::present;
    return reply::error(conditional ? ec::precondition_failed : ec::not_found,
                        "there is no record '" + m.id + "' in collection '" + m.collection + "'");
  }

  static reply gone() {
    auto r = reply::ok({});
    r.what = reply::kind::no_content;
    return r;
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::unique_ptr<store::reader> reader_;
  record_schemas schemas_;
  std::map<std::string, std::deque<record_task_ptr>> turns_; ///< By record; the first is under way.
};

} // namespace

caf::behavior records(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto s = std::make_shared<records_state>(self, std::move(n));
  return caf::message_handler{
      [s](declare_collection& m, const reply_slot& r, const ticket& t) { s->accept(m, r, t); },
      [s](remove_collection& m, const reply_slot& r, const ticket& t) { s->accept(m, r, t); },
      [s](write_record& m, const reply_slot& r, const ticket& t) { s->accept(m, r, t); },
      [s](write_records& m, const reply_slot& r, const ticket& t) { s->accept(m, r, t); },
      [s](remove_record& m, const reply_slot& r, const ticket& t) { s->accept(m, r, t); },
      [s](const task_settled& m) { s->settled(m); },
      [s](const record_turn_over& m) { s->turn_over(m); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
