#define CAF_SUITE gateway_records
#include "caf/test/dsl.hpp"
#include "tests/gateway/stage.hpp"

using namespace steward;
using namespace steward::gateway_tests;

namespace {

std::string told(const record_guard& guard) {
  switch (guard.what) {
  case record_guard::kind::version:
    return " if=" + std::to_string(guard.version);
  case record_guard::kind::present:
    return " if=there";
  case record_guard::kind::absent:
    return " if=new";
  case record_guard::kind::none:
    break;
  }
  return {};
}

/// Stands in for a tenant, and for who reads records: says what it was asked.
caf::behavior records_stand_in(caf::event_based_actor* self, std::shared_ptr<script> s) {
  self->set_default_handler(caf::drop);
  const auto heard = [s](const reply_slot& slot, std::string line) {
    s->hear(std::move(line));
    s->settle(slot);
  };
  return caf::message_handler{
      [=](const declare_collection& m, const reply_slot& slot, const ticket&) {
        heard(slot, "declare " + m.name + " " + m.body);
      },
      [=](const remove_collection& m, const reply_slot& slot, const ticket&) {
        heard(slot, "remove collection " + m.name);
      },
      [=](const write_record& m, const reply_slot& slot, const ticket&) {
        const auto* how = m.how == record_writing::merge ? "merge " : "put ";
        heard(slot, how + m.collection + "/" + m.id + " " + m.body + told(m.guard) +
                        (m.idempotency_key.empty() ? "" : " key=" + m.idempotency_key));
      },
      [=](const write_records& m, const reply_slot& slot, const ticket&) {
        heard(slot, "batch " + m.collection + " " + m.body);
      },
      [=](const remove_record& m, const reply_slot& slot, const ticket&) {
        heard(slot, "remove " + m.collection + "/" + m.id + told(m.guard));
      },
      [=](const list_collections& m, const reply_slot& slot) {
        heard(slot, "collections " + std::to_string(m.limit) + " " + m.cursor);
      },
      [=](const get_collection& m, const reply_slot& slot) { heard(slot, "collection " + m.name); },
      [=](const find_records& m, const reply_slot& slot) {
        heard(slot, "find " + m.collection + " " + m.filter + " " + m.sort + " " + m.cursor + " " +
                        std::to_string(m.limit));
      },
      [=](const get_record& m, const reply_slot& slot) {
        heard(slot, "get " + m.collection + "/" + m.id);
      },
      [=](const get_record_history& m, const reply_slot& slot) {
        heard(slot, "history " + m.collection + "/" + m.id + " " + m.cursor);
      },
  };
}

struct fixture : stage {
  fixture() {
    whom = sys.spawn(records_stand_in, actors);
    tenants->open("default", {})->set_actor(whom);
    services->slot("store/record_queries")->set(whom);
    services->slot("store/record_searches")->set(whom);
    start();
  }
  ~fixture() { caf::anon_send_exit(whom, caf::exit_reason::user_shutdown); }
  caf::actor whom;
};

const std::string json = "Content-Type: application/json\r\n";

} // namespace

CAF_TEST_FIXTURE_SCOPE(record_tests, fixture)

CAF_TEST(each call reaches whom it is for) {
  raw_client c{port};
  const auto hears = [&](const std::string& method, const std::string& path,
                         const std::string& headers = {}, const std::string& body = {}) {
    const auto status = c.call(method, "/api/v1" + path, headers, body).status;
    return status == 200 ? actors->last() : std::to_string(status);
  };
  CAF_CHECK_EQUAL(hears("PUT", "/collections/orders", json, "{}"), "declare orders {}");
  CAF_CHECK_EQUAL(hears("GET", "/collections?limit=2&cursor=a"), "collections 2 a");
  CAF_CHECK_EQUAL(hears("GET", "/collections/orders"), "collection orders");
  CAF_CHECK_EQUAL(hears("DELETE", "/collections/orders"), "remove collection orders");
  CAF_CHECK_EQUAL(hears("POST", "/records/orders", json + "Idempotency-Key: k\r\n", "{}"),
                  "put orders/ {} key=k");
  CAF_CHECK_EQUAL(hears("POST", "/records/orders:batch", json, "{}"), "batch orders {}");
  CAF_CHECK_EQUAL(hears("GET", "/records/orders?filter=%7B%7D&sort=-a,b&limit=3&cursor=x"),
                  "find orders {} -a,b x 3");
  CAF_CHECK_EQUAL(hears("GET", "/records/orders/a:1@x~.y"), "get orders/a:1@x~.y");
  CAF_CHECK_EQUAL(hears("PUT", "/records/orders/a", json, "{}"), "put orders/a {}");
  CAF_CHECK_EQUAL(
      hears("PATCH", "/records/orders/a", "Content-Type: application/merge-patch+json\r\n", "{}"),
      "merge orders/a {}");
  CAF_CHECK_EQUAL(hears("DELETE", "/records/orders/a"), "remove orders/a");
  CAF_CHECK_EQUAL(hears("GET", "/records/orders/a/history?cursor=9"), "history orders/a 9");
}

