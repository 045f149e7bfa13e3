#define CAF_SUITE records

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  std::string declared(const std::string& name, const std::string& body) {
    auto a = ask_tenant(declare_collection{"default", name, body});
    settle();
    return a.word();
  }
  asked put(const std::string& id, const std::string& body, record_guard guard = {}) {
    write_record m;
    m.tenant = "default";
    m.collection = "orders";
    m.id = id;
    m.body = body;
    m.guard = guard;
    auto a = ask_tenant(std::move(m));
    settle();
    return a;
  }
  asked merging(const std::string& id, const std::string& body) {
    write_record m;
    m.tenant = "default";
    m.collection = "orders";
    m.id = id;
    m.body = body;
    m.how = record_writing::merge;
    return ask_tenant(std::move(m));
  }
  std::string merged(const std::string& id, const std::string& body) {
    auto a = merging(id, body);
    settle();
    return a.word() == "ok" ? a.text("data") : a.word();
  }
  asked create(const std::string& key) {
    write_record m;
    m.tenant = "default";
    m.collection = "orders";
    m.body = "{\"n\":1}";
    m.idempotency_key = key;
    return ask_tenant(std::move(m));
  }
  std::string batched(const std::string& body) {
    auto a = ask_tenant(write_records{"default", "orders", body});
    settle();
    return a.word() == "ok" ? a.answer().json : a.word();
  }
  asked get(const std::string& id) {
    auto a = ask("store/record_queries", get_record{"default", "orders", id});
    settle();
    return a;
  }
  asked find(const std::string& filter, const std::string& sort = {},
             const std::string& cursor = {}, uint32_t limit = 50) {
    auto a =
        ask("store/record_queries", find_records{"default", "orders", filter, sort, cursor, limit});
    settle();
    return a;
  }
  std::string removed(const std::string& id, record_guard guard = {}) {
    auto a = ask_tenant(remove_record{"default", "orders", id, guard});
    settle();
    return a.word();
  }
  static record_guard version(uint64_t n) { return {record_guard::kind::version, n}; }
};

const std::string some_schema =
    R"({"schema":{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}},"indexes":[{"name":"n","fields":["n"]}],"history":true})";

} // namespace

CAF_TEST_FIXTURE_SCOPE(records_tests, fixture)

CAF_TEST(a collection is made and changed and told) {
  CAF_CHECK_EQUAL(declared("orders", some_schema), "created");
  CAF_CHECK_EQUAL(declared("orders", some_schema), "ok");
  auto a = ask("store/record_queries", get_collection{"default", "orders"});
  settle();
  CAF_CHECK_EQUAL(a.text("version"), "2");
  CAF_CHECK_EQUAL(a.text("history"), "true");
  CAF_CHECK_EQUAL(a.text("indexes"), R"([{"name":"n","fields":["n"],"unique":false}])");
  auto list = ask("store/record_queries", list_collections{"default", ""});
  settle();
  CAF_CHECK_EQUAL(list.document().get("items").size(), 1u);
  for (const auto* bad :
       {"[]", "nonsense", R"({"schemas":1})", R"({"indexes":{}})", R"({"indexes":[1]})",
        R"({"indexes":[{"name":"N","fields":["n"]}]})", R"({"indexes":[{"name":"n","fields":[]}]})",
        R"({"indexes":[{"name":"n","fields":["a b"]}]})",
        R"({"indexes":[{"name":"n","fields":["n","n"]}]})", R"({"history":1})",
        R"({"indexes":[{"name":"n","fields":["n"]},{"name":"n","fields":["m"]}]})",
        R"({"indexes":[{"name":"n","fields":["n"],"unique":"yes"}]})"})
    CAF_CHECK_EQUAL(declared("orders", bad), "invalid-request");
  CAF_CHECK_EQUAL(declared("orders", R"({"schema":{"type":"strin"}})"), "unprocessable");
  auto gone = ask_tenant(remove_collection{"default", "orders"});
  settle();
  CAF_CHECK_EQUAL(gone.word(), "no content");
  auto none = ask_tenant(remove_collection{"default", "orders"});
  settle();
  CAF_CHECK_EQUAL(none.word(), "not-found");
}

