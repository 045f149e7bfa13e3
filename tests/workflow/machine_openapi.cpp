#define CAF_SUITE machine_openapi

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward;
using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

/// The only document there is.
class one_document final : public resource_source {
public:
  explicit one_document(std::string text) : text_(std::move(text)) {}
  outcome<std::string, std::string> fetch(std::string_view) override { return text_; }

private:
  std::string text_;
};

/// A run that calls the operation at `path` of an OpenAPI document, which has `more` in it.
rig calling(std::string_view path, std::string_view more, std::string_view parameters,
            std::string_view with = "") {
  auto source = one_document{"openapi: 3.0.0\nservers: [{url: 'https://x.io/v1'}]\npaths: {'" +
                             std::string{path} + "': {post: {operationId: op, " +
                             std::string{more} + "}}}\n"};
  auto text = std::string{header} +
              "do: [{a: {call: openapi, with: {document: {endpoint: 'https://x.io/api'}, "
              "operationId: op, parameters: '${ . }'" +
              std::string{with} + "}}}]\n";
  auto read = read_definition(text, {}, &source);
  if (!read) throw std::runtime_error(read.error().at(0).message);
  auto r = rig{*read};
  r.start(parameters);
  return r;
}

/// The address of a call with one parameter.
std::string url_with(std::string_view in, std::string_view style, std::string_view v) {
  auto path = in == "path" ? "/pets/{p}" : "/pets";
  auto r = calling(path,
                   "parameters: [{name: p, in: " + std::string{in} +
                       (in == "path" ? ", required: true" : "") + std::string{style} + "}]",
                   R"({"p": )" + std::string{v} + "}");
  if (r.m.error()) return r.error().detail;
  return r.call().url.substr(std::string_view{"https://x.io/v1/pets"}.size());
}

std::string header_of(const http_call& call, std::string_view name) {
  for (const auto& [n, text] : call.headers)
    if (n == name) return text;
  return "-";
}

constexpr std::string_view list = R"(["a b", 2])";
constexpr std::string_view object = R"({"r": 100, "g": "x,y"})";

std::string body_with(std::string_view type, std::string_view members, std::string_view given) {
  auto r = calling("/pets",
                   "requestBody: {content: {'" + std::string{type} +
                       "': {schema: {properties: " + std::string{members} + "}}}}",
                   given);
  return r.m.error() ? r.error().detail
                     : header_of(r.call(), "content-type") + " " + r.call().body.value_or("-");
}

} // namespace

CAF_TEST(path parameters have three styles) {
  CAF_CHECK_EQUAL(url_with("path", "", R"("a/b")"), "/a%2Fb");
  CAF_CHECK_EQUAL(url_with("path", "", list), "/a%20b,2");
  CAF_CHECK_EQUAL(url_with("path", "", object), "/r,100,g,x%2Cy");
  CAF_CHECK_EQUAL(url_with("path", ", explode: true", object), "/r=100,g=x%2Cy");
  CAF_CHECK_EQUAL(url_with("path", ", style: label", "5"), "/.5");
  CAF_CHECK_EQUAL(url_with("path", ", style: label", list), "/.a%20b,2");
  CAF_CHECK_EQUAL(url_with("path", ", style: label, explode: true", list), "/.a%20b.2");
  CAF_CHECK_EQUAL(url_with("path", ", style: label, explode: true", object), "/.r=100.g=x%2Cy");
  CAF_CHECK_EQUAL(url_with("path", ", style: matrix", "5"), "/;p=5");
  CAF_CHECK_EQUAL(url_with("path", ", style: matrix", list), "/;p=a%20b,2");
  CAF_CHECK_EQUAL(url_with("path", ", style: matrix, explode: true", list), "/;p=a%20b;p=2");
  CAF_CHECK_EQUAL(url_with("path", ", style: matrix, explode: true", object), "/;r=100;g=x%2Cy");
}

CAF_TEST(a path parameter can not lead elsewhere) {
  for (auto bad : {R"("")", R"(".")", R"("..")", "[]", R"([[1]])"})
    CAF_CHECK(url_with("path", "", bad).starts_with("`parameters`"));
  CAF_CHECK_EQUAL(url_with("path", "", "null"), "`parameters`: the operation `op` needs the "
                                                "parameter `p`");
}

CAF_TEST(query parameters have five styles) {
  CAF_CHECK_EQUAL(url_with("query", "", R"("a&b")"), "?p=a%26b");
  CAF_CHECK_EQUAL(url_with("query", "", list), "?p=a%20b&p=2");
  CAF_CHECK_EQUAL(url_with("query", ", explode: false", list), "?p=a%20b,2");
  CAF_CHECK_EQUAL(url_with("query", "", object), "?r=100&g=x%2Cy");
  CAF_CHECK_EQUAL(url_with("query", ", explode: false", object), "?p=r,100,g,x%2Cy");
  CAF_CHECK_EQUAL(url_with("query", ", style: spaceDelimited", list), "?p=a%20b%202");
  CAF_CHECK_EQUAL(url_with("query", ", style: pipeDelimited", list), "?p=a%20b%7C2");
  CAF_CHECK_EQUAL(url_with("query", ", style: deepObject", R"({"a": {"b": [1]}, "c": 2})"),
                  "?p%5Ba%5D%5Bb%5D%5B0%5D=1&p%5Bc%5D=2");
  CAF_CHECK_EQUAL(url_with("query", ", content: {application/json: {}}", R"({"a": [1]})"),
                  "?p=%7B%22a%22%3A%5B1%5D%7D");
  CAF_CHECK_EQUAL(url_with("query", "", "null"), "");
}

