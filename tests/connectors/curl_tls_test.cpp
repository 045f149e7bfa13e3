#define CAF_SUITE curl_tls

#include "caf/test/dsl.hpp"
#include "tests/connectors/node_service.hpp"
#include "tests/connectors/raw_server.hpp"
#include "tests/connectors/transport_probe.hpp"

using namespace steward;
using namespace steward::connectors;
using namespace steward::testing;
using nlohmann::json;

namespace {

config::http_client_settings trusting(const node_service& service) {
  auto settings = transport_probe::quick();
  settings.ca_bundle = service.info.at("ca");
  return settings;
}

json protocol_of(const http_answer& a) { return json::parse(a.body).at("protocol"); }

} // namespace

CAF_TEST(a certificate that nobody signed is refused) {
  node_service service{"tls_service.mjs"};
  transport_probe probe;
  const auto a = probe.fetch(service.url);
  CAF_CHECK(!a.answered);
  CAF_CHECK(a.reason.find("certificate") != std::string::npos);
}

CAF_TEST(a certificate of the configured authority is accepted and HTTP 2 is spoken) {
  node_service service{"tls_service.mjs"};
  transport_probe probe{trusting(service)};
  const auto a = probe.fetch(service.url + "/x");
  CAF_REQUIRE_EQUAL(a.reason, "");
  CAF_CHECK_EQUAL(protocol_of(a), "2.0");
}

CAF_TEST(a trusted certificate for another name is refused) {
  node_service service{"tls_service.mjs", {"--name", "elsewhere.test"}};
  transport_probe probe{trusting(service)};
  const auto a = probe.fetch(service.url);
  CAF_CHECK(!a.answered);
  CAF_CHECK(!a.reason.empty());
}

CAF_TEST(calls that come together share one HTTP 2 connection) {
  node_service service{"tls_service.mjs"};
  transport_probe probe{trusting(service)};
  std::vector<uint64_t> started;
  for (int i = 0; i < 40; ++i) started.push_back(probe.start(transport_probe::get(service.url)));
  for (const auto s : started) {
    const auto a = probe.wait(s, 20s);
    CAF_REQUIRE(a);
    CAF_CHECK_EQUAL(a->status, 200);
  }
  CAF_CHECK_EQUAL(probe.transport.connections_opened(), 1u);
}

CAF_TEST(without HTTP 2 calls go side by side over HTTP 1) {
  node_service service{"tls_service.mjs", {"--http1"}};
  auto settings = trusting(service);
  settings.per_host = 8;
  transport_probe probe{settings};
  std::vector<uint64_t> started;
  for (int i = 0; i < 40; ++i) started.push_back(probe.start(transport_probe::get(service.url)));
  for (const auto s : started) {
    const auto a = probe.wait(s, 20s);
    CAF_REQUIRE(a);
    CAF_CHECK_EQUAL(protocol_of(*a), "1.1");
  }
  CAF_CHECK(probe.transport.connections_opened() > 1);
  CAF_CHECK(probe.transport.connections_opened() <= 8);
}

CAF_TEST(a handshake that never ends fails every call that waits for it) {
  raw_server silent{[](const std::string&) { return raw_server::answer{}; }};
  auto settings = transport_probe::quick();
  settings.connect_timeout = 300ms;
  settings.timeout = 600ms;
  transport_probe probe{settings};
  const auto url = "https://127.0.0.1:" + std::to_string(silent.port);
  std::vector<uint64_t> started;
  for (int i = 0; i < 10; ++i) started.push_back(probe.start(transport_probe::get(url)));
  for (const auto s : started) {
    const auto a = probe.wait(s, 5s);
    CAF_REQUIRE(a);
    CAF_CHECK(a->timed_out);
  }
}
