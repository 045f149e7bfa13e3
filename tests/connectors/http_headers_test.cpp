#define CAF_SUITE http_headers

#include "caf/test/dsl.hpp"
#include "connectors/http_headers.hpp"

#include <initializer_list>
#include <string_view>

using namespace steward::connectors;

namespace {

header_list collect(std::initializer_list<std::string_view> lines) {
  header_collector collector;
  for (const auto line : lines) collector.add_line(line);
  return collector.take();
}
using list = header_list;

http_order order_with(std::string name, std::string value) {
  http_order order;
  order.method = "GET";
  order.headers = {{std::move(name), std::move(value)}};
  return order;
}

} // namespace

CAF_TEST(names are lowered and values trimmed) {
  CAF_CHECK_EQUAL(collect({"HTTP/1.1 200 OK\r\n", "Content-Type: \t text/plain \r\n", "\r\n"}),
                  (list{{"content-type", "text/plain"}}));
}

CAF_TEST(repeated headers are joined but cookies are not ) {
  CAF_CHECK_EQUAL(
      collect({"Vary: a\r\n", "Set-Cookie: x=1, y\r\n", "vary: b\r\n", "set-cookie: z=2\r\n"}),
      (list{{"vary", "a, b"}, {"set-cookie", "x=1, y"}, {"set-cookie", "z=2"}}));
}

CAF_TEST(headers of an interim answer are not those of the answer) {
  CAF_CHECK_EQUAL(collect({"HTTP/1.1 103 Early Hints\r\n", "Link: </a>\r\n", "\r\n",
                           "HTTP/1.1 200 OK\r\n", "A: b\r\n", "\r\n"}),
                  (list{{"a", "b"}}));
}

CAF_TEST(a folded line goes on with the value before it) {
  CAF_CHECK_EQUAL(collect({"A: one\r\n", "  two\r\n"}), (list{{"a", "one two"}}));
}

CAF_TEST(values that are not UTF 8 are read as ISO 8859 1) {
  CAF_CHECK_EQUAL(collect({"A: caf\xe9\r\n", "B: caf\xc3\xa9\r\n"}),
                  (list{{"a", "caf\xc3\xa9"}, {"b", "caf\xc3\xa9"}}));
}

CAF_TEST(lines that are no headers are left out) {
  CAF_CHECK_EQUAL(collect({"no colon\r\n", "bad name: x\r\n", ": x\r\n"}), list{});
}

CAF_TEST(headers that break out of their line are refused) {
  CAF_CHECK_EQUAL(why_not_sendable(order_with("X-A", "plain \xc3\xa9")), "");
  CAF_CHECK(!why_not_sendable(order_with("X-A", "a\r\nX-B: c")).empty());
  CAF_CHECK(!why_not_sendable(order_with("X-A", "a\nb")).empty());
  CAF_CHECK(!why_not_sendable(order_with("X-A", std::string{"a\0b", 3})).empty());
  CAF_CHECK(!why_not_sendable(order_with("X A", "b")).empty());
  CAF_CHECK(!why_not_sendable(order_with("X:A", "b")).empty());
  CAF_CHECK(!why_not_sendable(order_with("", "b")).empty());
}

CAF_TEST(a refused header does not show its value) {
  const auto why = why_not_sendable(order_with("Authorization", "Bearer secret\n"));
  CAF_CHECK(why.find("secret") == std::string::npos);
}

CAF_TEST(methods are tokens) {
  http_order order;
  for (const auto* method : {"GET", "PROPFIND", "M-SEARCH"}) {
    order.method = method;
    CAF_CHECK_EQUAL(why_not_sendable(order), "");
  }
  for (const auto* method : {"", "GET /x HTTP/1.1\r\nA: b", "A B"}) {
    order.method = method;
    CAF_CHECK(!why_not_sendable(order).empty());
  }
}
