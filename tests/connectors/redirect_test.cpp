#define CAF_SUITE redirect

#include "caf/test/dsl.hpp"
#include "connectors/http_headers.hpp"
#include "connectors/redirect.hpp"
#include "connectors/url.hpp"

using namespace steward;
using namespace steward::connectors;

namespace {

http_order post(std::string url) {
  http_order order;
  order.method = "POST";
  order.url = std::move(url);
  order.headers = {
      {"Authorization", "Bearer secret"}, {"Content-Type", "application/json"}, {"X-Trace", "7"}};
  order.body = "{}";
  return order;
}

http_answer to(int status, std::string location) {
  http_answer answer;
  answer.answered = true;
  answer.status = status;
  if (!location.empty()) answer.headers = {{"location", std::move(location)}};
  return answer;
}

checked_url checked(const char* url) { return check_url(url).value(); }

} // namespace

CAF_TEST(only the five statuses with a location redirect) {
  for (const int status : {301, 302, 303, 307, 308}) CAF_CHECK(is_redirect(to(status, "/x")));
  for (const int status : {200, 201, 300, 304, 305, 404}) CAF_CHECK(!is_redirect(to(status, "/x")));
  CAF_CHECK(!is_redirect(to(302, "")));
}

CAF_TEST(303 and after a post 301 and 302 ask with get and without a body) {
  for (const int status : {301, 302, 303}) {
    const auto next = follow(post("http://a.test/x"), to(status, "/y"));
    CAF_REQUIRE(next.ok());
    CAF_CHECK_EQUAL(next->method, "GET");
    CAF_CHECK(!next->body);
    CAF_CHECK(!has_header(next->headers, "content-type"));
    CAF_CHECK_EQUAL(next->url, "http://a.test/y");
  }
}

CAF_TEST(307 and 308 repeat the request) {
  for (const int status : {307, 308}) {
    const auto next = follow(post("http://a.test/x"), to(status, "y?z=1"));
    CAF_REQUIRE(next.ok());
    CAF_CHECK_EQUAL(next->method, "POST");
    CAF_CHECK_EQUAL(next->body.value_or(""), "{}");
    CAF_CHECK_EQUAL(next->url, "http://a.test/y?z=1");
  }
}

CAF_TEST(a put keeps its method on 302 and a head stays a head) {
  auto order = post("http://a.test/x");
  const auto method_after = [&](int status) { return follow(order, to(status, "/y"))->method; };
  order.method = "PUT";
  CAF_CHECK_EQUAL(method_after(302), "PUT");
  CAF_CHECK_EQUAL(method_after(303), "GET");
  order.method = "HEAD";
  CAF_CHECK_EQUAL(method_after(303), "HEAD");
}

CAF_TEST(credentials stay behind when the origin changes) {
  const auto kept = [](const char* location) {
    const auto next = follow(post("https://a.test/x"), to(307, location));
    CAF_REQUIRE(next.ok());
    CAF_CHECK(has_header(next->headers, "x-trace"));
    return has_header(next->headers, "authorization");
  };
  CAF_CHECK(kept("/y"));
  CAF_CHECK(kept("https://a.test:443/y"));
  CAF_CHECK(!kept("https://b.test/y"));
  CAF_CHECK(!kept("http://a.test/y"));
  CAF_CHECK(!kept("https://a.test:8443/y"));
  CAF_CHECK(!kept("//b.test/y"));
}

CAF_TEST(a redirect does not lead out of http) {
  for (const auto* location : {"file:///etc/passwd", "ftp://a.test/x", "gopher://a.test/",
                               "javascript:alert(1)", "http://user:word@a.test/"})
    CAF_CHECK(!follow(post("http://a.test/x"), to(302, location)).ok());
}

CAF_TEST(addresses are checked and their origin has a port) {
  CAF_CHECK_EQUAL(checked("HTTP://A.test/x").origin.substr(0, 7), "http://");
  CAF_CHECK_EQUAL(checked("http://a.test/x").origin, "http://a.test:80");
  CAF_CHECK_EQUAL(checked("https://a.test").origin, "https://a.test:443");
  CAF_CHECK_EQUAL(checked("http://[::1]:81/").origin, "http://[::1]:81");
  CAF_CHECK_EQUAL(checked("http://a.test/a b").text, "http://a.test/a%20b");
  for (const auto* bad :
       {"", "a.test/x", "/x", "ftp://a.test", "file:///etc/passwd", "http://", "http://u@a.test/",
        "http://u:p@a.test/", "http://a.test:99999/", "http://a.test/\n", "http://a b.test/"})
    CAF_CHECK(!check_url(bad).ok());
  CAF_CHECK(!check_url(std::string{"http://a.test/\0x", 16}).ok());
}

CAF_TEST(a refused address is not repeated) {
  const auto refused = check_url("http://user:secret@a.test/?token=secret");
  CAF_REQUIRE(!refused.ok());
  CAF_CHECK(refused.error().find("secret") == std::string::npos);
}
