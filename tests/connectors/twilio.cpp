#define CAF_SUITE twilio

#include "connectors/twilio.hpp"

#include "caf/test/unit_test.hpp"

using namespace steward::connectors;

CAF_TEST(the signature is the one of the documentation) {
  const std::map<std::string, std::string> form{{"CallSid", "CA1234567890ABCDE"},
                                                {"Caller", "+14158675309"},
                                                {"Digits", "1234"},
                                                {"From", "+14158675309"},
                                                {"To", "+18005551212"}};
  CAF_CHECK_EQUAL(twilio_signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form),
                  "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
  CAF_CHECK(!same_signature("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "RSOYDt4T1cUTdK1PDd93/VVr8B9="));
  CAF_CHECK(!same_signature("RSOYDt4T1cUTdK1PDd93/VVr8B8=", ""));
}

CAF_TEST(a message names both numbers by its channel) {
  const twilio_account account{"http://t", "AC1", "tok", "+1555", "+1666"};
  const auto call =
      twilio_call(account, {"whatsapp", "+49", "Hallo & ja", "out_1", "http://me/cb"});
  CAF_CHECK_EQUAL(call.url, "http://t/2010-04-01/Accounts/AC1/Messages.json");
  CAF_CHECK_EQUAL(*call.body, "To=whatsapp%3A%2B49&From=whatsapp%3A%2B1666&Body=Hallo%20%26%20ja&"
                              "StatusCallback=http%3A%2F%2Fme%2Fcb");
  CAF_CHECK_EQUAL(call.headers.back().second, "Basic QUMxOnRvaw==");
  const auto sms = twilio_call(account, {"sms", "+49", "Hi", "out_2", ""});
  CAF_CHECK_EQUAL(*sms.body, "To=%2B49&From=%2B1555&Body=Hi");
}
