#define CAF_SUITE machine_http

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

rig calling(std::string_view with, std::string_view input = "{}") {
  auto r = rig{std::string{"do: [{ask: {call: http, with: {method: get, "}.append(with) + "}}}]"};
  r.start(input);
  return r;
}

std::string url_of(std::string_view with, std::string_view input = "{}") {
  auto r = calling(with, input);
  return r.m.error() ? r.error().detail : r.call().url;
}

std::string headers_of(const http_call& call) {
  auto text = std::string{};
  for (const auto& [name, content] : call.headers) text += name + "=" + content + ";";
  return text;
}

std::string content(std::string_view body, std::string_view type,
                    std::string_view with = "endpoint: 'https://x.io'") {
  auto r = calling(with);
  r.answer(200, std::string{body}, std::string{type});
  return r.m.error() ? to_json(to_value(r.error())) : r.output();
}

} // namespace

CAF_TEST(placeholders take percent encoded members of the input) {
  CAF_CHECK_EQUAL(url_of("endpoint: 'https://x.io/{a}/{b}/{c}?d={d}'",
                         R"({"a": "x/y z", "b": 12, "c": true, "d": "é"})"),
                  "https://x.io/x%2Fy%20z/12/true?d=%C3%A9");
  CAF_CHECK_EQUAL(url_of("endpoint: {uri: 'https://x.io/{a}'}", R"({"a": "b"})"), "https://x.io/b");
}

CAF_TEST(a placeholder without its member is empty) {
  CAF_CHECK_EQUAL(url_of("endpoint: 'https://x.io/{a}/b'"), "https://x.io//b");
  CAF_CHECK_EQUAL(url_of("endpoint: 'https://x.io/{a}'", R"({"a": null})"), "https://x.io/");
}

CAF_TEST(a placeholder that is no text or number or boolean is an expression error) {
  CAF_CHECK_EQUAL(url_of("endpoint: 'https://x.io/{a}'", R"({"a": [1]})"),
                  "`endpoint`: `a` is no text, number or boolean");
  auto r = calling("endpoint: 'https://x.io/{a}'", R"({"a": [1]})");
  CAF_CHECK_EQUAL(r.error().type, error_type("expression"));
}

