#include "actors/record_queries.hpp"

#include "messages/record_document.hpp"
#include "messages/record_words.hpp"
#include "messages/type_ids.hpp"
#include "store/record_sql.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <charconv>

namespace steward {

namespace {

constexpr size_t list_bytes = 4u << 20;   // a page ends early rather than grow past this
constexpr size_t cursor_bytes = 6u << 10; // with its question it has to fit into an address

reply store_refused(const store::store_error& e) {
  if (e.code == ec::unprocessable) return reply::error(ec::unprocessable, e.reason);
  return reply::error(
      {e.code, "the store can't be read: " + e.reason, {}, std::chrono::milliseconds{1000}});
}

reply wrong_word(field_problem problem) {
  auto about = problem.pointer + ": " + problem.detail;
  return reply::error({ec::invalid_request, std::move(about), {std::move(problem)}, {}});
}

reply no_collection(const std::string& name) {
  return reply::error(ec::not_found, "there is no collection '" + name + "'");
}

reply no_record(const std::string& collection, const std::string& id) {
  return reply::error(ec::not_found,
                      "there is no record '" + id + "' in collection '" + collection + "'");
}

class record_queries_state {
public:
  record_queries_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    auto opened = node_->engine->open_reader();
    if (!opened) throw std::runtime_error("the store can't be opened: " + opened.error().reason);
    reader_ = std::move(*opened);
  }

  /// Answers `q` unless too many others wait.
  template <class Query>
  void question(const Query& q, const reply_slot& slot) {
    if (self_->mailbox().size() > node_->settings.store.query_queue)
      return slot.answer(reply::error(
          {ec::unavailable, "too many queries are waiting", {}, std::chrono::milliseconds{1000}}));
    slot.answer(answer(q));
  }

private:
  reply answer(const list_collections& q) {
    auto rows = reader_->list_collections(q.tenant, q.cursor, q.limit + 1);
    if (!rows) return store_refused(rows.error());
    const auto next = [&](size_t last) { return (*rows)[last].name; };
    return page(
        rows->size(), q.limit,
        [&](std::string& out, size_t i) {
          append_collection(out, (*rows)[i], store::view_name((*rows)[i]));
        },
        next);
  }

  reply answer(const get_collection& q) {
    auto row = reader_->find_collection(q.tenant, q.name);
    if (!row) return store_refused(row.error());
    if (!*row) return no_collection(q.name);
    std::string json;
    append_collection(json, **row, store::view_name(**row));
    return reply::ok(std::move(json));
  }

  reply answer(const find_records& q) {
    record_query query;
    query.collection = q.collection;
    query.limit = std::min<size_t>(q.limit + 1, 1'000);
    auto order = read_record_order(q.sort);
    if (!order) return wrong_word(order.error());
    query.order = std::move(*order);
    if (!q.filter.empty()) {
      auto filter = read_record_filter(q.filter);
      if (!filter) return wrong_word(filter.error());
      query.filter = std::move(*filter);
    }
    if (!q.cursor.empty()) {
      auto cursor = read_record_cursor(q.cursor, query.order);
      if (!cursor) return wrong_word(cursor.error());
      query.after = std::move(*cursor);
    }
    auto rows = reader_->find_records(q.tenant, query);
    if (!rows) return store_refused(rows.error());
    if (rows->empty()) { // of no collection, or of none that has any
      const auto known = reader_->find_collection(q.tenant, q.collection);
      if (!known) return store_refused(known.error());
      if (!*known && !q.documents) return no_collection(q.collection);
    }
    bool too_long = false;
    const auto next = [&](size_t last) {
      const auto& row = (*rows)[last];
      const auto data = workflow::parse_json(row.data);
      auto cursor = write_record_cursor(
          query.order, cursor_after(query.order, data ? *data : workflow::value{}, row.id));
      too_long = cursor.size() > cursor_bytes;
      return cursor;
    };
    auto shown = page(
        rows->size(), q.limit,
        [&](std::string& out, size_t i) {
          if (q.documents)
            append_record_document(out, (*rows)[i]);
          else
            append_record(out, (*rows)[i]);
        },
        next);
    if (!too_long) return shown;
    return reply::error(ec::unprocessable,
                        "record '" + rows->back().id +
                            "' or one near it has a text of thousands "
                            "of bytes in a field of `sort`: no next page could be asked for");
  }

  reply answer(const get_record& q) {
    auto row = reader_->get_record(q.tenant, q.collection, q.id);
    if (!row) return store_refused(row.error());
    if (!*row) return missing(q.tenant, q.collection, q.id);
    std::string json;
    if (q.documents)
      append_record_document(json, **row);
    else
      append_record(json, **row);
    auto shown = reply::ok(std::move(json));
    shown.etag = record_etag((*row)->version);
    return shown;
  }

  reply answer(const get_record_history& q) {
    uint64_t before = INT64_MAX;
    if (!q.cursor.empty()) {
      const auto* end = q.cursor.data() + q.cursor.size();
      const auto read = std::from_chars(q.cursor.data(), end, before);
      if (read.ptr != end || read.ec != std::errc{} || before > INT64_MAX)
        return wrong_word({"cursor", "this is no cursor", "the `next` of a page of this list"});
    }
    auto rows = reader_->record_history(q.tenant, q.collection, q.id, before, q.limit + 1);
    if (!rows) return store_refused(rows.error());
    if (rows->empty() && q.cursor.empty()) return missing(q.tenant, q.collection, q.id);
    const auto next = [&](size_t last) { return std::to_string((*rows)[last].version); };
    return page(
        rows->size(), q.limit, [&](std::string& out, size_t i) { append_record(out, (*rows)[i]); },
        next);
  }

  reply missing(const tenant_id& tenant, const std::string& collection, const std::string& id) {
    const auto known = reader_->find_collection(tenant, collection);
    if (!known) return store_refused(known.error());
    return *known ? no_record(collection, id) : no_collection(collection);
  }

  /// {items, next} of the first `limit` of `count` rows.
  template <class Append, class Next>
  static reply page(size_t count, size_t limit, Append append, Next next) {
    std::string json = "{\"items\":[";
    size_t shown = 0;
    for (; shown < count && shown < limit && (shown == 0 || json.size() < list_bytes); ++shown) {
      if (shown > 0) json += ',';
      append(json, shown);
    }
    json += "],\"next\":";
    if (shown < count)
      workflow::append_json_string(json, next(shown - 1));
    else
      json += "null";
    json += '}';
    return reply::ok(std::move(json));
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::unique_ptr<store::reader> reader_;
};

} // namespace

caf::behavior record_queries(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto s = std::make_shared<record_queries_state>(self, std::move(n));
  return caf::message_handler{
      [s](const list_collections& q, const reply_slot& r) { s->question(q, r); },
      [s](const get_collection& q, const reply_slot& r) { s->question(q, r); },
      [s](const find_records& q, const reply_slot& r) { s->question(q, r); },
      [s](const get_record& q, const reply_slot& r) { s->question(q, r); },
      [s](const get_record_history& q, const reply_slot& r) { s->question(q, r); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
