#define CAF_SUITE gateway_server
#include "gateway/server.hpp"

#include "caf/test/dsl.hpp"
#include "tests/gateway/raw_client.hpp"

#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace steward;
using namespace steward::gateway;
using namespace std::chrono_literals;
using steward::gateway_tests::raw_client;

namespace {

/// Answers by the path: "/now..." at once with the method, the target and the body; "/later..."
/// when the test says so; "/lost" never; "/throw" by throwing.
class echo : public request_handler {
public:
  void handle(const request_view& r, exchange& x) override {
    x.tag(3);
    if (r.target == "/throw") throw std::runtime_error{"a broken handler"};
    if (r.target == "/lost") {
      x.later();
      return;
    }
    if (r.target.starts_with("/later")) {
      const std::lock_guard lock{mutex_};
      waiting_.emplace_back(std::string{r.target}, x.later(0ms, "X-More: yes\r\n"));
      return;
    }
    http_answer a;
    a.content_type = "text/plain";
    a.body = std::string{r.method} + " " + std::string{r.target} + " " + std::string{r.body};
    if (r.target == "/now/big") a.body.assign(3 << 20, 'x');
    x.answer(std::move(a));
  }
  void answered(uint16_t route, std::string_view, unsigned status,
                std::chrono::nanoseconds) override {
    const std::lock_guard lock{mutex_};
    seen_.emplace_back(route, status);
  }
  /// Waits for that many requests, then answers the last one first.
  bool answer_backwards(size_t count) {
    for (int i = 0; i < 500; ++i) {
      {
        const std::lock_guard lock{mutex_};
        if (waiting_.size() >= count) break;
      }
      std::this_thread::sleep_for(10ms);
    }
    const std::lock_guard lock{mutex_};
    const bool all = waiting_.size() == count;
    for (; !waiting_.empty(); waiting_.pop_back())
      waiting_.back().second.answer(reply::ok("\"" + waiting_.back().first + "\""));
    return all;
  }
  size_t waiting() {
    const std::lock_guard lock{mutex_};
    return waiting_.size();
  }
  std::vector<std::pair<uint16_t, unsigned>> seen() {
    const std::lock_guard lock{mutex_};
    return seen_;
  }

private:
  std::mutex mutex_;
  std::vector<std::pair<std::string, reply_slot>> waiting_;
  std::vector<std::pair<uint16_t, unsigned>> seen_;
};

struct fixture {
  config::gateway_settings settings;
  echo handler;
  http_server server;
  uint16_t port = 0;
  fixture() {
    settings.port = 0;
    settings.header_timeout = 400ms;
    settings.body_timeout = 400ms;
    settings.reply_timeout = 500ms;
    settings.pipeline = 4;
    settings.connections = 50;
  }
  void start() {
    const auto at = server.start(settings, handler);
    CAF_REQUIRE(at.ok());
    port = at->port;
  }
  /// The server still serves others.
  void check_alive() {
    raw_client c{port};
    CAF_CHECK_EQUAL(c.call("GET", "/now/alive").body, "GET /now/alive ");
  }
};

std::string get(std::string_view target) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(server_tests, fixture)

CAF_TEST(one connection serves many requests) {
  start();
  raw_client c{port};
  for (int i = 0; i < 100; ++i) {
    const auto a = c.call("POST", "/now", "", "body " + std::to_string(i));
    CAF_REQUIRE_EQUAL(a.status, 200);
    CAF_REQUIRE_EQUAL(a.body, "POST /now body " + std::to_string(i));
  }
  CAF_CHECK_EQUAL(server.counters().accepted.load(), 1u);
}

CAF_TEST(pipelined answers come in the order of the requests) {
  start();
  raw_client c{port};
  c.send(get("/later/1") + get("/now/2") + get("/later/3") + get("/later/4"));
  CAF_CHECK(handler.answer_backwards(3));
  CAF_CHECK_EQUAL(c.answer().body, "\"/later/1\"");
  CAF_CHECK_EQUAL(c.answer().body, "GET /now/2 ");
  const auto third = c.answer();
  CAF_CHECK_EQUAL(third.body, "\"/later/3\"");
  CAF_CHECK_EQUAL(third.header("x-more"), "yes");
  CAF_CHECK_EQUAL(c.answer().body, "\"/later/4\"");
}

CAF_TEST(no more than the pipeline are taken on and none is lost) {
  start();
  raw_client c{port};
  std::string all;
  for (int i = 0; i < 10; ++i) all += get("/later/" + std::to_string(i));
  c.send(all);
  std::this_thread::sleep_for(200ms);
  CAF_CHECK_EQUAL(handler.waiting(), 4u);
  for (const size_t group : {4u, 4u, 2u}) CAF_CHECK(handler.answer_backwards(group));
  for (int i = 0; i < 10; ++i)
    CAF_CHECK_EQUAL(c.answer().body, "\"/later/" + std::to_string(i) + "\"");
}

CAF_TEST(a head request has the length and no body) {
  start();
  raw_client c{port};
  const auto a = c.call("HEAD", "/now");
  CAF_CHECK_EQUAL(a.status, 200);
  CAF_CHECK_EQUAL(a.header("content-length"), "10");
  CAF_CHECK_EQUAL(c.call("GET", "/now").body, "GET /now ");
}

CAF_TEST(chunked bodies are read) {
  start();
  raw_client c{port};
  c.send("POST /now HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  c.send("3\r\nabc\r\n");
  std::this_thread::sleep_for(20ms);
  CAF_CHECK_EQUAL(c.ask("2\r\nde\r\n0\r\n\r\n").body, "POST /now abcde");
}

CAF_TEST(a client that expects 100 is told to go on) {
  start();
  raw_client c{port};
  c.send("POST /now HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CAF_CHECK_EQUAL(c.until("\r\n\r\n").value_or(""), "HTTP/1.1 100 Continue\r\n\r\n");
  CAF_CHECK_EQUAL(c.ask("ok").body, "POST /now ok");
  const auto large = c.call("POST", "/now", "Content-Length: 9999999\r\nExpect: 100-continue\r\n");
  CAF_CHECK_EQUAL(large.status, 413);
  raw_client other{port};
  CAF_CHECK_EQUAL(other.call("POST", "/now", "Content-Length: 2\r\nExpect: miracles\r\n").status,
                  417);
}

CAF_TEST(old clients and those that say close are closed) {
  start();
  raw_client old{port};
  const auto a = old.ask("GET /now HTTP/1.0\r\n\r\n");
  CAF_CHECK_EQUAL(a.header("connection"), "close");
  CAF_CHECK(old.ends());
  raw_client keeps{port};
  CAF_CHECK_EQUAL(
      keeps.ask("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("connection"),
      "keep-alive");
  CAF_CHECK_EQUAL(keeps.call("GET", "/now", "Connection: close\r\n").header("connection"), "close");
  CAF_CHECK(keeps.ends());
}

CAF_TEST(each limit is answered with its own status) {
  start();
  const std::string long_text(17000, 'a');
  const std::vector<std::pair<std::string, int>> cases{
      {"GET /" + long_text + " HTTP/1.1\r\n\r\n", 414},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + long_text + "\r\n\r\n", 431},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", 413},
      {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"nonsense\r\n\r\n", 400},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
  };
  for (const auto& [bytes, status] : cases) {
    raw_client c{port};
    const auto a = c.ask(bytes);
    CAF_CHECK_EQUAL(a.status, status);
    CAF_CHECK_EQUAL(a.headers.count("content-type"), 1u);
    CAF_CHECK(a.body.find("\"type\":\"https://steward.dev/problems/") != std::string::npos);
    CAF_CHECK(c.ends());
  }
  check_alive();
}

CAF_TEST(ten megabytes are refused and the client reads why) {
  start();
  const std::string body(10 << 20, 'b');
  for (const bool in_chunks : {false, true}) {
    raw_client c{port};
    if (in_chunks) {
      c.send("POST /now HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 160; ++i) c.send("10000\r\n" + body.substr(0, 65536) + "\r\n");
      c.send("0\r\n\r\n");
    } else {
      c.send("POST /now HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760\r\n\r\n");
      CAF_CHECK(c.send(body));
    }
    CAF_CHECK_EQUAL(c.answer().status, 413);
    CAF_CHECK(c.ends());
  }
  check_alive();
}

CAF_TEST(a slow header and a slow body are answered 408) {
  start();
  raw_client header{port}, body{port}, dripping{port}, silent{port};
  header.send("GET / HTTP/1.1\r\nHost: x\r\nX-");
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  // One byte now and then does not prolong it.
  std::thread drip{[&] {
    for (int i = 0; i < 30 && dripping.send("G"); ++i) std::this_thread::sleep_for(100ms);
  }};
  CAF_CHECK_EQUAL(header.answer().status, 408);
  CAF_CHECK_EQUAL(body.answer().status, 408);
  drip.join();
  CAF_CHECK_EQUAL(dripping.answer().status, 408);
  CAF_CHECK(header.ends());
  CAF_CHECK_EQUAL(silent.call("GET", "/now").status, 200); // between requests one may be silent
}

CAF_TEST(an idle connection is closed without a word) {
  settings.idle_timeout = 300ms;
  start();
  raw_client c{port};
  CAF_CHECK_EQUAL(c.call("GET", "/now").status, 200);
  CAF_CHECK(c.ends());
  CAF_CHECK(c.pending().empty());
}

CAF_TEST(a reply that is lost or late is answered 503) {
  start();
  raw_client c{port};
  const auto lost = c.call("GET", "/lost");
  CAF_CHECK_EQUAL(lost.status, 503);
  CAF_CHECK_EQUAL(lost.header("retry-after"), "1");
  const auto late = c.call("GET", "/later/never");
  CAF_CHECK_EQUAL(late.status, 503);
  CAF_CHECK(late.body.find("reply-timeout") != std::string::npos);
  CAF_CHECK(handler.answer_backwards(1)); // too late: nobody is confused by it
  CAF_CHECK_EQUAL(c.call("GET", "/now").body, "GET /now ");
}

CAF_TEST(a handler that throws is answered 500) {
  start();
  raw_client c{port};
  CAF_CHECK_EQUAL(c.call("GET", "/throw").status, 500);
  CAF_CHECK_EQUAL(c.call("GET", "/now").status, 200);
}

CAF_TEST(connections past the limit are told so) {
  settings.connections = 3;
  start();
  std::vector<std::unique_ptr<raw_client>> open;
  for (int i = 0; i < 3; ++i) {
    open.push_back(std::make_unique<raw_client>(port));
    CAF_CHECK_EQUAL(open.back()->call("GET", "/now").status, 200);
  }
  raw_client fourth{port};
  const auto a = fourth.call("GET", "/now");
  CAF_CHECK_EQUAL(a.status, 503);
  CAF_CHECK_EQUAL(a.header("retry-after"), "1");
  CAF_CHECK(fourth.ends());
  CAF_CHECK_EQUAL(server.counters().refused.load(), 1u);
  open.clear();
  fourth.close();
  for (int i = 0; i < 100 && server.counters().connections.load() > 0; ++i)
    std::this_thread::sleep_for(20ms);
  check_alive();
}

CAF_TEST(clients that leave in any way harm nobody) {
  start();
  for (int i = 0; i < 30; ++i) {
    raw_client half{port}, reset{port}, garbage{port}, unread{port}, gone{port};
    half.send("POST /now HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");
    half.close();
    reset.send(get("/later/x") + get("/now"));
    reset.reset();
    garbage.send(std::string("\x00\xff\x80\r\n\r\n\x01", 8));
    garbage.close();
    unread.send(get("/now/big"));
    unread.reset();
    gone.close();
  }
  handler.answer_backwards(30);
  check_alive();
  for (int i = 0; i < 200 && server.counters().connections.load() > 0; ++i)
    std::this_thread::sleep_for(20ms);
  CAF_CHECK_EQUAL(server.counters().connections.load(), 0);
}

CAF_TEST(a client that has said all still gets its answers) {
  start();
  raw_client c{port};
  c.send(get("/later/1") + get("/now/2"));
  c.end_sending();
  CAF_CHECK(handler.answer_backwards(1));
  CAF_CHECK_EQUAL(c.answer().body, "\"/later/1\"");
  CAF_CHECK_EQUAL(c.answer().body, "GET /now/2 ");
  CAF_CHECK(c.ends());
}

CAF_TEST(an answer larger than the socket takes comes whole) {
  start();
  raw_client c{port, 4096};
  c.send(get("/now/big") + get("/now/after"));
  std::this_thread::sleep_for(100ms);
  CAF_CHECK_EQUAL(c.answer().body.size(), size_t{3 << 20});
  CAF_CHECK_EQUAL(c.answer().body, "GET /now/after ");
}

CAF_TEST(stopping lets what is in work be answered) {
  start();
  raw_client busy{port}, idle{port};
  CAF_CHECK_EQUAL(idle.call("GET", "/now").status, 200);
  busy.send(get("/later/1"));
  while (handler.waiting() == 0) std::this_thread::sleep_for(5ms);
  std::atomic<bool> stopped = false;
  server.begin_stop(3s, [&] { stopped = true; });
  CAF_CHECK(idle.ends());
  CAF_CHECK(!stopped.load());
  handler.answer_backwards(1);
  const auto a = busy.answer();
  CAF_CHECK_EQUAL(a.body, "\"/later/1\"");
  CAF_CHECK_EQUAL(a.header("connection"), "close");
  busy.close();
  for (int i = 0; i < 200 && !stopped; ++i) std::this_thread::sleep_for(10ms);
  CAF_CHECK(stopped.load());
  server.stop();
  CAF_CHECK(!raw_client{port}.connected());
}

CAF_TEST(an address that is taken is an error with its reason) {
  start();
  config::gateway_settings same = settings;
  same.port = port;
  http_server second;
  const auto at = second.start(same, handler);
  CAF_REQUIRE(!at.ok());
  CAF_CHECK(at.error().find(std::to_string(port)) != std::string::npos);
}

CAF_TEST(several threads share the connections) {
  settings.threads = 3;
  start();
  std::vector<std::unique_ptr<raw_client>> all;
  for (int i = 0; i < 12; ++i) all.push_back(std::make_unique<raw_client>(port));
  for (const auto& c : all) c->send(get("/later/x"));
  CAF_CHECK(handler.answer_backwards(12));
  for (const auto& c : all) CAF_CHECK_EQUAL(c->answer().status, 200);
}

CAF_TEST(every answer is counted once with its route) {
  start();
  raw_client c{port};
  c.call("GET", "/now");
  c.call("GET", "/lost");
  c.ask("nonsense\r\n\r\n");
  const std::vector<std::pair<uint16_t, unsigned>> expected{
      {3, 200}, {3, 503}, {request_handler::no_route, 400}};
  CAF_CHECK(handler.seen() == expected);
}

CAF_TEST_FIXTURE_SCOPE_END()
