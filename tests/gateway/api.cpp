#define CAF_SUITE gateway_api
#include "caf/test/dsl.hpp"
#include "tests/gateway/stage.hpp"

#include <nlohmann/json.hpp>

using namespace steward;
using namespace steward::gateway_tests;

namespace {

nlohmann::json document(const raw_answer& a) {
  return nlohmann::json::parse(a.body, nullptr, false);
}

constexpr const char* id = "01890a5d-ac96-774b-bcce-b302099a8057";
constexpr const char* json_type = "Content-Type: application/json\r\n";

} // namespace

CAF_TEST_FIXTURE_SCOPE(api_tests, stage)

CAF_TEST(a definition is deployed from YAML or JSON only) {
  start();
  raw_client c{port};
  actors->answers({reply::kind::created, "{\"name\":\"a\"}", "/api/v1/workflows/n/a", {}, {}});
  const auto a =
      c.call("POST", "/api/v1/workflows", "Content-Type: application/yaml\r\n", "do: []");
  CAF_CHECK_EQUAL(a.status, 201);
  CAF_CHECK_EQUAL(a.header("location"), "/api/v1/workflows/n/a");
  CAF_CHECK_EQUAL(a.body, "{\"name\":\"a\"}");
  CAF_CHECK_EQUAL(actors->last(), "deploy default do: []");
  CAF_CHECK_EQUAL(c.call("POST", "/api/v1/workflows", "Content-Type: image/png\r\n", "x").status,
                  415);
  CAF_CHECK_EQUAL(c.call("POST", "/api/v1/workflows", "Content-Length: 0\r\n").status, 400);
  actors->answers(
      reply::error({ec::invalid_definition, "2 problems", {{"/do", "bad", "", 2, 3}}, {}}));
  const auto refused = c.call("POST", "/api/v1/workflows", "", "x");
  CAF_CHECK_EQUAL(refused.status, 422);
  CAF_CHECK_EQUAL(refused.header("content-type"), "application/problem+json");
  const auto problem = document(refused);
  CAF_CHECK_EQUAL(problem["errors"][0]["line"], 2);
}

CAF_TEST(workflows are listed and read) {
  start();
  raw_client c{port};
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/workflows?limit=7&cursor=abc").status, 200);
  CAF_CHECK_EQUAL(actors->last(), "list 7 abc");
  c.call("GET", "/api/v1/workflows");
  CAF_CHECK_EQUAL(actors->last(), "list 50 ");
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/workflows/my%20n/a?version=1.0.0").header("vary"),
                  "Accept");
  CAF_CHECK_EQUAL(actors->last(), "get my n/a:1.0.0 json");
  actors->answers({reply::kind::ok, "do: []", {}, "application/yaml", {}});
  const auto yaml = c.call("GET", "/api/v1/workflows/n/a", "Accept: application/yaml\r\n");
  CAF_CHECK_EQUAL(yaml.header("content-type"), "application/yaml");
  CAF_CHECK_EQUAL(actors->last(), "get n/a: yaml");
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/workflows/n/a", "Accept: image/png\r\n").status, 406);
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/workflows/n/a?version=").status, 400);
}

CAF_TEST(a wrong parameter is refused by its name) {
  start();
  raw_client c{port};
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"/api/v1/workflows?limit=0", "limit"},
      {"/api/v1/workflows?limit=201", "limit"},
      {"/api/v1/workflows?limit=1x", "limit"},
      {"/api/v1/workflows?limit=", "limit"},
      {"/api/v1/workflows?nothing=1", "nothing"},
      {"/api/v1/runs?status=done", "status"},
      {"/api/v1/runs?workflow=a", "workflow"},
      {"/api/v1/runs?workflow=a/b/c", "workflow"},
      {"/api/v1/runs?cursor=a%20b", "cursor"},
      {"/api/v1/runs?limit=1&limit=2", "limit"},
      {"/api/v1/runs?status=%zz", "query"},
      {"/api/v1/runs/%zz", "path"},
      {"/api/v1/runs/not-an-id", "id"},
      {"/api/v1/runs/not-an-id/events", "id"},
      {"/api/v1/tree?x=1", "x"},
  };
  for (const auto& [target, field] : wrong) {
    CAF_MESSAGE(target);
    const auto a = c.call("GET", target);
    CAF_CHECK_EQUAL(a.status, 400);
    const auto problem = document(a);
    CAF_CHECK_EQUAL(problem["errors"][0]["pointer"], field);
  }
  CAF_CHECK_EQUAL(actors->last(), "");
}

