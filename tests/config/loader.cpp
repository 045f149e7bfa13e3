#define CAF_SUITE settings

#include "config/loader.hpp"

#include "caf/test/dsl.hpp"

#include <fstream>
#include <sstream>

using namespace steward;

CAF_TEST(the example file lists every key with its default) {
  std::ifstream file{std::string{STEWARD_SOURCE_DIR} + "/config/example.yaml"};
  std::ostringstream text;
  text << file.rdbuf();
  const auto begin = text.str().find("log_level:");
  CAF_REQUIRE(begin != std::string::npos);
  CAF_CHECK_EQUAL(text.str().substr(begin), config::to_yaml({}));
}

CAF_TEST(what is written reads back) {
  config::settings s;
  s.gateway.port = 1234;
  s.tenant.admission.rate_per_s = 2.5;
  s.log_level = "debug";
  s.gateway.keys = {{"ci", "shop", std::string(64, 'a'), true}};
  config::settings read;
  CAF_CHECK(config::load(config::to_yaml(s), read).empty());
  CAF_CHECK_EQUAL(config::to_yaml(read), config::to_yaml(s));
  CAF_REQUIRE_EQUAL(read.gateway.keys.size(), 1u);
  CAF_CHECK(read.gateway.keys[0].operates);
}

CAF_TEST(every problem is told at once with its place) {
  config::settings s;
  const auto problems = config::load("gateway: {port: 70000, hots: x}\n"
                                     "log_level: loud\n"
                                     "tenant: {rate_per_s: many}\n"
                                     "nonsense: 1\n",
                                     s);
  CAF_REQUIRE_EQUAL(problems.size(), 5u);
  CAF_CHECK(problems[0].starts_with("gateway.port: "));
  CAF_CHECK(problems[1].find("did you mean \"gateway.host\"") != std::string::npos);
  CAF_CHECK(problems[2].starts_with("log_level: "));
  CAF_CHECK(problems[3].starts_with("tenant.rate_per_s: "));
  CAF_CHECK(problems[4].starts_with("nonsense: there is no such key"));
}

CAF_TEST(a key without a hash or with a foreign member is refused and not repeated) {
  for (const auto* keys :
       {"[{name: ci, tenant: shop}]", "[{name: ci, tenant: shop, sha256: secret}]",
        "[{name: ci, tenant: Shop, sha256: ", "hello"}) {
    config::settings s;
    const auto problems = config::load(std::string{"gateway: {keys: "} + keys + "}", s);
    CAF_REQUIRE(!problems.empty());
    CAF_CHECK(problems[0].find("secret") == std::string::npos);
    CAF_CHECK(s.gateway.keys.empty());
  }
}

CAF_TEST(broken YAML names its line) {
  config::settings s;
  const auto problems = config::load("gateway:\n  port: [1\n", s);
  CAF_REQUIRE(!problems.empty());
  CAF_CHECK(problems[0].starts_with("line "));
}

CAF_TEST(an empty file changes nothing) {
  config::settings s;
  for (const auto* text : {"", "\n", "# nothing yet\n\n  # still nothing"})
    CAF_CHECK(config::load(text, s).empty());
  CAF_CHECK_EQUAL(config::to_yaml(s), config::to_yaml({}));
}

CAF_TEST(where calls may go is read and checked) {
  config::settings s;
  const auto problems =
      config::load("http_client:\n  connect_to: ['shop.test:443=127.0.0.1:8443']\n"
                   "  allowed_hosts: ['*.example.com', 10.0.0.1, '[::1]']\n"
                   "  private_networks: false\n"
                   "secrets: {directory: /run/secrets}\n"
                   "workflow: {resources: {hosts: [schemas.test]}}\n",
                   s);
  CAF_CHECK(problems.empty());
  CAF_CHECK_EQUAL(s.http_client.connect_to.at(0), "shop.test:443=127.0.0.1:8443");
  CAF_CHECK_EQUAL(s.http_client.allowed_hosts.size(), 3u);
  CAF_CHECK(!s.http_client.private_networks);
  CAF_CHECK_EQUAL(s.secrets.directory, "/run/secrets");
  CAF_CHECK_EQUAL(s.resources.hosts.at(0), "schemas.test");
  for (const auto* wrong :
       {"connect_to: ['shop.test=127.0.0.1:1']", "connect_to: ['shop.test:x=127.0.0.1:1']",
        "connect_to: ['*:443=127.0.0.1:1']", "connect_to: shop", "allowed_hosts: ['http://x']",
        "allowed_hosts: ['a*']", "allowed_hosts: [1]", "private_networks: 'no'"}) {
    const auto refused = config::load("http_client: {" + std::string{wrong} + "}", s);
    CAF_CHECK_EQUAL(refused.size(), 1u);
  }
}
