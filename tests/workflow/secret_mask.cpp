#define CAF_SUITE secret_mask

#include "workflow/secret_mask.hpp"

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"

using namespace steward::workflow;

namespace {

value json(std::string_view text) { return parse_json(text).value(); }

const secret_mask mask{
    json(R"({"shop":{"key":"hush-hush+?","pin":"1234","n":7},"pem":"-----\nabc\n--"})")};

} // namespace

CAF_TEST(without secrets nothing changes) {
  const secret_mask none;
  CAF_CHECK(none.empty());
  CAF_CHECK(secret_mask{value::empty_object()}.empty());
  CAF_CHECK_EQUAL(none.masked(std::string{"anything"}), "anything");
}

CAF_TEST(a long secret is found anywhere) {
  CAF_CHECK_EQUAL(mask.masked(std::string{"a hush-hush+?hush-hush+? b"}), "a ****** b");
  CAF_CHECK_EQUAL(to_json(mask.masked(json(R"({"a":["x hush-hush+? y",1,null],"b":"c"})"))),
                  R"({"a":["x *** y",1,null],"b":"c"})");
  CAF_CHECK_EQUAL(to_json(mask.masked(json(R"({"hush-hush+?":1})"))), R"({"***":1})");
}

CAF_TEST(encoded forms of a long secret are found) {
  CAF_CHECK_EQUAL(mask.masked(std::string{"?key=hush-hush%2B%3F&x"}), "?key=***&x");
  CAF_CHECK_EQUAL(mask.masked(std::string{"?key=hush-hush%2b%3f&x"}), "?key=***&x");
  CAF_CHECK_EQUAL(mask.masked(std::string{R"({"pem":"-----\nabc\n--"})"}), R"({"pem":"***"})");
  CAF_CHECK_EQUAL(mask.masked(base64::encode("hush-hush+?")), "***");
}

CAF_TEST(base64 of a text around the secret keeps nothing of its middle) {
  for (const std::string user : {"", "a", "ab", "ada", "ada:", "bertie:"}) {
    const auto shown = mask.masked(base64::encode(user + "hush-hush+?" + user));
    CAF_MESSAGE(shown);
    CAF_CHECK(shown.find("***") != std::string::npos);
    CAF_CHECK(shown.size() < base64::encode(user + user).size() + 3 + 5);
  }
}

CAF_TEST(a short secret is found only as a whole string) {
  CAF_CHECK_EQUAL(to_json(mask.masked(json(R"(["1234","12345",1234])"))),
                  R"(["***","12345",1234])");
  CAF_CHECK_EQUAL(mask.masked(std::string{R"({"pin":"1234","t":"1234 5","n":1234})"}),
                  R"({"pin":"***","t":"1234 5","n":1234})");
  CAF_CHECK_EQUAL(mask.masked(std::string{R"({"1234" : 1})"}), R"({"1234" : 1})");
  CAF_CHECK_EQUAL(mask.masked(std::string{"1234"}), "***");
  CAF_CHECK_EQUAL(mask.masked(std::string{"order 1234"}), "order 1234");
}

CAF_TEST(of two secrets the longer one is masked first) {
  const secret_mask both{json(R"(["abcdefgh","abcdefghijkl"])")};
  CAF_CHECK_EQUAL(both.masked(std::string{"x abcdefghijkl"}), "x ***");
}

CAF_TEST(the mask itself as a secret does no harm) {
  const secret_mask odd{json(R"(["***","\"","********"])")};
  CAF_CHECK_EQUAL(odd.masked(std::string{"a \"***\" b"}), "a \"***\" b");
}