CAF_TEST(a run is started through the door of its tenant) {
  open_tenant();
  start();
  raw_client c{port};
  actors->answers({reply::kind::accepted, "{\"id\":1}", "/api/v1/runs/1", {}, {}});
  const auto a =
      c.call("POST", "/api/v1/workflows/n/a/runs?version=2.0.0",
             "Content-Type: application/json\r\nPrefer: wait=1.5\r\nIdempotency-Key: \"k 1\"\r\n",
             "{\"x\":1}");
  CAF_CHECK_EQUAL(a.status, 202);
  CAF_CHECK_EQUAL(a.header("location"), "/api/v1/runs/1");
  CAF_CHECK_EQUAL(a.header("preference-applied"), "wait=1.5");
  CAF_CHECK_EQUAL(actors->last(), "start n/a:2.0.0 {\"x\":1} key=k 1 wait=1500");
  actors->answers(reply::ok("{}"));
  const auto plain = c.call("POST", "/api/v1/workflows/n/a/runs", "Content-Length: 0\r\n");
  CAF_CHECK_EQUAL(plain.status, 200);
  CAF_CHECK_EQUAL(plain.headers.count("preference-applied"), 0u);
  CAF_CHECK_EQUAL(actors->last(), "start n/a:  key= wait=0");
  CAF_CHECK_EQUAL(
      c.call("POST", "/api/v1/workflows/n/a/runs", "Content-Type: text/html\r\n", "1").status, 415);
  CAF_CHECK_EQUAL(
      c.call("POST", "/api/v1/workflows/n/a/runs", "Idempotency-Key: \"\"\r\n", "1").status, 400);
}

CAF_TEST(past the limits of a tenant 429 comes at once and places come back) {
  open_tenant({1, 1e6, 1e6});
  actors->drop = false;
  start();
  raw_client c{port};
  const auto way = tenants->find("default");
  {
    const auto held = way->try_enter(real_world().now_us());
    const auto refused = c.call("POST", "/api/v1/workflows/n/a/runs", json_type, "1");
    CAF_CHECK_EQUAL(refused.status, 429);
    CAF_CHECK_EQUAL(refused.header("retry-after"), "1");
    CAF_CHECK_EQUAL(actors->last(), "");
  }
  for (int i = 0; i < 20; ++i) {
    CAF_CHECK_EQUAL(c.call("POST", "/api/v1/workflows/n/a/runs", json_type, "1").status, 200);
    for (int wait = 0; wait < 100 && way->in_flight() > 0; ++wait) std::this_thread::sleep_for(1ms);
  }
  CAF_CHECK_EQUAL(way->in_flight(), 0u);
}

CAF_TEST(a tenant that is not loaded is loaded by the tenants actor) {
  start();
  raw_client c{port};
  CAF_CHECK_EQUAL(c.call("POST", "/api/v1/workflows/n/a/runs", json_type, "1").status, 200);
  CAF_CHECK_EQUAL(actors->last(), "load and start a");
  services->slot("tenants")->clear();
  const auto a = c.call("POST", "/api/v1/workflows/n/a/runs", json_type, "1");
  CAF_CHECK_EQUAL(a.status, 503);
  CAF_CHECK_EQUAL(a.header("retry-after"), "1");
}

CAF_TEST(runs are read and controlled) {
  open_tenant();
  start();
  raw_client c{port};
  const auto run = std::string{"/api/v1/runs/"} + id;
  const auto asks = [&](const char* method, const std::string& target, const std::string& message) {
    CAF_CHECK_EQUAL(c.call(method, target).status, 200);
    CAF_CHECK_EQUAL(actors->last(), message);
  };
  asks("GET", run, std::string{"run "} + id);
  asks("GET", run + "/events", std::string{"history "} + id);
  asks("GET", "/api/v1/runs?status=faulted&workflow=n/a&limit=3&cursor=c", "runs faulted n/a 3 c");
  asks("POST", run + "/cancel", std::string{"control 0 "} + id);
  asks("POST", run + "/suspend", std::string{"control 1 "} + id);
  asks("POST", run + "/resume", std::string{"control 2 "} + id);
  actors->answers(reply::error(ec::conflict, "it has ended"));
  CAF_CHECK_EQUAL(c.call("POST", run + "/cancel").status, 409);
  actors->answers(reply::error(ec::not_found, "no such run"));
  const auto none = c.call("GET", run);
  CAF_CHECK_EQUAL(none.status, 404);
  const auto problem = document(none);
  CAF_CHECK_EQUAL(problem["instance"], run);
}

CAF_TEST(an actor that is down or drops its mail is a 503) {
  open_tenant();
  start();
  raw_client c{port};
  actors->drop = true;
  const auto lost = c.call("GET", std::string{"/api/v1/runs/"} + id);
  CAF_CHECK_EQUAL(lost.status, 503);
  CAF_CHECK_EQUAL(lost.header("retry-after"), "1");
  CAF_CHECK_EQUAL(c.call("POST", "/api/v1/workflows/n/a/runs", json_type, "1").status, 503);
  for (const auto* slot : {"store/library", "store/queries"}) services->slot(slot)->clear();
  for (const auto* target :
       {"/api/v1/workflows", "/api/v1/runs", "/api/v1/stats", "/api/v1/workflows/n/a"})
    CAF_CHECK_EQUAL(c.call("GET", target).status, 503);
}

