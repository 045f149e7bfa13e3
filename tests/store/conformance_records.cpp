#include "caf/test/dsl.hpp"
#include "store/record_matching.hpp"
#include "tests/store/conformance.hpp"
#include "tests/store/record_samples.hpp"
#include "workflow/json.hpp"

#include <algorithm>

namespace steward::store::tests {

namespace {

using kind = batch_result::kind;
using why = record_refusal;

std::vector<std::string> ids_of(const std::vector<record_row>& rows) {
  std::vector<std::string> list;
  for (const auto& row : rows) list.push_back(row.id);
  return list;
}

record_query all_of(const std::string& collection) {
  record_query query;
  query.collection = collection;
  return query;
}

put_record if_version(put_record op, uint64_t version) {
  op.if_version = version;
  return op;
}

void collections_are_kept_and_changed(session& s) {
  auto orders = collection("orders", {{"by_total", {"total"}, false, 0}}, true);
  CAF_CHECK(s.commit_one("acme", {orders}).collection_version == 1u);
  CAF_CHECK(s.commit_one("acme", {collection("items")}).collection_version == 1u);
  orders.row.schema = R"({"type":"object","required":["total"]})";
  orders.row.indexes = {{"by_name", {"customer.name", "total"}, false, 0},
                        {"total", {"total"}, false, 0}};
  orders.row.keeps_history = false;
  CAF_CHECK(s.commit_one("acme", {orders}).collection_version == 2u);
  s.reopen();
  const auto found = s.read().find_collection("acme", "orders").value();
  CAF_REQUIRE(found.has_value());
  CAF_CHECK_EQUAL(found->name, "orders");
  CAF_CHECK_EQUAL(found->schema, orders.row.schema);
  CAF_CHECK_EQUAL(found->version, 2u);
  CAF_CHECK_EQUAL(found->updated_us, noon_us);
  CAF_CHECK(!found->keeps_history);
  CAF_REQUIRE(found->indexes.size() == 2u);
  CAF_CHECK_EQUAL(found->indexes[0].fields, (std::vector<std::string>{"customer.name", "total"}));
  CAF_CHECK_EQUAL(found->indexes[1].name, "total");
  CAF_CHECK(found->indexes[0].number != found->indexes[1].number);
  const auto first = s.read().list_collections("acme", "", 1).value();
  CAF_REQUIRE(first.size() == 1u);
  CAF_CHECK_EQUAL(first[0].name, "items");
  CAF_CHECK(s.read().list_collections("acme", "items", 10).value().size() == 1u);
  CAF_CHECK(!s.read().find_collection("zeta", "orders").value());
}

void a_collection_goes_when_it_is_empty(session& s) {
  s.commit_one("acme", {collection("orders", {{"by_total", {"total"}, true, 0}}, true)});
  const auto before = s.read().find_collection("acme", "orders").value();
  s.commit_one("acme", {record("orders", "a", R"({"total":1})")});
  const auto full = s.commit_one("acme", {drop_collection{"orders"}});
  CAF_CHECK(full.what == kind::conflict);
  CAF_CHECK(full.refusal == why::not_empty);
  s.commit_one("acme", {delete_record{"orders", "a", noon_us, {}}});
  CAF_CHECK(s.commit_one("zeta", {drop_collection{"orders"}}).refusal == why::no_collection);
  CAF_CHECK(s.commit_one("acme", {drop_collection{"orders"}}).what == kind::committed);
  CAF_CHECK(s.commit_one("acme", {drop_collection{"orders"}}).refusal == why::no_collection);
  CAF_CHECK(!s.read().find_collection("acme", "orders").value());
  CAF_CHECK(s.read().find_records("acme", all_of("orders")).value().empty());
  s.commit_one("acme", {collection("orders", {}, true)});
  const auto again = s.read().find_collection("acme", "orders").value();
  CAF_CHECK(again->number > before->number);
  CAF_CHECK(s.read().record_history("acme", "orders", "a", 100, 10).value().empty());
}

void records_are_put_and_deleted(session& s) {
  s.commit_one("acme", {collection("orders")});
  const auto made =
      s.commit_one("acme", {record("orders", "b", R"({"n":1})"), record("orders", "a", "{}")});
  CAF_CHECK(made.records == (std::vector<record_result>{{1, true, noon_us}, {2, true, noon_us}}));
  auto later = record("orders", "b", R"({"n":2})");
  later.time_us = noon_us + 5;
  CAF_CHECK(s.commit_one("acme", {later}).records ==
            (std::vector<record_result>{{3, false, noon_us}}));
  s.reopen();
  const auto b = s.read().get_record("acme", "orders", "b").value();
  CAF_REQUIRE(b.has_value());
  CAF_CHECK(workflow::parse_json(b->data).value() == workflow::value::object({{"n", 2}}));
  CAF_CHECK_EQUAL(b->version, 3u);
  CAF_CHECK_EQUAL(b->created_us, noon_us);
  CAF_CHECK_EQUAL(b->updated_us, noon_us + 5);
  CAF_CHECK(!s.read().get_record("zeta", "orders", "b").value());
  CAF_CHECK(!s.read().get_record("acme", "orders", "c").value());
  const auto gone = s.commit_one("acme", {delete_record{"orders", "b", noon_us, {}},
                                          delete_record{"orders", "b", noon_us, {}},
                                          record("orders", "b", "{}")});
  CAF_CHECK(gone.records ==
            (std::vector<record_result>{{4, false, 0}, {0, false, 0}, {5, true, noon_us}}));
  CAF_CHECK(ids_of(s.read().find_records("acme", all_of("orders")).value()) ==
            (std::vector<std::string>{"a", "b"}));
}

void a_version_must_fit(session& s) {
  s.commit_one("acme", {collection("orders")});
  const auto none = s.commit_one("acme", {record("nothing", "a", "{}")});
  CAF_CHECK(none.what == kind::conflict);
  CAF_CHECK(none.refusal == why::no_collection);
  CAF_CHECK(s.commit_one("acme", {if_version(record("orders", "a", "{}"), 3)}).refusal ==
            why::version);
  CAF_CHECK(s.commit_one("acme", {if_version(record("orders", "a", "{}"), 0)}).what ==
            kind::committed);
  CAF_CHECK(s.commit_one("acme", {if_version(record("orders", "a", "{}"), 0)}).refusal ==
            why::version);
  CAF_CHECK(s.commit_one("acme", {if_version(record("orders", "a", "{}"), 1)}).what ==
            kind::committed);
  // All or none: what the batch did before it was refused is not there.
  const auto both = s.commit_one("acme", {record("orders", "new", "{}"), event("x"),
                                          delete_record{"orders", "a", noon_us, 1}});
  CAF_CHECK(both.refusal == why::version);
  CAF_CHECK(both.records.empty());
  CAF_CHECK(!s.read().get_record("acme", "orders", "new").value());
  CAF_CHECK(s.commit_one("acme", {delete_record{"orders", "a", noon_us, 2}}).what ==
            kind::committed);
  auto stale = record("orders", "a", "{}");
  stale.of_collection = {s.read().find_collection("acme", "orders").value()->number, 2};
  CAF_CHECK(s.commit_one("acme", {stale}).refusal == why::collection_changed);
}

void batches_of_a_group_see_each_other(session& s) {
  s.commit_one("acme", {collection("orders", {}, true)});
  const auto report = s.commit({
      batch("acme", {if_version(record("orders", "a", R"({"n":1})"), 0)}),
      batch("acme", {record("orders", "b", "{}"), if_version(record("orders", "a", "{}"), 0)}),
      batch("acme", {if_version(record("orders", "a", R"({"n":2})"), 1)}),
      batch("acme", {delete_record{"orders", "a", noon_us, 2}, record("orders", "a", "{}")}),
  });
  CAF_CHECK(kinds(report) ==
            (std::vector<kind>{kind::committed, kind::conflict, kind::committed, kind::committed}));
  CAF_CHECK(!s.read().get_record("acme", "orders", "b").value());
  CAF_CHECK(s.read().get_record("acme", "orders", "a").value()->version == 4u);
  CAF_CHECK(s.read().record_history("acme", "orders", "a", 99, 10).value().size() == 4u);
}

void changes_are_published(session& s) {
  s.commit_one("acme", {collection("orders")});
  s.commit_one("acme", {record("orders", "a", R"({"n":1})")});
  s.commit_one("acme", {record("orders", "a", R"({"n":2})")});
  s.commit_one("acme", {delete_record{"orders", "a", noon_us, {}}});
  s.commit_one("acme", {delete_record{"orders", "a", noon_us, {}}});
  std::string types;
  const auto feed = s.read().feed_after("acme", 0, 10).value();
  for (const auto& each : feed) types += each.type + " ";
  CAF_CHECK_EQUAL(types, "dev.steward.record.created.v1 dev.steward.record.updated.v1 "
                         "dev.steward.record.deleted.v1 ");
  CAF_REQUIRE(feed.size() == 3u);
  CAF_CHECK_EQUAL(feed[1].subject, "records/orders/a");
  CAF_CHECK_EQUAL(feed[1].data, R"({"collection":"orders","id":"a","version":2})");
}

void history_is_kept_on_demand(session& s) {
  s.commit_one("acme", {collection("kept", {}, true), collection("plain")});
  for (const auto* name : {"kept", "plain"}) {
    s.commit_one("acme", {record(name, "a", R"({"n":1})")});
    s.commit_one("acme", {record(name, "a", R"({"n":2})"), record(name, "b", "{}")});
    s.commit_one("acme", {delete_record{name, "a", noon_us + 1, {}}});
  }
  const auto old = s.read().record_history("acme", "kept", "a", UINT64_MAX, 10).value();
  CAF_REQUIRE(old.size() == 3u);
  CAF_CHECK_EQUAL(old[0].version, 4u);
  CAF_CHECK_EQUAL(old[0].data, "");
  CAF_CHECK_EQUAL(old[0].updated_us, noon_us + 1);
  CAF_CHECK(workflow::parse_json(old[2].data).value() == workflow::value::object({{"n", 1}}));
  const auto first = s.read().record_history("acme", "kept", "a", 2, 10).value();
  CAF_REQUIRE(first.size() == 1u);
  CAF_CHECK_EQUAL(first[0].version, 1u);
  CAF_CHECK(s.read().record_history("acme", "plain", "a", 99, 10).value().empty());
}

void unique_indexes_hold(session& s) {
  const record_index by_email{"by_email", {"email", "shop.id"}, true, 0};
  s.commit_one("acme", {collection("users", {by_email}), collection("free")});
  const auto put = [&](const std::string& of, const std::string& id, const std::string& json) {
    return s.commit_one("acme", {record(of, id, json)});
  };
  CAF_CHECK(put("users", "a", R"({"email":"x","shop":{"id":1}})").what == kind::committed);
  const auto taken = put("users", "b", R"({"email":"x","shop":{"id":1.0}})");
  CAF_CHECK(taken.what == kind::conflict);
  CAF_CHECK(taken.refusal == why::not_unique);
  CAF_CHECK(put("users", "b", R"({"email":"x","shop":{"id":"1"}})").what == kind::committed);
  CAF_CHECK(put("users", "a", R"({"email":"x","shop":{"id":1},"n":1})").what == kind::committed);
  for (const auto* id : {"c", "d"})
    CAF_CHECK(put("users", id, R"({"email":"x","shop":{"id":null}})").what == kind::committed);
  for (const auto* id : {"a", "b"}) put("free", id, R"({"email":"x","shop":{"id":1}})");
  const auto late = s.commit_one("acme", {collection("free", {by_email})});
  CAF_CHECK(late.refusal == why::not_unique);
  CAF_CHECK(s.read().find_collection("acme", "free").value()->indexes.empty());
  CAF_CHECK(put("free", "c", R"({"email":"x","shop":{"id":1}})").what == kind::committed);
  // Those beside it in the group don't suffer.
  const auto report =
      s.commit({batch("acme", {record("users", "y", R"({"email":"y","shop":{"id":1}})")}),
                batch("acme", {record("users", "z", R"({"email":"y","shop":{"id":1}})")}),
                batch("acme", {event("last")})});
  CAF_CHECK(kinds(report) == (std::vector<kind>{kind::committed, kind::conflict, kind::committed}));
}

/// Records and questions by dice: an engine finds what the reference in C++ finds, page by page.
void questions_are_answered_as_the_reference_does(session& s) {
  record_dice dice{7};
  s.commit_one("acme", {collection("things", {{"one", {"a"}, false, 0},
                                              {"two", {"b", "a"}, false, 0},
                                              {"inner", {"c.a"}, false, 0}})});
  s.commit_one("zeta", {collection("things")});
  s.commit_one("zeta", {record("things", "other", R"({"a":1})")});
  std::vector<std::pair<std::string, workflow::value>> known;
  std::vector<write_op> ops;
  for (int i = 0; i < 300; ++i) {
    const auto id = "r" + std::to_string(dice.below(100'000)) + "_" + std::to_string(i);
    const auto data = dice.object();
    known.emplace_back(id, data);
    ops.emplace_back(record("things", id, workflow::to_json(data)));
  }
  CAF_REQUIRE(s.commit_one("acme", std::move(ops)).what == kind::committed);
  size_t found_any = 0;
  for (int i = 0; i < 400; ++i) {
    auto query = dice.query("things");
    std::vector<std::pair<record_cursor, std::string>> wanted;
    for (const auto& [id, data] : known)
      if (matches(query.filter, data)) wanted.emplace_back(cursor_after(query.order, data, id), id);
    std::sort(wanted.begin(), wanted.end(), [&](const auto& x, const auto& y) {
      return compare_records(query.order, x.first, y.first) < 0;
    });
    std::vector<std::string> expected, found;
    for (const auto& [at, id] : wanted) expected.push_back(id);
    for (;;) {
      auto page = s.read().find_records("acme", query);
      if (!page) CAF_FAIL(page.error().reason);
      for (const auto& row : *page) found.push_back(row.id);
      if (page->size() < query.limit || found.size() > known.size()) break;
      query.after = cursor_after(query.order, workflow::parse_json(page->back().data).value(),
                                 page->back().id);
    }
    if (!expected.empty()) ++found_any;
    if (found != expected)
      CAF_FAIL("question " << i << " found " << found.size() << " of " << expected.size() << ": "
                           << dice.told());
  }
  CAF_CHECK(found_any > 150u);
}

void hostile_words_stay_words(session& s) {
  s.commit_one("acme", {collection("words", {{"by_word", {"word"}, false, 0}})});
  const std::vector<std::string> words{
      "'; DROP TABLE records; --", "\"", "\\", "$1", "?1", "%", "\x01", "x'00'",
      "\xf4\x8f\xbf\xbf",          "{}"};
  std::vector<write_op> ops;
  for (size_t i = 0; i < words.size(); ++i)
    ops.emplace_back(record("words", "w" + std::to_string(i),
                            workflow::to_json(workflow::value::object(
                                {{"word", workflow::value{words[i]}},
                                 {words[i].c_str(), workflow::value{words[i]}}}))));
  CAF_REQUIRE(s.commit_one("acme", std::move(ops)).what == kind::committed);
  for (size_t i = 0; i < words.size(); ++i)
    for (const auto op : {record_op::eq, record_op::prefix, record_op::contains, record_op::in}) {
      auto query = all_of("words");
      query.filter = {
          record_filter::kind::condition, {}, {"word", op, {workflow::value{words[i]}}}};
      auto found = ids_of(s.read().find_records("acme", query).value());
      CAF_CHECK(std::find(found.begin(), found.end(), "w" + std::to_string(i)) != found.end());
      query.after = record_cursor{{workflow::value{words[i]}}, "w" + std::to_string(i)};
      query.order = {{"word", false}};
      CAF_CHECK(s.read().find_records("acme", query).ok());
    }
}

void views_take_hostile_columns(session& s) {
  auto words = collection("words");
  words.columns = {"a\"b",        "it's",  "x; DROP TABLE records", "_id",    "Total", "total", "",
                   "back\\slash", "größe", std::string(200, 'x'),   "select", "nul\n"};
  CAF_CHECK(s.commit_one("acme", {words}).what == kind::committed);
  CAF_CHECK(s.commit_one("acme", {record("words", "a", R"({"größe":1})")}).what == kind::committed);
  words.columns = {"b"};
  CAF_CHECK(s.commit_one("acme", {words}).what == kind::committed);
}

void a_field_may_be_called_null(session& s) {
  s.commit_one("acme", {collection("odd", {{"by_null", {"null"}, true, 0}})});
  for (const auto* id : {"a", "b", "c"})
    s.commit_one("acme", {record("odd", id, R"({"null":")" + std::string{id} + "\"}")});
  auto query = all_of("odd");
  query.filter = {
      record_filter::kind::condition, {}, {"null", record_op::ge, {workflow::value{"b"}}}};
  query.order = {{"null", true}};
  query.limit = 1;
  std::string seen;
  for (int pages = 0; pages < 5; ++pages) {
    const auto found = s.read().find_records("acme", query).value();
    if (found.empty()) break;
    seen += found[0].id;
    query.after =
        cursor_after(query.order, workflow::parse_json(found[0].data).value(), found[0].id);
  }
  CAF_CHECK_EQUAL(seen, "cb");
  CAF_CHECK(s.commit_one("acme", {record("odd", "d", R"({"null":"a"})")}).refusal ==
            why::not_unique);
}

void a_page_of_large_records_ends_early(session& s) {
  s.commit_one("acme", {collection("large")});
  const auto data = R"({"text":")" + std::string(1'500'000, 'x') + "\"}";
  for (int i = 0; i < 8; ++i)
    s.commit_one("acme", {record("large", "r" + std::to_string(i), data)});
  auto query = all_of("large");
  query.limit = 100;
  const auto found = s.read().find_records("acme", query).value();
  CAF_CHECK_EQUAL(found.size(), 4u); // three are more than 4 MiB, and one tells that there are more
}

constexpr requirement list[] = {
    {"a field may be called null", a_field_may_be_called_null},
    {"a page of large records ends early", a_page_of_large_records_ends_early},
    {"collections are kept and changed", collections_are_kept_and_changed},
    {"a collection goes when it is empty", a_collection_goes_when_it_is_empty},
    {"records are put and deleted", records_are_put_and_deleted},
    {"a version must fit", a_version_must_fit},
    {"batches of a group see each other's records", batches_of_a_group_see_each_other},
    {"changes of records are published", changes_are_published},
    {"history is kept on demand", history_is_kept_on_demand},
    {"unique indexes hold", unique_indexes_hold},
    {"questions are answered as the reference does", questions_are_answered_as_the_reference_does},
    {"hostile words stay words", hostile_words_stay_words},
    {"views take hostile columns", views_take_hostile_columns},
};

} // namespace

std::span<const requirement> records_conformance() { return list; }

} // namespace steward::store::tests
