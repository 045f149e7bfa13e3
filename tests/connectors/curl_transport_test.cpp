#define CAF_SUITE curl_transport

#include "caf/test/dsl.hpp"
#include "tests/connectors/node_service.hpp"
#include "tests/connectors/raw_server.hpp"
#include "tests/connectors/transport_probe.hpp"

#include <cstdlib>
#include <future>

using namespace steward;
using namespace steward::connectors;
using namespace steward::testing;
using nlohmann::json;

namespace {

struct fixture {
  node_service service{"http_service.mjs"};
};

std::string header(const http_answer& a, std::string_view name) {
  for (const auto& [n, value] : a.headers)
    if (n == name) return value;
  return "(none)";
}

json field(const http_answer& a, const char* name) { return json::parse(a.body).at(name); }

template <class Predicate>
bool becomes_true(Predicate predicate) {
  for (int i = 0; i < 500; ++i) {
    if (predicate()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(curl_transport_scope, fixture)

CAF_TEST(any status is an answer) {
  transport_probe probe;
  for (const int status : {200, 201, 204, 304, 400, 404, 418, 500, 503}) {
    const auto a = probe.fetch(service.url + "/status/" + std::to_string(status));
    CAF_CHECK(a.answered);
    CAF_CHECK_EQUAL(a.status, status);
    CAF_CHECK_EQUAL(a.reason, "");
  }
}

CAF_TEST(method and query and headers and body arrive as given) {
  transport_probe probe;
  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    auto order = transport_probe::get(service.url + "/echo?a=1&b=%20x");
    order.method = method;
    order.headers = {{"X-One", "1"}, {"X-Empty", ""}, {"Content-Length", "999"}};
    if (method != "GET") {
      order.body = "{\"n\":1}";
      order.headers.emplace_back("Content-Type", "application/json");
    }
    const auto a = probe.perform(order);
    CAF_REQUIRE_EQUAL(a.status, 200);
    const auto seen = json::parse(a.body);
    CAF_CHECK_EQUAL(seen["method"], method);
    CAF_CHECK_EQUAL(seen["query"]["b"], " x");
    CAF_CHECK_EQUAL(seen["headers"]["x-one"], "1");
    CAF_CHECK_EQUAL(seen["headers"]["x-empty"], "");
    CAF_CHECK_EQUAL(seen["headers"]["user-agent"], "steward/test");
    CAF_CHECK(!seen["headers"].contains("expect"));
    if (method != "GET") CAF_CHECK_EQUAL(seen["body"]["n"], 1);
  }
}

CAF_TEST(a post without a body says so and no content type is made up) {
  transport_probe probe;
  auto order = transport_probe::get(service.url + "/echo");
  order.method = "POST";
  const auto seen = json::parse(probe.perform(order).body);
  CAF_CHECK_EQUAL(seen["headers"]["content-length"], "0");
  CAF_CHECK(!seen["headers"].contains("content-type"));
}

CAF_TEST(a body of any bytes arrives whole in both directions) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 31 % 256);
  std::string got;
  raw_server server{[&](const std::string&) {
    return raw_server::answer{"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes.size()) +
                              "\r\n\r\n" + bytes};
  }};
  transport_probe probe;
  CAF_CHECK(probe.fetch(server.url).body == bytes);
  auto order = transport_probe::get(service.url + "/echo");
  order.method = "PUT";
  order.body = std::string(300'000, 'y');
  CAF_CHECK_EQUAL(field(probe.perform(order), "body"), *order.body);
}

CAF_TEST(a head is answered without a body) {
  transport_probe probe;
  auto order = transport_probe::get(service.url + "/big?bytes=20000000");
  order.method = "HEAD";
  const auto a = probe.perform(order);
  CAF_CHECK_EQUAL(a.status, 200);
  CAF_CHECK_EQUAL(header(a, "content-length"), "20000000");
  CAF_CHECK_EQUAL(a.body, "");
}

CAF_TEST(an answer that takes too long times out) {
  auto settings = transport_probe::quick();
  settings.timeout = 200ms;
  transport_probe probe{settings};
  const auto started = std::chrono::steady_clock::now();
  const auto a = probe.fetch(service.url + "/delay/5000");
  CAF_CHECK(!a.answered);
  CAF_CHECK(a.timed_out);
  CAF_CHECK(!a.reason.empty());
  CAF_CHECK(std::chrono::steady_clock::now() - started < 2s);
}

CAF_TEST(a refused connection is a failure that says so) {
  transport_probe probe;
  const auto a = probe.fetch("http://127.0.0.1:1/");
  CAF_CHECK(!a.answered);
  CAF_CHECK(!a.timed_out);
  CAF_CHECK(a.reason.find("127.0.0.1") != std::string::npos);
}

CAF_TEST(a host that does not exist is a failure) {
  transport_probe probe;
  const auto a = probe.fetch("http://no-such-host.invalid/");
  CAF_CHECK(!a.answered);
  CAF_CHECK(!a.reason.empty());
}

CAF_TEST(an answer past the size limit fails the call) {
  auto settings = transport_probe::quick();
  settings.response_bytes = 10'000;
  transport_probe probe{settings};
  CAF_CHECK_EQUAL(probe.fetch(service.url + "/big?bytes=9000").body.size(), 9000u);
  const auto large = probe.fetch(service.url + "/big?bytes=10001");
  CAF_CHECK(!large.answered);
  CAF_CHECK_EQUAL(large.reason, "the answer is larger than 10000 bytes");
}

CAF_TEST(the size limit holds for what a compressed answer unpacks to) {
  auto settings = transport_probe::quick();
  settings.response_bytes = 100'000;
  transport_probe probe{settings};
  CAF_CHECK_EQUAL(probe.fetch(service.url + "/big?bytes=90000&gzip=1").body.size(), 90'000u);
  const auto bomb = probe.fetch(service.url + "/big?bytes=50000000&gzip=1");
  CAF_CHECK_EQUAL(bomb.reason, "the answer is larger than 100000 bytes");
}

CAF_TEST(the size limit holds for headers too) {
  raw_server server{[](const std::string&) {
    std::string bytes = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 1000; ++i)
      bytes += "X-" + std::to_string(i) + ": " + std::string(50, 'h') + "\r\n";
    return raw_server::answer{bytes + "Content-Length: 0\r\n\r\n"};
  }};
  auto settings = transport_probe::quick();
  settings.response_bytes = 10'000;
  transport_probe probe{settings};
  CAF_CHECK_EQUAL(probe.fetch(server.url).reason, "the answer is larger than 10000 bytes");
}

CAF_TEST(redirects are followed only when asked) {
  transport_probe probe;
  auto order = transport_probe::get(service.url + "/redirect?to=/status/201");
  auto a = probe.perform(order);
  CAF_CHECK_EQUAL(a.status, 302);
  CAF_CHECK_EQUAL(header(a, "location"), "/status/201");
  order.follow_redirects = true;
  a = probe.perform(order);
  CAF_CHECK_EQUAL(a.status, 201);
}

CAF_TEST(a redirect to another origin does not take the credentials along) {
  node_service other{"http_service.mjs"};
  transport_probe probe;
  auto order = transport_probe::get(service.url + "/redirect?to=" + other.url + "/echo");
  order.follow_redirects = true;
  order.headers = {{"Authorization", "Bearer secret"}, {"X-Kept", "1"}};
  auto seen = json::parse(probe.perform(order).body);
  CAF_CHECK(!seen["headers"].contains("authorization"));
  CAF_CHECK_EQUAL(seen["headers"]["x-kept"], "1");
  order.url = service.url + "/redirect?to=/echo";
  seen = json::parse(probe.perform(order).body);
  CAF_CHECK_EQUAL(seen["headers"]["authorization"], "Bearer secret");
}

CAF_TEST(a redirect in circles fails) {
  std::string url;
  raw_server server{[&](const std::string&) {
    return raw_server::answer{"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + url +
                              "/again\r\n\r\n"};
  }};
  url = server.url;
  transport_probe probe;
  auto order = transport_probe::get(url);
  order.follow_redirects = true;
  const auto a = probe.perform(order);
  CAF_CHECK_EQUAL(a.reason, "more than 10 redirects");
  CAF_CHECK_EQUAL(server.connections.load(), 11);
}

CAF_TEST(all redirects together have the time of one call) {
  std::string url;
  raw_server server{[&](const std::string&) {
    std::this_thread::sleep_for(100ms);
    return raw_server::answer{"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + url +
                              "\r\n\r\n"};
  }};
  url = server.url;
  auto settings = transport_probe::quick();
  settings.timeout = 350ms;
  transport_probe probe{settings};
  auto order = transport_probe::get(url);
  order.follow_redirects = true;
  CAF_CHECK(probe.perform(order).timed_out);
}

CAF_TEST(connections are kept and used again) {
  transport_probe probe;
  for (int i = 0; i < 50; ++i)
    CAF_CHECK_EQUAL(probe.fetch(service.url + "/status/200").status, 200);
  CAF_CHECK_EQUAL(probe.transport.connections_opened(), 1u);
}

CAF_TEST(a thousand calls at once all get their own answer) {
  auto settings = transport_probe::quick();
  settings.concurrent = settings.per_host = 1000;
  transport_probe probe{settings};
  std::vector<uint64_t> started;
  for (int i = 0; i < 1000; ++i)
    started.push_back(probe.start(transport_probe::get(service.url + "/pet/" + std::to_string(i))));
  for (size_t i = 0; i < started.size(); ++i) {
    const auto a = probe.wait(started[i], 30s);
    CAF_REQUIRE(a);
    CAF_REQUIRE_EQUAL(a->reason, "");
    CAF_CHECK_EQUAL(field(*a, "id"), i);
  }
}

CAF_TEST(one host gets no more connections than its share and another is served meanwhile) {
  node_service other{"http_service.mjs"};
  auto settings = transport_probe::quick();
  settings.per_host = 4;
  transport_probe probe{settings};
  std::vector<uint64_t> slow;
  for (int i = 0; i < 12; ++i)
    slow.push_back(probe.start(transport_probe::get(service.url + "/delay/300")));
  CAF_CHECK_EQUAL(probe.fetch(other.url + "/status/200").status, 200);
  CAF_CHECK_EQUAL(probe.answered(), 1u);
  for (const auto s : slow) CAF_CHECK_EQUAL(probe.finish(s).status, 200);
  CAF_CHECK_EQUAL(field(probe.fetch(service.url + "/ledger"), "connections"), 4);
}

CAF_TEST(past the bound of the queue a call fails at once) {
  auto settings = transport_probe::quick();
  settings.concurrent = 2;
  settings.queue = 3;
  transport_probe probe{settings};
  std::vector<uint64_t> taken;
  for (int i = 0; i < 5; ++i)
    taken.push_back(probe.start(transport_probe::get(service.url + "/delay/200")));
  const auto refused = probe.start(transport_probe::get(service.url + "/status/200"));
  const auto a = probe.wait(refused, 0ms);
  CAF_REQUIRE(a);
  CAF_CHECK_EQUAL(a->reason, "too many calls are waiting");
  for (const auto t : taken) CAF_CHECK_EQUAL(probe.finish(t).status, 200);
  CAF_CHECK_EQUAL(probe.fetch(service.url + "/status/200").status, 200);
}

CAF_TEST(a cancelled call leaves the wire and is not answered) {
  std::atomic<int> requests = 0;
  raw_server silent{[&](const std::string&) {
    ++requests;
    return raw_server::answer{};
  }};
  auto settings = transport_probe::quick();
  settings.concurrent = 1;
  transport_probe probe{settings};
  const auto on_wire = probe.start(transport_probe::get(silent.url));
  const auto waiting = probe.start(transport_probe::get(silent.url));
  CAF_REQUIRE(becomes_true([&] { return requests == 1; }));
  probe.cancel(waiting);
  probe.cancel(on_wire);
  probe.cancel(4711);
  CAF_CHECK(becomes_true([&] { return silent.closed == 1; }));
  CAF_CHECK_EQUAL(probe.fetch(service.url + "/status/200").status, 200);
  CAF_CHECK_EQUAL(probe.answered(), 1u);
  CAF_CHECK_EQUAL(requests.load(), 1);
}

CAF_TEST(an order that is under way is joined and not sent twice) {
  transport_probe probe;
  auto order = transport_probe::get(service.url + "/delay/200?step=once");
  order.id.effect = 999;
  std::promise<http_answer> second;
  bool first_called = false;
  probe.transport.send(order, [&](http_answer) { first_called = true; });
  probe.transport.send(order, [&](http_answer a) { second.set_value(std::move(a)); });
  CAF_CHECK_EQUAL(second.get_future().get().status, 200);
  CAF_CHECK(!first_called);
  const auto ledger = json::parse(probe.fetch(service.url + "/ledger").body);
  CAF_CHECK_EQUAL(ledger["steps"]["once"]["deliveries"], 1);
}

CAF_TEST(answers that break off are failures) {
  const auto reason_for = [](std::string bytes) {
    raw_server server{[&](const std::string&) { return raw_server::answer{bytes}; }};
    transport_probe probe;
    const auto a = probe.fetch(server.url);
    CAF_CHECK(!a.answered);
    CAF_CHECK(!a.timed_out);
    return a.reason;
  };
  CAF_CHECK(!reason_for("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this").empty());
  CAF_CHECK(!reason_for("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel").empty());
  transport_probe probe;
  CAF_CHECK(!probe.fetch(service.url + "/reset").answered);
}

CAF_TEST(answers that are not HTTP are failures) {
  for (const auto& garbage :
       {std::string{"\x16\x03\x01 garbage \xff\xfe\r\n\r\n"}, std::string{"SSH-2.0-OpenSSH\r\n"},
        std::string{"HTTP/1.1 abc\r\n\r\n"},
        std::string{"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"},
        std::string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"},
        std::string{
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"}}) {
    raw_server server{[&](const std::string&) { return raw_server::answer{garbage}; }};
    transport_probe probe;
    const auto a = probe.fetch(server.url);
    CAF_CHECK(!a.answered);
    CAF_CHECK(!a.reason.empty());
  }
}

CAF_TEST(orders that must not be sent are refused) {
  transport_probe probe;
  CAF_CHECK(!probe.fetch("file:///etc/hostname").answered);
  CAF_CHECK(!probe.fetch("http://user:word@127.0.0.1/").answered);
  auto order = transport_probe::get(service.url + "/echo");
  order.headers = {{"X-A", "1\r\nX-B: 2"}};
  CAF_CHECK(!probe.perform(order).answered);
}

CAF_TEST(a proxy in the environment is not used) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  transport_probe probe;
  CAF_CHECK_EQUAL(probe.fetch(service.url + "/status/200").status, 200);
  unsetenv("http_proxy");
}

CAF_TEST(ending drops what is under way and is quick) {
  const auto started = std::chrono::steady_clock::now();
  bool called = false;
  {
    auto settings = transport_probe::quick();
    settings.concurrent = 5;
    curl_transport transport{settings, "steward/test"};
    for (uint64_t i = 1; i <= 20; ++i) {
      auto order = transport_probe::get(service.url + "/delay/5000");
      order.id.effect = i;
      transport.send(order, [&](http_answer) { called = true; });
    }
    std::this_thread::sleep_for(100ms);
  }
  CAF_CHECK(!called);
  CAF_CHECK(std::chrono::steady_clock::now() - started < 2s);
}

CAF_TEST_FIXTURE_SCOPE_END()