CAF_TEST(the tree is shown and its actors can be killed) {
  start();
  raw_client c{port};
  const auto tree = nlohmann::json::parse(c.call("GET", "/api/v1/tree").body);
  CAF_CHECK_EQUAL(tree["children"][0]["path"], "root/store");
  CAF_CHECK_EQUAL(tree["strategy"], "one_for_one");
  CAF_CHECK(tree["children"][0]["strategy"].is_null());
  const auto kill = [&](std::string_view body) {
    return c.call("POST", "/api/v1/tree/kill", json_type, body).status;
  };
  CAF_CHECK_EQUAL(kill(R"({"path":"root/store/journal"})"), 202);
  CAF_CHECK_EQUAL(actors->last(), "kill store/journal");
  CAF_CHECK_EQUAL(kill(R"({"path":"nobody"})"), 404);
  for (const auto* bad :
       {"{}", "[]", "nonsense", R"({"path":1})", R"({"path":""})", R"({"path":"a","b":1})"})
    CAF_CHECK_EQUAL(kill(bad), 400);
  CAF_CHECK_EQUAL(c.call("POST", "/api/v1/tree/kill", "", "{}").status, 415);
  options.root->clear();
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/tree").status, 503);
}

CAF_TEST(the server tells of itself) {
  start();
  raw_client c{port};
  CAF_CHECK_EQUAL(c.call("GET", "/healthz").body, "{\"status\":\"ok\"}");
  CAF_CHECK_EQUAL(c.call("GET", "/readyz").status, 200);
  options.ready->store(false);
  CAF_CHECK_EQUAL(c.call("GET", "/readyz").status, 503);
  options.ready->store(true);
  services->slot("feed")->clear();
  CAF_CHECK(c.call("GET", "/readyz").body.find("waiting for: feed") != std::string::npos);
  services->slot("feed")->set(behind);
  actors->answers(reply::ok("{\"runs\":{\"running\":3}}"));
  const auto stats = nlohmann::json::parse(c.call("GET", "/api/v1/stats").body);
  CAF_CHECK_EQUAL(stats["runs"]["running"], 3);
  CAF_CHECK_EQUAL(stats["version"], "1.2.3");
  CAF_CHECK(stats["uptime_s"].is_number_integer());
  CAF_CHECK_EQUAL(stats["started_at"].get<std::string>().size(), 27u);
  const auto metrics = c.call("GET", "/metrics");
  CAF_CHECK(metrics.header("content-type").starts_with("text/plain"));
  CAF_CHECK(
      metrics.body.find(
          "steward_http_requests_total{route=\"getReadiness\",method=\"GET\",status=\"5xx\"} 2") !=
      std::string::npos);
  CAF_CHECK(metrics.body.find("steward_http_connections 1") != std::string::npos);
  CAF_CHECK(
      metrics.body.find("steward_http_request_seconds_bucket{route=\"getHealth\",le=\"+Inf\"} 1") !=
      std::string::npos);
}

CAF_TEST(paths and methods that are not there are problems too) {
  start();
  raw_client c{port};
  const auto none = c.call("GET", "/api/v1/nothing", "Accept: text/html\r\n");
  CAF_CHECK_EQUAL(none.status, 404);
  CAF_CHECK_EQUAL(none.header("content-type"), "application/problem+json");
  const auto method = c.call("DELETE", "/api/v1/runs");
  CAF_CHECK_EQUAL(method.status, 405);
  CAF_CHECK_EQUAL(method.header("allow"), "GET, HEAD, OPTIONS");
  CAF_CHECK_EQUAL(c.call("OPTIONS", "/api/v1/runs").header("allow"), "GET, HEAD, OPTIONS");
  CAF_CHECK_EQUAL(c.call("OPTIONS", "*").status, 204);
  CAF_CHECK_EQUAL(c.call("HEAD", "/healthz").header("content-length"), "15");
  CAF_CHECK_EQUAL(c.call("PUT", "/").status, 405);
}

CAF_TEST(dev mode answers to no foreign page) {
  start();
  raw_client c{port};
  CAF_CHECK_EQUAL(c.ask("GET /api/v1/runs HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 403);
  CAF_CHECK_EQUAL(c.call("POST", std::string{"/api/v1/runs/"} + id + "/cancel",
                         "Origin: http://evil.example\r\n")
                      .status,
                  403);
  CAF_CHECK_EQUAL(actors->last(), "");
}

CAF_TEST(without dev mode every call needs credentials) {
  options.settings.dev = false;
  start();
  raw_client c{port};
  const auto a = c.call("GET", "/api/v1/runs");
  CAF_CHECK_EQUAL(a.status, 401);
  CAF_CHECK_EQUAL(a.header("www-authenticate"), "Bearer");
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/feed", "Accept: text/event-stream\r\n").status, 401);
  CAF_CHECK_EQUAL(c.call("GET", "/healthz").status, 200);
}

CAF_TEST(the gateway ends its server when it ends and starts it again) {
  start();
  const auto first = port;
  raw_client c{first};
  CAF_CHECK_EQUAL(c.call("GET", "/healthz").status, 200);
  caf::anon_send_exit(gate, caf::exit_reason::kill);
  CAF_CHECK(c.ends());
  options.settings.port = first;
  start();
  CAF_CHECK_EQUAL(port, first);
  CAF_CHECK_EQUAL(raw_client{port}.call("GET", "/healthz").status, 200);
}

CAF_TEST_FIXTURE_SCOPE_END()
