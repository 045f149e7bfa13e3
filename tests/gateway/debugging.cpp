#define CAF_SUITE gateway_debugging
#include "caf/test/dsl.hpp"
#include "tests/gateway/stage.hpp"

#include <nlohmann/json.hpp>

using namespace steward;
using namespace steward::gateway_tests;

namespace {

const std::string id = "01890a5d-ac96-774b-bcce-b302099a8057";
const std::string run = "/api/v1/runs/" + id;
constexpr const char* json_type = "Content-Type: application/json\r\n";

nlohmann::json document(const raw_answer& a) {
  return nlohmann::json::parse(a.body, nullptr, false);
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(debugging_tests, stage)

CAF_TEST(a run is seen at a step of its history) {
  start();
  raw_client c{port};
  actors->answers(reply::ok("{\"step\":1}"));
  CAF_CHECK_EQUAL(c.call("GET", run + "/replay?step=7").body, "{\"step\":1}");
  CAF_CHECK_EQUAL(actors->last(), "replay " + id + " 7");
  CAF_CHECK_EQUAL(c.call("GET", run + "/replay").status, 200);
  CAF_CHECK_EQUAL(actors->last(), "replay " + id + " 0");
  actors->answers(
      reply::error({ec::invalid_request, "step", {{"step", "no such step", {}, 0, 0}}, {}}));
  CAF_CHECK_EQUAL(c.call("GET", run + "/replay?step=8").status, 400);
}

CAF_TEST(a history is read in pages) {
  start();
  raw_client c{port};
  c.call("GET", run + "/events");
  CAF_CHECK_EQUAL(actors->last(), "history " + id);
  c.call("GET", run + "/events?limit=1000&cursor=40");
  CAF_CHECK_EQUAL(actors->last(), "history " + id + " after 40");
  c.call("GET", run + "/events?limit=3");
  CAF_CHECK_EQUAL(actors->last(), "history " + id + " limit 3");
}

CAF_TEST(steps and pages that cannot be are refused by name) {
  start();
  raw_client c{port};
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"/replay?step=0", "step"},       {"/replay?step=-1", "step"},
      {"/replay?step=x", "step"},       {"/replay?step=", "step"},
      {"/replay?limit=1", "limit"},     {"/events?limit=0", "limit"},
      {"/events?limit=1001", "limit"},  {"/events?cursor=abc", "cursor"},
      {"/events?cursor=1.5", "cursor"},
  };
  for (const auto& [target, field] : wrong) {
    CAF_MESSAGE(target);
    const auto a = c.call("GET", run + target);
    CAF_CHECK_EQUAL(a.status, 400);
    const auto problem = document(a);
    CAF_CHECK_EQUAL(problem["errors"][0]["pointer"], field);
  }
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/runs/nobody/replay").status, 400);
  CAF_CHECK_EQUAL(actors->last(), "");
}

CAF_TEST(a retry goes through the door of its tenant with its body) {
  open_tenant();
  start();
  raw_client c{port};
  actors->answers(reply::ok("{\"status\":\"running\"}"));
  CAF_CHECK_EQUAL(c.call("POST", run + "/retry", "Content-Length: 0\r\n").status, 200);
  CAF_CHECK_EQUAL(actors->last(), "retry " + id + " ");
  CAF_CHECK_EQUAL(c.call("POST", run + "/retry", json_type, "{\"task\":\"pay\"}").status, 200);
  CAF_CHECK_EQUAL(actors->last(), "retry " + id + " {\"task\":\"pay\"}");
  CAF_CHECK_EQUAL(c.call("POST", run + "/retry", "Content-Type: image/png\r\n", "{}").status, 415);
  CAF_CHECK_EQUAL(c.call("POST", "/api/v1/runs/nobody/retry", json_type, "{}").status, 400);
  actors->answers(reply::error(ec::conflict, "the run is running"));
  CAF_CHECK_EQUAL(c.call("POST", run + "/retry", json_type, "{}").status, 409);
  actors->answers(reply::error(ec::unprocessable, "the task is in no open scope"));
  CAF_CHECK_EQUAL(c.call("POST", run + "/retry", json_type, "{}").status, 422);
  CAF_CHECK_EQUAL(c.call("GET", run + "/retry").status, 405);
}

CAF_TEST(an expression that is wrong is answered with its place) {
  start();
  raw_client c{port};
  const std::string target = "/api/v1/expressions/evaluate";
  actors->answers(reply::ok("{\"results\":[1]}"));
  CAF_CHECK_EQUAL(c.call("POST", target, json_type, "{\"expression\":\"1\"}").body,
                  "{\"results\":[1]}");
  CAF_CHECK_EQUAL(actors->last(), "evaluate {\"expression\":\"1\"}");
  field_problem place{"/expression", "unexpected", {}, 1, 3};
  place.offset = 2;
  actors->answers(reply::error({ec::expression, "unexpected", {place}, {}}));
  const auto a = c.call("POST", target, json_type, "{\"expression\":\"1 ]\"}");
  CAF_CHECK_EQUAL(a.status, 422);
  const auto problem = document(a);
  CAF_CHECK_EQUAL(problem["code"], "expression");
  CAF_CHECK_EQUAL(problem["errors"][0]["offset"], 2);
  CAF_CHECK_EQUAL(problem["errors"][0]["column"], 3);
  CAF_CHECK_EQUAL(c.call("POST", target, "Content-Type: text/html\r\n", "{}").status, 415);
}

CAF_TEST_FIXTURE_SCOPE_END()
