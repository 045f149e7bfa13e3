#define CAF_SUITE client_assertion

#include "caf/test/dsl.hpp"
#include "connectors/client_assertion.hpp"
#include "tests/connectors/node_service.hpp"

using namespace steward;
using namespace steward::connectors;

namespace {

const client_claims claims{"me", "https://login.test/token", "n1", 1'700'000'000};

/// Another implementation's opinion: jwt_check.mjs makes keys and checks tokens with node:crypto.
nlohmann::json keys() {
  testing::node_service service{"jwt_keys.mjs"};
  return service.info;
}
bool holds(const std::string& algorithm, const std::string& token, const std::string& key) {
  testing::node_service service{"jwt_keys.mjs", {algorithm, token, key}};
  return service.info.at("holds").get<bool>();
}

} // namespace

CAF_TEST(an assertion says who the client is for a minute) {
  const auto token = assertion_by_secret(claims, "hush");
  const auto payload = nlohmann::json::parse(unverified_payload(token));
  CAF_CHECK_EQUAL(payload["iss"], "me");
  CAF_CHECK_EQUAL(payload["sub"], "me");
  CAF_CHECK_EQUAL(payload["aud"], "https://login.test/token");
  CAF_CHECK_EQUAL(payload["jti"], "n1");
  CAF_CHECK_EQUAL(payload["exp"].get<int>() - payload["iat"].get<int>(), 60);
}

CAF_TEST(signatures hold for another implementation) {
  const auto made = keys();
  const std::string secret = "hush hush";
  CAF_CHECK(holds("HS256", assertion_by_secret(claims, secret), secret));
  CAF_CHECK(!holds("HS256", assertion_by_secret(claims, secret), "other"));
  const auto rsa = assertion_by_key(claims, made["rsa"]["private"].get<std::string>());
  CAF_REQUIRE(rsa.ok());
  CAF_CHECK(holds("RS256", *rsa, made["rsa"]["public"]));
  for (int i = 0; i < 3; ++i) { // numbers of a signature may begin with zeros
    const auto ec = assertion_by_key(claims, made["ec"]["private"].get<std::string>());
    CAF_REQUIRE(ec.ok());
    CAF_CHECK(holds("ES256", *ec, made["ec"]["public"]));
  }
}

CAF_TEST(a key that is none or of another kind is refused without its text) {
  const auto made = keys();
  for (const auto& pem :
       {std::string{"hush"}, std::string{"-----BEGIN PRIVATE KEY-----\nhush\n"},
        made["ed"]["private"].get<std::string>(), made["locked"]["private"].get<std::string>()}) {
    const auto refused = assertion_by_key(claims, pem);
    CAF_REQUIRE(!refused.ok());
    CAF_CHECK(refused.error().find("private key") != std::string::npos);
    CAF_CHECK(refused.error().find("hush") == std::string::npos);
  }
}

CAF_TEST(what is no token has no payload) {
  for (const auto* text : {"", "a", "a.b", "a.b.c.d", "..", "a.%.c"})
    CAF_CHECK_EQUAL(unverified_payload(text), "");
}
