#define CAF_SUITE resource_fetcher

#include "caf/test/dsl.hpp"
#include "connectors/resource_fetcher.hpp"
#include "tests/connectors/raw_server.hpp"

using namespace steward;
using namespace steward::connectors;
using namespace steward::testing;

namespace {

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string to(const std::string& where) {
  return "HTTP/1.1 302 Found\r\nLocation: " + where + "\r\nContent-Length: 0\r\n\r\n";
}

struct fixture {
  raw_server server{
      [this](const std::string& request) { return raw_server::answer{say(request)}; }};
  config::http_client_settings http;
  config::resource_settings resources;

  std::string say(const std::string& request) const {
    const auto path = request.substr(4, request.find(' ', 4) - 4);
    if (path == "/text") return ok("hello");
    if (path == "/twice") return to("/once");
    if (path == "/once") return to("/text");
    if (path == "/loop") return to("/loop");
    if (path == "/away") return to("http://elsewhere.test/");
    if (path == "/bytes") return ok("\xff");
    if (path == "/large") return ok(std::string((4 << 20) + 1, 'a'));
    return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  }
  std::string fetch(const std::string& path) {
    auto got = resource_fetcher{http, resources}.fetch(server.url + path);
    return got ? *got : "! " + got.error();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(resource_fetcher_scope, fixture)

CAF_TEST(a text is fetched and redirects are followed) {
  CAF_CHECK_EQUAL(fetch("/text"), "hello");
  CAF_CHECK_EQUAL(fetch("/twice"), "hello");
}

CAF_TEST(what cannot be a resource is refused with its reason) {
  CAF_CHECK_EQUAL(fetch("/nothing"), "! it was answered with status 404");
  CAF_CHECK_EQUAL(fetch("/loop"), "! more than 5 redirects");
  CAF_CHECK_EQUAL(fetch("/bytes"), "! it is not UTF-8 text");
  CAF_CHECK_EQUAL(fetch("/large"), "! the answer is larger than 4194304 bytes");
}

CAF_TEST(only the hosts of the setting are asked and redirects are checked again) {
  resources.hosts = {"127.0.0.1"};
  CAF_CHECK_EQUAL(fetch("/text"), "hello");
  CAF_CHECK_EQUAL(fetch("/away"), "! the host elsewhere.test may not be called: it is not among "
                                  "workflow.resources.hosts");
  resources.hosts = {"*.example.com"};
  CAF_CHECK(fetch("/text").find("workflow.resources.hosts") != std::string::npos);
}

CAF_TEST(private networks are closed for resources too) {
  http.private_networks = false;
  CAF_CHECK(fetch("/text").find("http_client.private_networks") != std::string::npos);
  CAF_CHECK_EQUAL(server.connections.load(), 0);
}

CAF_TEST_FIXTURE_SCOPE_END()
