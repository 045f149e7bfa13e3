#define CAF_SUITE secrets

#include "caf/test/dsl.hpp"
#include "tests/actors/steward_rig.hpp"

#include <fstream>

using namespace steward;
using namespace steward::actors::testing;

namespace {

constexpr char key[] = "hush-hush-4711";

struct secret_folder {
  temporary_folder folder;
  void put(const std::string& name, const std::string& text,
           const std::string& tenant = "default") {
    std::filesystem::create_directories(folder.path() / tenant);
    std::ofstream{folder.path() / tenant / name} << text;
  }
  config::settings settings() const {
    config::settings s;
    s.secrets.directory = folder.path();
    return s;
  }
};

struct fixture : secret_folder {
  fixture() { put("shop", R"({"key": "hush-hush-4711"})"); }
};

constexpr char ask_with_key[] = R"(
use: {secrets: [shop]}
do:
- ask:
    call: http
    with: {method: post, endpoint: 'http://shop.test/', headers: {X-Key: '${ $secrets.shop.key }'}}
)";

std::string key_sent(const steward_rig& r, size_t request) {
  for (const auto& [name, text] : r.service.deliveries.at(request).order.headers)
    if (name == "X-Key") return text;
  return {};
}

/// Every byte that the server has written.
std::string everything_stored(const steward_rig& r) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{r.folder.path()}) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file{entry.path(), std::ios::binary};
    all.append(std::istreambuf_iterator<char>{file}, {});
  }
  return all;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(secrets_scope, fixture)

CAF_TEST(a call has the secret and nothing that is kept or shown has) {
  steward_rig r{settings()};
  r.deploy("child", "do: [{a: {set: '${ . }'}}]");
  r.deploy("main", R"(
use: {secrets: [shop]}
do:
- ask:
    input: {from: '${ {key: $secrets.shop.key} }'}
    call: http
    with: {method: post, endpoint: 'http://shop.test/', headers: {X-Key: '${ .key }'}, body: '${ .key }', output: response}
- child:
    input: {from: '${ {key: $secrets.shop.key, answer: .} }'}
    run: {workflow: {namespace: test, name: child, version: 1.0.0, input: '${ . }'}}
- last: {wait: {seconds: 1}}
)");
  r.service.answers = [](const delivery& d) {
    auto a = fake_service::says(200, R"({"echo":")" + d.order.body.value_or("") + "\"}");
    a.headers.emplace_back("x-echo", "Bearer " + std::string{key});
    return a;
  };
  const auto id = r.started("main");
  r.pass(2s);
  CAF_CHECK_EQUAL(r.status(id), "completed");
  CAF_CHECK_EQUAL(key_sent(r, 0), key);
  auto history = r.ask("store/queries", get_history{"default", id});
  r.settle();
  const auto shown = history.answer().json;
  CAF_CHECK(shown.find("***") != std::string::npos);
  CAF_CHECK(shown.find(key) == std::string::npos);
  CAF_CHECK(r.row(id).output.value_or("").find("***") != std::string::npos);
  const auto stored = everything_stored(r);
  CAF_CHECK(stored.find("x-echo") != std::string::npos); // the search sees what is stored
  CAF_CHECK(stored.find(key) == std::string::npos);
  CAF_CHECK(stored.find("hush-hush") == std::string::npos);
}

CAF_TEST(an error that repeats a secret is masked) {
  steward_rig r{settings()};
  r.deploy("main", ask_with_key);
  r.service.answers = [](const delivery&) {
    return fake_service::says(500, "the key hush-hush-4711 is wrong");
  };
  const auto id = r.started("main");
  r.pass(1s);
  CAF_CHECK_EQUAL(r.status(id), "faulted");
  CAF_CHECK(r.row(id).error.value_or("").find("the key *** is wrong") != std::string::npos);
  CAF_CHECK(everything_stored(r).find(key) == std::string::npos);
}

CAF_TEST(a secret that is not there is an authorization error that names it) {
  steward_rig r{settings()};
  r.deploy("main", R"(
use: {secrets: [nothing]}
do:
- ask: {call: http, with: {method: get, endpoint: 'http://shop.test/', headers: {X: '${ $secrets.nothing }'}}}
)");
  const auto id = r.started("main");
  r.pass(1s);
  const auto error = r.row(id).error.value_or("");
  CAF_CHECK(error.find("/errors/authorization") != std::string::npos);
  CAF_CHECK(error.find("`nothing`") != std::string::npos);
  CAF_CHECK(r.service.deliveries.empty());
}

CAF_TEST(a tenant does not see the secrets of another) {
  put("shop", "other tenants key", "bank");
  steward_rig r{settings()};
  r.deploy("main", ask_with_key);
  const auto id = r.started("main");
  r.pass(1s);
  CAF_CHECK_EQUAL(r.status(id), "completed");
  CAF_CHECK_EQUAL(key_sent(r, 0), key);
}

CAF_TEST(a secret that changes is read again within a minute) {
  steward_rig r{settings()};
  r.deploy("main", ask_with_key);
  r.started("main");
  r.pass(1s);
  put("shop", R"({"key": "another-key-17"})");
  r.started("main");
  r.pass(60s);
  r.started("main");
  r.pass(1s);
  CAF_REQUIRE_EQUAL(r.service.deliveries.size(), 3u);
  CAF_CHECK_EQUAL(key_sent(r, 0), key);
  CAF_CHECK_EQUAL(key_sent(r, 2), "another-key-17");
}

CAF_TEST(a call carries its tenant and how it authenticates) {
  steward_rig r{settings()};
  put("login", R"({"username": "ada", "password": "pass"})");
  r.deploy("main", R"(
use: {secrets: [login]}
do:
- ask: {call: http, with: {method: get, endpoint: {uri: 'http://shop.test/', authentication: {basic: {use: login}}}}}
)");
  const auto id = r.started("main");
  r.pass(1s);
  CAF_CHECK_EQUAL(r.status(id), "completed");
  CAF_REQUIRE_EQUAL(r.service.deliveries.size(), 1u);
  const auto& order = r.service.deliveries[0].order;
  CAF_CHECK_EQUAL(order.tenant, "default");
  CAF_CHECK_EQUAL(order.authentication,
                  R"({"scheme":"basic","properties":{"username":"ada","password":"pass"}})");
}

CAF_TEST(a call that could not authenticate is an authentication error) {
  steward_rig r{settings()};
  r.deploy("main", ask_with_key);
  r.service.answers = [](const delivery&) {
    return connectors::http_answer::failure("no token from http://login.test:80: it answered 401",
                                            "authentication");
  };
  const auto id = r.started("main");
  r.pass(1s);
  const auto error = r.row(id).error.value_or("");
  CAF_CHECK(error.find("/errors/authentication") != std::string::npos);
  CAF_CHECK(error.find("\"status\":401") != std::string::npos);
  CAF_CHECK(error.find("http://login.test:80") != std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
