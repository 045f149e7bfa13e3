#define CAF_SUITE gateway_words
#include "caf/test/dsl.hpp"
#include "gateway/access.hpp"
#include "gateway/header_values.hpp"
#include "gateway/problem.hpp"
#include "gateway/routes.hpp"
#include "gateway/target.hpp"

#include <nlohmann/json.hpp>

using namespace steward;
using namespace steward::gateway;
using namespace std::chrono_literals;

namespace {

/// A request with these headers.
struct asked {
  std::vector<header_field> fields;
  request_view view;
  asked(std::vector<header_field> headers, std::string_view method = "GET")
      : fields(std::move(headers)) {
    view.method = method;
    view.headers = fields;
  }
};

std::optional<std::chrono::milliseconds> wait_of(std::string_view prefer) {
  return preferred_wait(asked{{{"prefer", prefer}}}.view);
}

std::string key_of(std::string_view header) {
  const auto key = read_idempotency_key(asked{{{"Idempotency-Key", header}}}.view);
  return key.valid ? key.key : "(invalid)";
}

} // namespace

CAF_TEST(a wait is read as RFC 7240 writes it) {
  CAF_CHECK(wait_of("wait=5") == 5000ms);
  CAF_CHECK(wait_of("respond-async, Wait = 1.25;x=y") == 1250ms);
  CAF_CHECK(wait_of("wait=\"2\"") == 2000ms);
  CAF_CHECK(wait_of("wait=1, wait=9") == 1000ms);
  CAF_CHECK(wait_of("wait=3600") == 60000ms);
  CAF_CHECK(wait_of("wait=1e99") == std::nullopt);
  CAF_CHECK(wait_of("wait=-1") == std::nullopt);
  CAF_CHECK(wait_of("wait=") == std::nullopt);
  CAF_CHECK(wait_of("foo=\"a, wait=3\"") == std::nullopt);
  CAF_CHECK(!preferred_wait(asked{{}}.view));
  CAF_CHECK_EQUAL(wait_text(5000ms), "wait=5");
  CAF_CHECK_EQUAL(wait_text(1250ms), "wait=1.25");
}

CAF_TEST(an idempotency key may be plain or quoted) {
  CAF_CHECK_EQUAL(key_of("abc-1"), "abc-1");
  CAF_CHECK_EQUAL(key_of("\"abc-1\""), "abc-1");
  CAF_CHECK_EQUAL(key_of("\"a\\\"b\\\\c\""), "a\"b\\c");
  CAF_CHECK_EQUAL(key_of(std::string(255, 'k')), std::string(255, 'k'));
  for (const std::string bad : {"", "\"\"", "\"open", "\"a\"b", "\"a\\n\"", "\xc3\xa4"})
    CAF_CHECK_EQUAL(key_of(bad), "(invalid)");
  CAF_CHECK_EQUAL(key_of(std::string(256, 'k')), "(invalid)");
  CAF_CHECK(!read_idempotency_key(asked{{{"Idempotency-Key", "a"}, {"idempotency-key", "a"}}}.view)
                 .valid);
  CAF_CHECK(read_idempotency_key(asked{{}}.view).valid);
}

CAF_TEST(the liked form is chosen) {
  const std::array<std::string_view, 2> offers{"application/json", "application/yaml"};
  const auto chosen = [&](std::string_view accept) {
    return negotiate(asked{{{"Accept", accept}}}.view, offers);
  };
  CAF_CHECK(negotiate(asked{{}}.view, offers) == 0u);
  CAF_CHECK(chosen("*/*") == 0u);
  CAF_CHECK(chosen("application/yaml") == 1u);
  CAF_CHECK(chosen("application/json;q=0.5, application/yaml") == 1u);
  CAF_CHECK(chosen("application/*, application/json;q=0") == 1u);
  CAF_CHECK(chosen("text/html") == std::nullopt);
  CAF_CHECK(chosen("*/*;q=0") == std::nullopt);
}

CAF_TEST(entity tags and codings are compared as lists) {
  CAF_CHECK(matches_etag("\"a\", W/\"b\"", "\"b\""));
  CAF_CHECK(matches_etag("*", "\"b\""));
  CAF_CHECK(!matches_etag("\"a\"", "\"b\""));
  CAF_CHECK(accepts_coding(asked{{{"Accept-Encoding", "gzip, br;q=0.8"}}}.view, "br"));
  CAF_CHECK(!accepts_coding(asked{{{"Accept-Encoding", "gzip, br;q=0"}}}.view, "br"));
}

CAF_TEST(targets and queries are decoded strictly) {
  CAF_CHECK_EQUAL(std::string{split("/a?b?c").query}, "b?c");
  CAF_CHECK_EQUAL(std::string{split("http://host/a?b").path}, "/a");
  CAF_CHECK_EQUAL(std::string{split("http://host").path}, "/");
  CAF_CHECK(percent_decoded("a%2Fb+c", plus::is_itself) == "a/b+c");
  CAF_CHECK(percent_decoded("%4", plus::is_itself) == std::nullopt);
  CAF_CHECK(percent_decoded("%zz", plus::is_itself) == std::nullopt);
  CAF_CHECK(percent_decoded("%00", plus::is_itself) == std::nullopt);
  const auto query = parse_query("a=1&b=x+y%26&&c");
  CAF_REQUIRE(query.has_value());
  CAF_CHECK(*query == (query_parameters{{"a", "1"}, {"b", "x y&"}, {"c", ""}}));
  CAF_CHECK(parse_number("18446744073709551615") == UINT64_MAX);
  for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"})
    CAF_CHECK(parse_number(bad) == std::nullopt);
}