CAF_TEST(a record is judged and written and read) {
  CAF_CHECK_EQUAL(put("a", "{}").word(), "not-found");
  declared("orders", some_schema);
  const auto made = put("a", R"({"n":1})");
  CAF_CHECK_EQUAL(made.word(), "created");
  CAF_CHECK_EQUAL(made.answer().etag, "\"1\"");
  CAF_CHECK_EQUAL(made.answer().location, "/api/v1/records/orders/a");
  CAF_CHECK_EQUAL(put("a", R"({"n":2})").word(), "ok");
  CAF_CHECK_EQUAL(get("a").text("data"), R"({"n":2})");
  const auto shown = get("a");
  CAF_CHECK_EQUAL(shown.answer().etag, "\"2\"");
  CAF_CHECK_EQUAL(get("b").word(), "not-found");
  const auto broken = put("a", R"({"n":"two"})");
  CAF_CHECK_EQUAL(broken.word(), "unprocessable");
  CAF_CHECK_EQUAL(broken.answer().why.problems.at(0).pointer, "/n");
  for (const auto* bad : {"", "[]", "1", "{", R"({"n":1,"t":"\u0000"})", R"({"n":1,"\u0000":1})"})
    CAF_CHECK_EQUAL(put("a", bad).word(), "invalid-request");
  CAF_CHECK_EQUAL(put("a", R"({"n":1,"t":")" + std::string(1u << 20, 'x') + "\"}").word(),
                  "unprocessable");
  // Written out, as a database does it, each of these numbers has 309 digits.
  std::string numbers;
  for (int i = 0; i < 5'000; ++i) numbers += i == 0 ? "1e308" : ",1e308";
  CAF_CHECK_EQUAL(put("a", R"({"n":1,"l":[)" + numbers + "]}").word(), "unprocessable");
  CAF_CHECK_EQUAL(removed("a"), "no content");
  CAF_CHECK_EQUAL(removed("a"), "no content");
  auto history = ask("store/record_queries", get_record_history{"default", "orders", "a", "", 2});
  settle();
  const auto versions = history.document().get("items");
  CAF_REQUIRE_EQUAL(versions.size(), 2u);
  CAF_CHECK(versions.items()[0].get("data").is_null());
  CAF_CHECK_EQUAL(history.text("next"), "2");
}

CAF_TEST(a condition is kept) {
  declared("orders", some_schema);
  using kind = record_guard::kind;
  CAF_CHECK_EQUAL(put("a", R"({"n":1})", version(1)).word(), "precondition-failed");
  CAF_CHECK_EQUAL(put("a", R"({"n":1})", {kind::present, 0}).word(), "precondition-failed");
  CAF_CHECK_EQUAL(put("a", R"({"n":1})", {kind::absent, 0}).word(), "created");
  CAF_CHECK_EQUAL(put("a", R"({"n":1})", {kind::absent, 0}).word(), "precondition-failed");
  CAF_CHECK_EQUAL(put("a", R"({"n":2})", version(1)).word(), "ok");
  CAF_CHECK_EQUAL(put("a", R"({"n":3})", version(1)).word(), "precondition-failed");
  CAF_CHECK_EQUAL(put("a", R"({"n":3})", {kind::present, 0}).word(), "ok");
  CAF_CHECK_EQUAL(removed("a", version(1)), "precondition-failed");
  CAF_CHECK_EQUAL(removed("b", {kind::present, 0}), "precondition-failed");
  CAF_CHECK_EQUAL(removed("a", {kind::present, 0}), "no content");
}

CAF_TEST(patches of one record that come at once all count) {
  declared("orders", some_schema);
  put("a", R"({"n":1,"old":{"x":1,"y":2}})");
  CAF_CHECK_EQUAL(merged("a", R"({"old":{"x":null,"z":3}})"), R"({"n":1,"old":{"y":2,"z":3}})");
  CAF_CHECK_EQUAL(merged("a", R"({"n":null})"), "unprocessable");
  CAF_CHECK_EQUAL(merged("b", R"({"n":1})"), "not-found");
  // They are all read before the first of them is committed.
  std::vector<asked> all;
  for (int i = 0; i < 5; ++i) all.push_back(merging("a", "{\"m" + std::to_string(i) + "\":1}"));
  settle();
  for (const auto& each : all) CAF_CHECK_EQUAL(each.word(), "ok");
  CAF_CHECK_EQUAL(get("a").document().get("data").size(), 7u);
}

CAF_TEST(a key makes one record) {
  declared("orders", "");
  std::vector<asked> all;
  for (int i = 0; i < 5; ++i) all.push_back(create("k"));
  settle();
  std::set<std::string> ids, words;
  for (const auto& each : all) {
    ids.insert(each.text("id"));
    words.insert(each.word());
  }
  CAF_CHECK_EQUAL(ids.size(), 1u);
  CAF_CHECK(words == (std::set<std::string>{"created", "ok"}));
  auto other = create("l");
  settle();
  CAF_CHECK_EQUAL(other.word(), "created");
}

