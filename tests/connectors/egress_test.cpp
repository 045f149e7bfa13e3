#define CAF_SUITE egress

#include "caf/test/dsl.hpp"
#include "connectors/egress.hpp"
#include "tests/connectors/node_service.hpp"
#include "tests/connectors/raw_server.hpp"
#include "tests/connectors/transport_probe.hpp"

#include <netdb.h>

using namespace steward;
using namespace steward::connectors;
using namespace steward::testing;

namespace {

config::http_client_settings only(std::vector<std::string> hosts, bool private_networks = true) {
  auto s = transport_probe::quick();
  s.allowed_hosts = std::move(hosts);
  s.private_networks = private_networks;
  return s;
}

egress_policy policy(const config::http_client_settings& s) {
  return {s.allowed_hosts, "http_client.allowed_hosts", s};
}

bool may_name(const config::http_client_settings& s, const std::string& url) {
  return policy(s).why_not(check_url(url).value()).empty();
}

bool may_reach(const config::http_client_settings& s, const std::string& ip,
               const std::string& url = "http://shop.test/") {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (getaddrinfo(ip.c_str(), "80", &hints, &found) != 0) CAF_FAIL("no address: " << ip);
  const auto why_not = policy(s).why_not(check_url(url).value(), *found->ai_addr);
  freeaddrinfo(found);
  return why_not.empty();
}

} // namespace

CAF_TEST(names are allowed as they are listed) {
  const auto s = only({"shop.test", "*.example.com", "10.0.0.1", "::1"});
  for (const auto* url :
       {"http://shop.test/", "https://SHOP.test:8443/x", "http://a.example.com/",
        "http://a.b.example.com./", "http://10.0.0.1/", "http://[::1]/", "http://0xa.0.0.1/"})
    CAF_CHECK(may_name(s, url));
  for (const auto* url : {"http://shop.test.evil.test/", "http://example.com/", "http://10.0.0.2/",
                          "http://notexample.com/", "http://xshop.test/"})
    CAF_CHECK(!may_name(s, url));
  CAF_CHECK(may_name(only({"*"}), "http://anything.test/"));
  CAF_CHECK(!may_name(only({}), "http://anything.test/"));
}

CAF_TEST(private networks can be closed) {
  const auto closed = only({"*"}, false);
  for (const auto* ip :
       {"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1",
        "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"}) {
    CAF_CHECK(!may_reach(closed, ip));
    CAF_CHECK(may_reach(only({"*"}), ip));
  }
  for (const auto* ip : {"8.8.8.8", "172.32.0.1", "172.15.255.255", "100.128.0.1", "11.0.0.1",
                         "2001:4860:4860::8888", "64:ff9b::808:808", "::ffff:8.8.8.8"})
    CAF_CHECK(may_reach(closed, ip));
}

CAF_TEST(the metadata service is closed unless it is listed) {
  for (const auto* ip : {"169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254"})
    CAF_CHECK(!may_reach(only({"*"}), ip));
  CAF_CHECK(may_reach(only({"*", "169.254.169.254"}), "169.254.169.254"));
}

CAF_TEST(an address that is listed is open though private networks are not ) {
  CAF_CHECK(may_reach(only({"*", "10.0.0.7"}, false), "10.0.0.7"));
  CAF_CHECK(!may_reach(only({"*", "10.0.0.7"}, false), "10.0.0.8"));
}

CAF_TEST(where the operator redirects a host is for the operator to say) {
  auto s = only({"*"}, false);
  s.connect_to = {"shop.test:80=127.0.0.1:9"};
  CAF_CHECK(may_reach(s, "127.0.0.1"));
  CAF_CHECK(!may_reach(s, "127.0.0.1", "http://shop.test:81/"));
  CAF_CHECK(!may_reach(s, "127.0.0.1", "http://other.test/"));
}