CAF_TEST(routes are found by path and method) {
  const auto found = find_route("GET", "/api/v1/workflows/my%20space/a%2Fb");
  CAF_REQUIRE(found.found != nullptr);
  CAF_CHECK(found.found->does == operation::get_workflow);
  CAF_CHECK(found.arguments == (std::vector<std::string>{"my space", "a/b"}));
  CAF_CHECK(find_route("HEAD", "/healthz").found != nullptr);
  CAF_CHECK(find_route("GET", "/api/v1/runs/%zz").malformed);
  const auto other = find_route("DELETE", "/api/v1/workflows");
  CAF_CHECK(other.found == nullptr);
  CAF_CHECK_EQUAL(other.allow, "POST, GET, HEAD, OPTIONS");
  for (const auto* nothing : {"/api/v1/workflows/", "/api/v1/workflows/a", "/api/v1/runs//events",
                              "/api/v1", "/", "", "api/v1/runs", "/healthz/", "//healthz", "*"})
    CAF_CHECK_EQUAL(find_route("GET", nothing).allow, "");
}

CAF_TEST(only loopback names are loopback) {
  for (const auto* host : {"localhost", "LOCALHOST:8080", "a.localhost", "127.0.0.1",
                           "127.1.2.3:80", "[::1]", "[::1]:8080", "localhost."})
    CAF_CHECK(is_loopback_host(host));
  for (const auto* host : {"", "example.com", "127.0.0.1.example.com", "localhost.example.com",
                           "xlocalhost", "[::2]", "[::1]x", "127.1", "10.0.0.1"})
    CAF_CHECK(!is_loopback_host(host));
}

CAF_TEST(foreign pages may read nothing and change nothing) {
  CAF_CHECK(!refuse_foreign(asked{{{"Host", "localhost:1"}}}.view));
  CAF_CHECK(refuse_foreign(asked{{{"Host", "evil.example"}}}.view).has_value());
  CAF_CHECK(!refuse_foreign(asked{{{"Host", "localhost:1"}}, "POST"}.view));
  CAF_CHECK(!refuse_foreign(
      asked{{{"Host", "localhost:1"}, {"Origin", "http://localhost:1"}}, "POST"}.view));
  for (const auto* origin : {"http://localhost:2", "http://evil.example", "null", ""})
    CAF_CHECK(refuse_foreign(asked{{{"Host", "localhost:1"}, {"Origin", origin}}, "POST"}.view)
                  .has_value());
  const asked upgrade{
      {{"Host", "localhost:1"}, {"Origin", "http://evil.example"}, {"Upgrade", "websocket"}}};
  CAF_CHECK(refuse_foreign(upgrade.view).has_value());
}

CAF_TEST(a problem document says everything that is known) {
  failure f{ec::invalid_definition,
            "broken \"quote\"\n",
            {{"/do/0", "unknown task", "call", 3, 7}},
            1500ms};
  const auto a = to_answer(from_failure(f), "/api/v1/workflows");
  CAF_CHECK_EQUAL(a.status, 422u);
  CAF_CHECK_EQUAL(std::string{a.content_type}, "application/problem+json");
  const auto doc = nlohmann::json::parse(a.body);
  CAF_CHECK_EQUAL(doc["type"], "https://steward.dev/problems/invalid-definition");
  CAF_CHECK_EQUAL(doc["detail"], "broken \"quote\"\n");
  CAF_CHECK_EQUAL(doc["instance"], "/api/v1/workflows");
  CAF_CHECK_EQUAL(doc["errors"][0]["line"], 3);
  CAF_CHECK_EQUAL(doc["errors"][0]["column"], 7);
  CAF_CHECK(a.headers.find("Retry-After: 2\r\n") != std::string::npos);
  const auto busy = to_answer(reply::error(ec::overloaded, "full"), "/");
  CAF_CHECK(busy.headers.find("Retry-After: 1\r\n") != std::string::npos);
}

CAF_TEST(any bytes become valid JSON and no header can be smuggled in) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  std::string out;
  append_json_string(out, all + "\xed\xa0\x80" + "\xf4\x90\x80\x80" + "\xc3\xa4");
  const auto parsed = nlohmann::json::parse(out, nullptr, false);
  CAF_CHECK(parsed.is_string());
  CAF_CHECK(out.ends_with("\xc3\xa4\""));
  http_answer a;
  a.add_header("Location", "/x\r\nSet-Cookie: y");
  CAF_CHECK_EQUAL(a.headers, "Location: /xSet-Cookie: y\r\n");
}

CAF_TEST(dates are written as HTTP wants them) {
  CAF_CHECK_EQUAL(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}
