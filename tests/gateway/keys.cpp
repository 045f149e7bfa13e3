#define CAF_SUITE gateway_keys
#include "caf/test/dsl.hpp"
#include "messages/digest.hpp"
#include "tests/gateway/stage.hpp"

using namespace steward;
using namespace steward::gateway_tests;

namespace {

constexpr const char* id = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A gateway with three keys: of tenant acme, of tenant zeta, and an operator's.
struct fixture : stage {
  fixture() {
    options.settings.dev = false;
    for (const std::string tenant : {"acme", "zeta", "operators"})
      options.settings.keys.push_back(
          {tenant, tenant,
           sha256_digest("stw_" + tenant).substr(std::string_view{"sha256:"}.size()),
           tenant == "operators"});
    for (const auto* tenant : {"acme", "zeta"}) tenants->open(tenant, {})->set_actor(behind);
    start();
  }
  raw_answer call(const std::string& key, const std::string& method, const std::string& target,
                  const std::string& headers = {}, const std::string& body = {}) {
    raw_client c{port};
    return c.call(method, target,
                  (key.empty() ? "" : "Authorization: Bearer " + key + "\r\n") + headers, body);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(keys_tests, fixture)

CAF_TEST(without a key or with a wrong one nothing is asked of anybody) {
  for (const std::string key : {"", "stw_acme2", "stw_acm", "STW_ACME", "acme"})
    for (const std::string target : {"/api/v1/runs", "/api/v1/tree", "/api/v1/events"}) {
      const auto refused = call(key, "GET", target);
      CAF_CHECK_EQUAL(refused.status, 401);
      CAF_CHECK_EQUAL(refused.header("www-authenticate"), "Bearer");
    }
  raw_client c{port};
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/runs", "Authorization: Basic stw_acme\r\n").status, 401);
  // The hash, which is what the configuration holds, is no key.
  CAF_CHECK_EQUAL(call(options.settings.keys[0].sha256, "GET", "/api/v1/runs").status, 401);
  CAF_CHECK_EQUAL(actors->last(), "");
}

CAF_TEST(a key acts for its own tenant and no other) {
  const std::string run = std::string{"/api/v1/runs/"} + id;
  CAF_CHECK_EQUAL(call("stw_acme", "GET", run).status, 200);
  CAF_CHECK_EQUAL(actors->last(), std::string{"run "} + id + " of acme");
  CAF_CHECK_EQUAL(call("stw_zeta", "GET", run).status, 200);
  CAF_CHECK_EQUAL(actors->last(), std::string{"run "} + id + " of zeta");
  call("stw_zeta", "GET", "/api/v1/events");
  CAF_CHECK_EQUAL(actors->last(), "events zeta 0 50");
  call("stw_acme", "POST", "/api/v1/workflows", "", "do: []");
  CAF_CHECK_EQUAL(actors->last(), "deploy acme do: []");
  // Nothing in a request says another tenant.
  CAF_CHECK_EQUAL(call("stw_acme", "GET", run + "?tenant=zeta").status, 400);
  call("stw_acme", "GET", run, "X-Tenant: zeta\r\n");
  CAF_CHECK_EQUAL(actors->last(), std::string{"run "} + id + " of acme");
}

CAF_TEST(only an operator sees and touches the tree) {
  const std::string json = "Content-Type: application/json\r\n";
  const std::string whom = R"({"path":"store/journal"})";
  CAF_CHECK_EQUAL(call("stw_acme", "GET", "/api/v1/tree").status, 403);
  CAF_CHECK_EQUAL(call("stw_acme", "POST", "/api/v1/tree/kill", json, whom).status, 403);
  CAF_CHECK_EQUAL(actors->last(), "");
  CAF_CHECK_EQUAL(call("stw_operators", "GET", "/api/v1/tree").status, 200);
  CAF_CHECK_EQUAL(call("stw_operators", "POST", "/api/v1/tree/kill", json, whom).status, 202);
  CAF_CHECK_EQUAL(actors->last(), "kill store/journal");
}

CAF_TEST_FIXTURE_SCOPE_END()