CAF_TEST(a host that is not allowed gets no request and the call names the setting) {
  raw_server server{
      [](const std::string&) { return raw_server::answer{"HTTP/1.1 200 OK\r\n\r\n"}; }};
  transport_probe probe{only({"shop.test"})};
  const auto a = probe.fetch(server.url);
  CAF_CHECK(!a.answered);
  CAF_CHECK_EQUAL(a.error, "authorization");
  CAF_CHECK(a.reason.find("http_client.allowed_hosts") != std::string::npos);
  CAF_CHECK_EQUAL(server.connections.load(), 0);
}

CAF_TEST(a public name of a private address is refused after resolution) {
  raw_server server{
      [](const std::string&) { return raw_server::answer{"HTTP/1.1 200 OK\r\n\r\n"}; }};
  transport_probe probe{only({"*"}, false)};
  for (const auto& host : {"127.0.0.1", "localhost", "0", "[::ffff:127.0.0.1]"}) {
    const auto a =
        probe.fetch("http://" + std::string{host} + ":" + std::to_string(server.port) + "/");
    CAF_CHECK(!a.answered);
    CAF_MESSAGE(a.reason);
    CAF_CHECK_EQUAL(a.error, "authorization");
    CAF_CHECK(a.reason.find("http_client.private_networks") != std::string::npos);
  }
  CAF_CHECK_EQUAL(server.connections.load(), 0);
}

CAF_TEST(a redirect to a host that is not allowed is not followed) {
  std::string to = "HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nContent-Length: 0\r\n\r\n";
  raw_server server{[&](const std::string&) { return raw_server::answer{to}; }};
  transport_probe probe{only({"127.0.0.1"})};
  auto order = transport_probe::get(server.url);
  order.follow_redirects = true;
  const auto a = probe.perform(order);
  CAF_CHECK(!a.answered);
  CAF_CHECK_EQUAL(a.error, "authorization");
}

CAF_TEST(a redirected host keeps its name for TLS and Host) {
  node_service service{"tls_service.mjs", {"--name", "shop.test"}};
  auto s = only({"shop.test"}, false);
  s.ca_bundle = service.info.at("ca");
  s.connect_to = {"shop.test:443=127.0.0.1:" + std::to_string(service.info.at("port").get<int>())};
  transport_probe probe{s};
  const auto a = probe.fetch("https://shop.test/x");
  CAF_REQUIRE_EQUAL(a.reason, "");
  CAF_CHECK_EQUAL(a.status, 200);
  const auto seen = nlohmann::json::parse(a.body);
  CAF_CHECK_EQUAL(seen.at("path"), "/x");
}

CAF_TEST(digest authentication repeats the body with the answer to the challenge) {
  std::mutex mutex;
  std::vector<std::string> requests;
  raw_server server{[&](const std::string& request) {
    const std::lock_guard guard{mutex};
    requests.push_back(request);
    if (request.find("Authorization: Digest") == std::string::npos)
      return raw_server::answer{
          "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", "
          "nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n"
          "Content-Length: 4\r\n\r\nnope"};
    return raw_server::answer{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"};
  }};
  transport_probe probe;
  auto order = transport_probe::get(server.url + "/a");
  order.method = "POST";
  order.body = "the body";
  order.digest.emplace("ada", "pass");
  const auto a = probe.perform(order);
  CAF_REQUIRE_EQUAL(a.reason, "");
  CAF_CHECK_EQUAL(a.status, 200);
  CAF_CHECK_EQUAL(a.body, "ok");
  const std::lock_guard guard{mutex};
  CAF_REQUIRE_EQUAL(requests.size(), 2u);
  CAF_CHECK(requests[0].find("Content-Length: 0\r\n") != std::string::npos);
  CAF_CHECK(requests[1].find("Content-Length: 8\r\n") != std::string::npos);
  CAF_CHECK(requests[1].find("username=\"ada\"") != std::string::npos);
  CAF_CHECK(requests[1].find("pass\"") == std::string::npos);
}
