#define CAF_SUITE standard_webhook

#include "connectors/standard_webhook.hpp"

#include "caf/test/unit_test.hpp"

using namespace steward::connectors;

CAF_TEST(the signature is the one of the documentation) {
  // From the reference libraries' tests, https://github.com/standard-webhooks/standard-webhooks.
  const webhook_message m{"https://example.com/hook", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                          R"({"test": 2432232314})"};
  const auto signature = webhook_signature(m, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  CAF_REQUIRE(signature);
  CAF_CHECK_EQUAL(*signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  const auto call = webhook_call(m, *signature);
  CAF_CHECK_EQUAL(call.method, "POST");
  CAF_CHECK_EQUAL(*call.body, m.body);
  CAF_CHECK_EQUAL(call.headers.size(), 4u);
  CAF_CHECK_EQUAL(webhook_call(m, "").headers.size(), 3u);
}

CAF_TEST(a secret that is no base64 is refused and one without prefix is the key itself) {
  const webhook_message m{"https://example.com", "a", 1, "{}"};
  for (const auto* broken : {"whsec_", "whsec_abc", "whsec_!!!!"})
    CAF_CHECK(!webhook_signature(m, broken));
  CAF_CHECK(webhook_signature(m, "plain"));
}