CAF_TEST(many records are put together or not at all) {
  declared("orders", some_schema);
  CAF_CHECK_EQUAL(
      batched(R"({"records":[{"id":"a","data":{"n":1}},{"id":"b","data":{"n":2}}]})"),
      R"({"items":[{"id":"a","version":1,"created":true},{"id":"b","version":2,"created":true}]})");
  CAF_CHECK_EQUAL(
      batched(
          R"({"records":[{"id":"c","data":{"n":1}},{"id":"b","data":{"n":2},"if_version":1}]})"),
      "precondition-failed");
  CAF_CHECK_EQUAL(batched(R"({"records":[{"id":"c","data":{"n":1}},{"data":{}}]})"),
                  "unprocessable");
  CAF_CHECK_EQUAL(get("c").word(), "not-found");
  for (const auto* bad :
       {"{}", R"({"records":[]})", R"({"records":[1]})", R"({"records":[{"id":"a"}]})",
        R"({"records":[{"id":"a b","data":{}}]})", R"({"records":[{"data":{},"if_version":1}]})",
        R"({"records":[{"id":"a","data":{}},{"id":"a","data":{}}]})",
        R"({"records":[{"data":{}}],"more":1})", R"({"records":[{"data":{"a":"\u0000"}}]})"})
    CAF_CHECK_EQUAL(batched(bad), "invalid-request");
}

CAF_TEST(records are found page by page) {
  CAF_CHECK_EQUAL(find("").word(), "not-found");
  declared("orders", some_schema);
  CAF_CHECK_EQUAL(find("").text("items"), "[]");
  for (int i = 0; i < 7; ++i) put("r" + std::to_string(i), "{\"n\":" + std::to_string(i % 3) + "}");
  std::string seen, cursor;
  do {
    const auto page = find(R"({"n":{"ge":1}})", "-n", cursor, 2);
    const auto items = page.document().get("items");
    for (const auto& item : items.items()) {
      const auto id = item.get("id");
      seen += id.as_string().substr(1);
    }
    cursor = page.document().get("next").is_null() ? "" : page.text("next");
  } while (!cursor.empty());
  CAF_CHECK_EQUAL(seen, "5241");
  CAF_CHECK_EQUAL(find("{").word(), "invalid-request");
  CAF_CHECK_EQUAL(find(R"({"n":{"like":1}})").word(), "invalid-request");
  CAF_CHECK_EQUAL(find("", "n desc").word(), "invalid-request");
  CAF_CHECK_EQUAL(find("", "n", "nonsense").word(), "invalid-request");
}

CAF_TEST(a schema that changes between reading and commit is obeyed) {
  declared("orders", "");
  put("a", R"({"n":1})"); // Now the actor knows the schema.
  auto change = ask_tenant(declare_collection{"default", "orders", some_schema});
  auto late = ask_tenant([] {
    write_record m;
    m.tenant = "default";
    m.collection = "orders";
    m.id = "b";
    m.body = "{}";
    return m;
  }());
  settle();
  CAF_CHECK_EQUAL(change.word(), "ok");
  CAF_CHECK_EQUAL(late.word(), "unprocessable");
}

CAF_TEST(a tenant sees its own records only) {
  declared("orders", "");
  put("a", R"({"n":1})");
  auto other = ask("store/record_queries", get_record{"zeta", "orders", "a"});
  settle();
  CAF_CHECK_EQUAL(other.word(), "not-found");
}

CAF_TEST(a crash of the actor loses no answer and no record) {
  declared("orders", some_schema);
  auto waiting = put("a", R"({"n":1})");
  kill(at("store/records"));
  pass(1s);
  CAF_CHECK_EQUAL(put("b", R"({"n":1})").word(), "created");
  CAF_CHECK_EQUAL(get("a").word(), "ok");
}

CAF_TEST(the feed tells of changes) {
  declared("orders", some_schema);
  auto told = read_feed({});
  settle();
  put("a", R"({"n":1})");
  put("a", R"({"n":2})");
  removed("a");
  pass(1s);
  std::string types;
  for (const auto& type : told->types()) types += type + " ";
  CAF_CHECK_EQUAL(
      types,
      "dev.steward.feed.opened.v1 dev.steward.record.created.v1 dev.steward.record.updated.v1 "
      "dev.steward.record.deleted.v1 ");
}

CAF_TEST_FIXTURE_SCOPE_END()