CAF_TEST(headers and cookies are written as they may be) {
  auto r = calling("/pets",
                   "parameters: [{name: X-A, in: header}, {name: X-B, in: header}, {name: s, in: "
                   "cookie}, {name: t, in: cookie}]",
                   R"({"X-A": [1, "b"], "X-B": "é", "s": "a;b c", "t": 5})");
  CAF_CHECK_EQUAL(header_of(r.call(), "X-A"), "1,b");
  CAF_CHECK_EQUAL(header_of(r.call(), "X-B"), "é");
  CAF_CHECK_EQUAL(header_of(r.call(), "cookie"), "s=a%3Bb%20c; t=5");
  auto bad = calling("/pets", "parameters: [{name: X-A, in: header}]", R"({"X-A": "a\r\nB: c"})");
  CAF_CHECK(bad.error().detail.find("control character") != std::string::npos);
}

CAF_TEST(bodies are written as their media type says) {
  CAF_CHECK_EQUAL(body_with("application/json", "{a: {}, b: {}}", R"({"a": 1, "b": null})"),
                  R"(application/json {"a":1})");
  CAF_CHECK_EQUAL(body_with("application/json", "{}", R"({"body": [1, "x"]})"),
                  R"(application/json [1,"x"])");
  CAF_CHECK_EQUAL(body_with("application/json", "{}", R"({"body": "text"})"),
                  R"(application/json "text")");
  CAF_CHECK_EQUAL(body_with("text/plain", "{}", R"({"body": "text"})"), "text/plain text");
  CAF_CHECK_EQUAL(body_with("application/x-www-form-urlencoded", "{a: {}, b: {}, c: {}}",
                            R"({"a": "x y", "b": [1, 2], "c": {"d": true}})"),
                  "application/x-www-form-urlencoded a=x%20y&b=1&b=2&c%5Bd%5D=true");
  CAF_CHECK_EQUAL(
      body_with("multipart/form-data", "{a: {}, b: {}}", R"({"a": "x", "b": {"c": 1}})"),
      "multipart/form-data; boundary=steward-part-0 "
      "--steward-part-0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"
      "--steward-part-0\r\nContent-Disposition: form-data; name=\"b\"\r\n"
      "Content-Type: application/json\r\n\r\n{\"c\":1}\r\n--steward-part-0--\r\n");
  CAF_CHECK_EQUAL(body_with("application/json", "{a: {}}", R"({"a": 1, "body": {}})"),
                  "`parameters`: the body is given as a whole and by `a`");
}

CAF_TEST(an operation and its parameters are checked at run time too) {
  auto r = calling("/pets", "parameters: [{name: a, in: query, required: true}]", R"({"b": 1})");
  CAF_CHECK_EQUAL(r.error().detail, "`parameters`: the operation `op` has no parameter `b`");
  CAF_CHECK_EQUAL(r.error().type, error_type("expression"));
  auto missing = calling("/pets", "parameters: [{name: a, in: query, required: true}]", "{}");
  CAF_CHECK_EQUAL(missing.error().detail,
                  "`parameters`: the operation `op` needs the parameter `a`");
  auto none = calling("/pets", "parameters: []", "5");
  CAF_CHECK_EQUAL(none.error().detail, "`parameters`: an object was expected");
}

CAF_TEST(the call is made and its answer read as any other) {
  auto r = calling("/pets", "parameters: [{name: a, in: query}]", R"({"a": 1})",
                   ", authentication: {bearer: {token: abc}}, redirect: true");
  CAF_CHECK_EQUAL(r.call().method, "POST");
  CAF_CHECK(r.call().follow_redirects);
  CAF_CHECK_EQUAL(header_of(r.call(), "authorization"), "Bearer abc");
  r.answer(200, R"({"ok": true})");
  CAF_CHECK_EQUAL(r.output(), R"({"ok":true})");
}

CAF_TEST(bodies of http calls follow the content type that the author sets) {
  auto sent = [](std::string_view type, std::string_view body) {
    auto r = rig{"do: [{a: {call: http, with: {method: post, endpoint: 'https://x.io', headers: "
                 "{content-type: '" +
                 std::string{type} + "'}, body: " + std::string{body} + "}}}]\n"};
    r.start("{}");
    return r.m.error() ? r.error().detail
                       : header_of(r.call(), "content-type") + " " + r.call().body.value_or("-");
  };
  CAF_CHECK_EQUAL(sent("application/x-www-form-urlencoded", "{a: 1, b: [x, y], c: [{d: 1}]}"),
                  "application/x-www-form-urlencoded a=1&b=x&b=y&c%5B0%5D%5Bd%5D=1");
  CAF_CHECK_EQUAL(sent("Application/X-WWW-Form-Urlencoded; charset=utf-8", "{a: é}"),
                  "Application/X-WWW-Form-Urlencoded; charset=utf-8 a=%C3%A9");
  CAF_CHECK_EQUAL(sent("application/x-www-form-urlencoded", "'a=b'"),
                  "application/x-www-form-urlencoded a=b");
  CAF_CHECK_EQUAL(sent("text/plain", "5"), "text/plain 5");
  CAF_CHECK_EQUAL(sent("application/xml", "<a/>"), "application/xml <a/>");
  CAF_CHECK_EQUAL(
      sent("multipart/form-data; boundary=own", "{'a\"b': [1, 2]}"),
      "multipart/form-data; boundary=own "
      "--own\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n1\r\n"
      "--own\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n2\r\n--own--\r\n");
  CAF_CHECK(sent("multipart/form-data", "{a: 'steward-part-0'}")
                .starts_with("multipart/form-data; boundary=steward-part-1 "));
}