CAF_TEST(conditions are taken from the headers) {
  raw_client c{port};
  const auto put = [&](const std::string& header) {
    const auto status =
        c.call("PUT", "/api/v1/records/orders/a", json + header + "\r\n", "{}").status;
    return status == 200 ? actors->last() : std::to_string(status);
  };
  CAF_CHECK_EQUAL(put("If-Match: \"5\""), "put orders/a {} if=5");
  CAF_CHECK_EQUAL(put("If-Match: *"), "put orders/a {} if=there");
  CAF_CHECK_EQUAL(put("If-None-Match: *"), "put orders/a {} if=new");
  // A tag that is none of ours fits no version.
  CAF_CHECK_EQUAL(put("If-Match: \"abc\""), "put orders/a {} if=" + std::to_string(UINT64_MAX));
  CAF_CHECK_EQUAL(put("If-Match: \"0\""), "put orders/a {} if=" + std::to_string(UINT64_MAX));
  for (const auto* bad : {"If-Match: 5", "If-Match: \"1\", \"2\"", "If-Match:", "If-Match: W/\"5\"",
                          "If-None-Match: \"5\"", "If-Match: \"5\"\r\nIf-None-Match: *"})
    CAF_CHECK_EQUAL(put(bad), "400");
  const auto refused = [&](const std::string& method, const std::string& header) {
    return c
        .call(method, "/api/v1/records/orders/a", json + header + "\r\n",
              method == "PATCH" ? "{}" : "")
        .status;
  };
  CAF_CHECK_EQUAL(refused("PATCH", "If-None-Match: *"), 400);
  CAF_CHECK_EQUAL(refused("DELETE", "If-None-Match: *"), 400);
}

CAF_TEST(what is no name and no id and no JSON is refused) {
  raw_client c{port};
  const auto status = [&](const std::string& method, const std::string& path,
                          const std::string& headers = {}, const std::string& body = {}) {
    return c.call(method, "/api/v1" + path, headers, body).status;
  };
  for (const auto* name : {"Orders", "1a", "a-b", "a%20b", "a%00"})
    CAF_CHECK_EQUAL(status("GET", "/records/" + std::string{name}), 400);
  CAF_CHECK_EQUAL(status("PUT", "/collections/" + std::string(41, 'a'), json, "{}"), 400);
  for (const auto* id : {"a%2Fb", "%C3%A9", "a%20b"})
    CAF_CHECK_EQUAL(status("GET", "/records/orders/" + std::string{id}), 400);
  CAF_CHECK_EQUAL(status("GET", "/records/orders/" + std::string(129, 'a')), 400);
  CAF_CHECK_EQUAL(status("PUT", "/records/orders/a", "Content-Type: text/csv\r\n", "a,b"), 415);
  CAF_CHECK_EQUAL(status("DELETE", "/records/orders/a", {}, "{}"), 400);
  CAF_CHECK_EQUAL(status("GET", "/records/orders?filter="), 400);
  CAF_CHECK_EQUAL(status("GET", "/records/orders?where=1"), 400);
  CAF_CHECK_EQUAL(status("GET", "/records/orders?limit=201"), 400);
  CAF_CHECK_EQUAL(status("POST", "/records/:batch", json, "{}"), 400);
  const auto allow = c.call("PATCH", "/api/v1/records/orders", json, "{}");
  CAF_CHECK_EQUAL(allow.status, 405);
}

CAF_TEST(an answer has its entity tag and may have no body) {
  raw_client c{port};
  auto shown = reply::ok("{}");
  shown.etag = "\"7\"";
  actors->answers(shown);
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/records/orders/a").header("etag"), "\"7\"");
  auto gone = reply::ok({});
  gone.what = reply::kind::no_content;
  actors->answers(gone);
  const auto a = c.call("DELETE", "/api/v1/records/orders/a");
  CAF_CHECK_EQUAL(a.status, 204);
  CAF_CHECK(a.body.empty());
  actors->answers(reply::error(ec::precondition_failed, "it has version 8"));
  CAF_CHECK_EQUAL(c.call("DELETE", "/api/v1/records/orders/a").status, 412);
}

CAF_TEST_FIXTURE_SCOPE_END()
