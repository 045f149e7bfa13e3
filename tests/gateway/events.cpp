#define CAF_SUITE gateway_events
#include "caf/test/dsl.hpp"
#include "tests/gateway/stage.hpp"

#include <nlohmann/json.hpp>

using namespace steward;
using namespace steward::gateway_tests;

namespace {

constexpr const char* target = "/api/v1/events";
constexpr const char* single = "Content-Type: application/cloudevents+json\r\n";
constexpr const char* batch = "Content-Type: application/cloudevents-batch+json\r\n";
constexpr const char* good =
    R"({"specversion":"1.0","id":"1","source":"/shop","type":"paid","data":{"n":1}})";

struct fixture : stage {
  fixture() {
    options.settings.event_bytes = 1000;
    open_tenant();
    start();
    actors->answers({reply::kind::accepted, R"({"items":[]})", {}, {}, {}});
  }
  raw_answer publish(const std::string& headers, const std::string& body) {
    raw_client c{port};
    return c.call("POST", target, headers, body);
  }
  /// The places that a refusal names.
  std::string refused(const std::string& headers, const std::string& body) {
    const auto a = publish(headers, body);
    CAF_CHECK_EQUAL(a.status, 400);
    std::string places;
    const auto problem = nlohmann::json::parse(a.body);
    for (const auto& e : problem["errors"]) places += e["pointer"].get<std::string>() + " ";
    CAF_CHECK_EQUAL(actors->last(), "");
    return places;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(events_tests, fixture)

CAF_TEST(an event comes in structured mode) {
  for (const std::string type : {single, "Content-Type: application/json\r\n",
                                 "Content-Type: application/cloudevents+json; charset=utf-8\r\n"}) {
    const auto a = publish(type, std::string{" "} + good);
    CAF_CHECK_EQUAL(a.status, 202);
    CAF_CHECK_EQUAL(a.body, R"({"items":[]})");
    CAF_CHECK_EQUAL(actors->last(), std::string{"publish default "} + good);
  }
  CAF_CHECK_EQUAL(publish("Content-Type: image/png\r\n", good).status, 415);
}

CAF_TEST(events come in a batch) {
  const std::string both = std::string{"["} + good + "," + good + "]";
  CAF_CHECK_EQUAL(publish(batch, both).status, 202);
  CAF_CHECK_EQUAL(actors->last(), std::string{"publish default "} + good + " " + good);
}

CAF_TEST(an event comes in binary mode) {
  const std::string attributes =
      "ce-specversion: 1.0\r\nCE-ID: a%20b\r\nce-source: /shop\r\nce-type: paid\r\n";
  publish(attributes + "Content-Type: application/json\r\n", R"({"n": 1})");
  CAF_CHECK_EQUAL(
      actors->last(),
      R"(publish default {"specversion":"1.0","id":"a b","source":"/shop","type":"paid",)"
      R"("datacontenttype":"application/json","data":{"n":1}})");
  publish(attributes + "Content-Type: text/plain\r\n", "hello");
  CAF_CHECK(actors->last().ends_with(R"("datacontenttype":"text/plain","data":"hello"})"));
  publish(attributes + "Content-Type: image/png\r\n", "\xff");
  CAF_CHECK(actors->last().ends_with(R"("datacontenttype":"image/png","data_base64":"/w=="})"));
  publish(attributes + "Content-Length: 0\r\n", "");
  CAF_CHECK(actors->last().ends_with(R"("type":"paid"})"));
}

CAF_TEST(a bad event is refused with every place) {
  CAF_CHECK_EQUAL(refused(single, "{"), " ");
  CAF_CHECK_EQUAL(refused(single, "[]"), " ");
  CAF_CHECK_EQUAL(refused(single, "{}"), "/id /source /type /specversion ");
  CAF_CHECK_EQUAL(
      refused(single, R"({"specversion":"0.3","id":"","source":1,"type":"t","Big":1,"x":[]})"),
      "/id /source /specversion /Big /x ");
  CAF_CHECK_EQUAL(refused(single, R"({"specversion":"1.0","id":"1","source":"s","type":"t",)"
                                  R"("data":1,"data_base64":"AA=="})"),
                  "/data_base64 ");
  CAF_CHECK_EQUAL(
      refused(single, R"({"specversion":"1.0","id":"a\u0000b","source":"s\n","type":"t"})"),
      "/id /source ");
  CAF_CHECK_EQUAL(refused(batch, std::string{"["} + good + R"(,{"specversion":"1.0"},7])"),
                  "/1/id /1/source /1/type /2 ");
  CAF_CHECK_EQUAL(refused(batch, "[]"), " ");
  CAF_CHECK_EQUAL(refused(batch, good), " ");
  std::string many = "[0";
  for (int i = 0; i < 1000; ++i) many += ",0";
  CAF_CHECK_EQUAL(refused(batch, many + "]"), " ");
  CAF_CHECK_EQUAL(refused(single, R"({"specversion":"1.0","id":"1","source":"s","type":"t",)"
                                  R"("data":")" +
                                      std::string(1000, 'x') + "\"}"),
                  " ");
  CAF_CHECK_EQUAL(refused("ce-id: 1\r\nce-a-b: 1\r\n", ""), "ce-a-b ");
  CAF_CHECK_EQUAL(refused("ce-id: 1\r\nContent-Type: application/json\r\n", "{"), " ");
}

CAF_TEST(kept events are listed by place) {
  raw_client c{port};
  actors->answers(reply::ok("{}"));
  CAF_CHECK_EQUAL(c.call("GET", std::string{target} + "?after=17&limit=5").status, 200);
  CAF_CHECK_EQUAL(actors->last(), "events default 17 5");
  CAF_CHECK_EQUAL(c.call("GET", std::string{target} + "?after=x").status, 400);
  CAF_CHECK_EQUAL(c.call("GET", std::string{target} + "?limit=201").status, 400);
}

CAF_TEST_FIXTURE_SCOPE_END()
