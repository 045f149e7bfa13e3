#define CAF_SUITE machine_errors

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"
#include "workflow/machine/base64.hpp"
#include "workflow/machine/data_size.hpp"
#include "workflow/machine/errors.hpp"

using namespace steward::workflow;

CAF_TEST(an error survives being a value) {
  for (const auto& e : {run_error{"https://x.io/e", 418, "/do/0/x", "T", "D"},
                        run_error{"https://x.io/e", 500, "", "", ""}})
    CAF_CHECK(run_error_from(to_value(e)) == e);
  CAF_CHECK_EQUAL(to_json(to_value({"t", 1, "", "", ""})), R"({"type":"t","status":1})");
  CAF_CHECK(run_error_from(value{"no error"}) == run_error{});
}

CAF_TEST(the families of standard error types are one) {
  auto communication = error_type("communication");
  for (auto other : {"https://serverlessworkflow.io/spec/1.0.0/errors/communication",
                     "https://serverlessworkflow.io/spec/1.0.3/errors/communication",
                     "https://open-workflow-specification.org/spec/1.0.0/errors/communication",
                     "https://open-workflow-specification.org/dsl/errors/types/communication",
                     "https://serverlessworkflow.io/dsl/errors/types/communication",
                     "http://serverlessworkflow.io/errors/communication"})
    CAF_CHECK(same_error_type(communication, other));
  for (auto other : {"https://serverlessworkflow.io/spec/1.0.0/errors/timeout",
                     "https://example.com/spec/1.0.0/errors/communication",
                     "https://serverlessworkflow.io/communication", "communication", "",
                     "https://serverlessworkflow.io.evil.com/errors/communication"})
    CAF_CHECK(!same_error_type(communication, other));
  CAF_CHECK(same_error_type("https://example.com/a", "https://example.com/a"));
  CAF_CHECK(!same_error_type("https://example.com/a", "https://example.org/a"));
}

CAF_TEST(standard errors have the status of the specification) {
  for (auto [name, status] : {std::pair{"configuration", 400},
                              {"validation", 400},
                              {"expression", 400},
                              {"authentication", 401},
                              {"authorization", 403},
                              {"timeout", 408},
                              {"communication", 500},
                              {"runtime", 500}})
    CAF_CHECK_EQUAL(standard_error(name, "").status, status);
}

CAF_TEST(run states have names) {
  for (auto s :
       {run_status::pending, run_status::running, run_status::waiting, run_status::suspended,
        run_status::cancelled, run_status::faulted, run_status::completed})
    CAF_CHECK(run_status_from(to_string(s)) == s);
  CAF_CHECK(!run_status_from("done"));
}

CAF_TEST(text from outside is cut and mended to UTF - 8) {
  CAF_CHECK_EQUAL(safe_text("abc", 10), "abc");
  CAF_CHECK_EQUAL(safe_text("abc", 2), "ab");
  CAF_CHECK_EQUAL(safe_text("a\xc3\xa9", 2), "a");
  CAF_CHECK_EQUAL(safe_text("a\xff"
                            "b",
                            10),
                  "a\xef\xbf\xbd"
                  "b");
  CAF_CHECK_EQUAL(safe_text("\xc3", 10), "\xef\xbf\xbd");
  CAF_CHECK_EQUAL(safe_text("\xed\xa0\x80", 12), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  CAF_CHECK_EQUAL(safe_text("\xf0\x9f\x98\x80", 4), "\xf0\x9f\x98\x80");
}

CAF_TEST(base64 follows RFC 4648) {
  for (auto [plain, packed] : {std::pair{"", ""},
                               {"f", "Zg=="},
                               {"fo", "Zm8="},
                               {"foo", "Zm9v"},
                               {"foobar", "Zm9vYmFy"}}) {
    CAF_CHECK_EQUAL(base64::encode(plain), packed);
    CAF_CHECK(base64::decode(packed) == std::string{plain});
  }
  for (auto bad : {"Zg=", "Z", "Zg==Zg==", "Z===", "====", "Zm9*", "Zm 9", "Zg\n="})
    CAF_CHECK(!base64::decode(bad));
}

CAF_TEST(the size of data counts shared parts each time and stops early) {
  CAF_CHECK_EQUAL(json_size(value{"abc"}, 100), 5u);
  auto shared = value{std::string(100, 'x')};
  CAF_CHECK(json_size(value::array({shared, shared, shared}), 1'000) >= 306u);
  auto doubling = value::array({shared});
  for (int i = 0; i < 200; ++i) doubling = value::array({doubling, doubling});
  CAF_CHECK(json_size(doubling, 1'000'000) > 1'000'000u);
  auto deep = value{1};
  for (int i = 0; i < 5'000; ++i) deep = value::object({{"k", deep}});
  CAF_CHECK(json_size(deep, 1'000'000) >= 5'000u);
}