CAF_TEST(the address may be an expression and must be absolute) {
  CAF_CHECK_EQUAL(url_of("endpoint: '${ \"https://x.io/\" + .p }'", R"({"p": "q?a=b#c"})"),
                  "https://x.io/q?a=b");
  CAF_CHECK_EQUAL(url_of("endpoint: '${ .u }'", R"({"u": "https://x.io/é"})"),
                  "https://x.io/%C3%A9");
  for (auto bad : {"ftp://x.io", "x.io/a", "/a", "https://", "https:///a", "https://x.io/a b",
                   "https://x.io/\\n", "https://x\\\\y/"}) {
    auto input = std::string{R"({"u": ")"} + bad + R"("})";
    auto r = calling("endpoint: '${ .u }'", input);
    CAF_CHECK_EQUAL(r.status(), "faulted");
    CAF_CHECK_EQUAL(r.error().type, error_type("expression"));
  }
  CAF_CHECK_EQUAL(calling("endpoint: '${ .u }'", R"({"u": 1})").error().detail,
                  "`endpoint`: a text was expected");
}

CAF_TEST(the query is appended and arrays repeat their name) {
  CAF_CHECK_EQUAL(
      url_of("endpoint: 'https://x.io/a', query: {q: '${ .q }', n: '${ 1 }', t: '${ .t }', "
             "none: '${ null }'}",
             R"({"q": "a&b=c", "t": ["x", "y"]})"),
      "https://x.io/a?q=a%26b%3Dc&n=1&t=x&t=y");
  CAF_CHECK_EQUAL(url_of("endpoint: 'https://x.io/a?b=c', query: {d: e}"),
                  "https://x.io/a?b=c&d=e");
}

CAF_TEST(headers are texts and can not smuggle another line) {
  auto r = calling("endpoint: 'https://x.io', headers: {X-A: b, X-N: '${ 1 }', X-B: '${ true }'}");
  CAF_CHECK_EQUAL(headers_of(r.call()), "X-A=b;X-N=1;X-B=true;");
  for (auto bad : {R"({"h": {"X": "a\r\nY: b"}})", R"({"h": {"X Y": "a"}})", R"({"h": {"": "a"}})",
                   R"({"h": {"Content-Length": "5"}})", R"({"h": {"X": {}}})", R"({"h": 1})"})
    CAF_CHECK_EQUAL(calling("endpoint: 'https://x.io', headers: '${ .h }'", bad).error().type,
                    error_type("expression"));
}

CAF_TEST(bodies are JSON unless they are text) {
  auto object = calling("endpoint: 'https://x.io', body: {a: '${ .n }'}", R"({"n": 1})");
  CAF_CHECK_EQUAL(object.call().body.value(), R"({"a":1})");
  CAF_CHECK_EQUAL(headers_of(object.call()), "content-type=application/json;");
  auto own = calling("endpoint: 'https://x.io', headers: {Content-Type: a/b}, body: [1]");
  CAF_CHECK_EQUAL(headers_of(own.call()), "Content-Type=a/b;");
  auto text = calling("endpoint: 'https://x.io', body: as it is");
  CAF_CHECK_EQUAL(text.call().body.value(), "as it is");
  CAF_CHECK_EQUAL(headers_of(text.call()), "");
  CAF_CHECK(!calling("endpoint: 'https://x.io'").call().body.has_value());
}

CAF_TEST(credentials become the authorization header) {
  auto basic = calling("endpoint: {uri: 'https://x.io', authentication: {basic: {username: '${ .u "
                       "}', password: p}}}",
                       R"({"u": "me"})");
  CAF_CHECK_EQUAL(headers_of(basic.call()), "authorization=Basic bWU6cA==;");
  auto bearer =
      calling("endpoint: {uri: 'https://x.io', authentication: {bearer: {token: '${ .t }'}}}",
              R"({"t": "abc"})");
  CAF_CHECK_EQUAL(headers_of(bearer.call()), "authorization=Bearer abc;");
  CAF_CHECK_EQUAL(
      calling("endpoint: {uri: 'https://x.io', authentication: {bearer: {token: '${ .t }'}}}",
              R"({"t": "a\r\nb"})")
          .error()
          .type,
      error_type("expression"));
}

CAF_TEST(a call carries its method and asks for redirects only when told) {
  auto plain = calling("endpoint: 'https://x.io'");
  CAF_CHECK_EQUAL(plain.call().method, "GET");
  CAF_CHECK(!calling("endpoint: 'https://x.io'").call().follow_redirects);
  CAF_CHECK(calling("endpoint: 'https://x.io', redirect: true").call().follow_redirects);
  CAF_CHECK_EQUAL(calling("endpoint: 'https://x.io'").call().task, "/do/0/ask");
}

CAF_TEST(content is read by what it is) {
  CAF_CHECK_EQUAL(content(R"({"a": [1]})", "application/json"), R"({"a":[1]})");
  CAF_CHECK_EQUAL(content(R"({"a": 1})", "Application/Problem+JSON; charset=utf-8"), R"({"a":1})");
  CAF_CHECK_EQUAL(content("{}", "text/plain"), R"("{}")");
  CAF_CHECK_EQUAL(content("\xff\xfe", "image/png"), R"("//4=")");
  CAF_CHECK_EQUAL(content("", "application/json"), "null");
}

CAF_TEST(JSON content that is not JSON is a communication error) {
  auto text = content("{oops", "application/json");
  CAF_CHECK(text.find(error_type("communication")) != std::string::npos);
  CAF_CHECK(text.find("\"status\":502") != std::string::npos);
}

CAF_TEST(raw output is the bytes in base64) {
  CAF_CHECK_EQUAL(content("hello", "text/plain", "endpoint: 'https://x.io', output: raw"),
                  R"("aGVsbG8=")");
}

CAF_TEST(the whole response describes request and answer without credentials) {
  auto r = calling("endpoint: {uri: 'https://x.io/a', authentication: {bearer: {token: secret}}}, "
                   "headers: {X-A: b}, output: response");
  r.give(http_answered{
      r.call().effect, 201, {{"content-type", "application/json"}, {"x", "1"}, {"x", "2"}}, "[1]"});
  CAF_CHECK_EQUAL(
      r.output(),
      R"({"request":{"method":"GET","uri":"https://x.io/a","headers":{"X-A":"b"}},"statusCode":201,"headers":{"content-type":"application/json","x":"1, 2"},"content":[1]})");
}

CAF_TEST(an answer that is no success is a communication error with its status) {
  for (auto [status, title] : {std::pair{404, "Not Found"},
                               {503, "Service Unavailable"},
                               {302, "Found"},
                               {599, "HTTP 599"},
                               {199, "HTTP 199"}}) {
    auto r = calling("endpoint: 'https://x.io'");
    r.answer(status, "why it failed", "text/plain");
    CAF_CHECK(r.error() == (run_error{error_type("communication"), status, "/do/0/ask", title,
                                      "why it failed"}));
  }
}

CAF_TEST(a redirect that is left over is no error when redirects are followed) {
  auto r = calling("endpoint: 'https://x.io', redirect: true");
  r.answer(304, "", "text/plain");
  CAF_CHECK_EQUAL(r.output(), "null");
}

CAF_TEST(the excerpt of a failed answer is bounded and stays UTF - 8) {
  auto body = std::string{"x"};
  while (body.size() < 2'000) body += "é";
  auto r = calling("endpoint: 'https://x.io'");
  r.answer(500, body, "text/plain");
  CAF_CHECK(r.error().detail.size() <= 500u && r.error().detail.size() >= 498u);
  CAF_CHECK(is_utf8(r.error().detail));
  auto bytes = calling("endpoint: 'https://x.io'");
  bytes.answer(500, "\xff\xfe", "image/png");
  CAF_CHECK_EQUAL(bytes.error().detail, "2 bytes that are not text");
}

CAF_TEST(no answer is a communication error that tells slow from unreachable) {
  auto slow = calling("endpoint: 'https://x.io'");
  slow.give(http_failed{slow.call().effect, true, "30 s are over"});
  CAF_CHECK_EQUAL(slow.error().status, 504);
  CAF_CHECK_EQUAL(slow.error().detail, "30 s are over");
  auto broken = calling("endpoint: 'https://x.io'");
  broken.give(http_failed{broken.call().effect, false, "bad \xff name"});
  CAF_CHECK_EQUAL(broken.error().status, 503);
  CAF_CHECK(is_utf8(broken.error().detail));
}

CAF_TEST(an answer larger than data may be is a runtime error) {
  auto limits = machine_limits{};
  limits.data_bytes = 1'000;
  auto r = rig{"do: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io'}}}]", limits};
  r.start().answer(200, std::string(1'001, 'x'), "text/plain");
  CAF_CHECK_EQUAL(r.error().type, error_type("runtime"));
}

CAF_TEST(idempotency keys tell loops and passes apart) {
  auto r = rig{R"(
do:
  - outer:
      for: {in: '[1, 2]'}
      do:
        - inner:
            for: {in: '[1, 2]'}
            do: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io'}}}]
  - poll: {call: http, with: {method: get, endpoint: 'https://x.io'}}
  - again: {switch: [{more: {when: . < 3, then: poll}}]}
)"};
  r.start();
  auto keys = std::vector<std::string>{};
  for (int n = 1; r.m.status() == run_status::running; ++n) {
    keys.push_back(r.call().idempotency_key);
    r.answer(200, std::to_string(n - 4));
  }
  auto expected = std::vector<std::string>{"run-1/do/0/outer/do/0/inner/do/0/ask#0.0",
                                           "run-1/do/0/outer/do/0/inner/do/0/ask#0.1",
                                           "run-1/do/0/outer/do/0/inner/do/0/ask#1.0",
                                           "run-1/do/0/outer/do/0/inner/do/0/ask#1.1",
                                           "run-1/do/1/poll",
                                           "run-1/do/1/poll@2",
                                           "run-1/do/1/poll@3"};
  CAF_CHECK_EQUAL(keys, expected);
}
