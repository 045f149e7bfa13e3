#define CAF_SUITE gateway_feed
#include "caf/test/dsl.hpp"
#include "tests/gateway/stage.hpp"

using namespace steward;
using namespace steward::gateway_tests;

namespace {

constexpr const char* upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                                "Sec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr const char* sse = "Accept: text/event-stream\r\n";

} // namespace

struct feed_stage : stage {
  std::shared_ptr<feed_sink> sink() {
    CAF_REQUIRE(hears("subscribe"));
    const std::lock_guard lock{actors->mutex};
    return actors->sink;
  }
  static bool push(const std::shared_ptr<feed_sink>& to, uint64_t sequence, std::string json) {
    return to->push(std::make_shared<feed_item>(feed_item{sequence, std::move(json)}));
  }
};

CAF_TEST_FIXTURE_SCOPE(feed_tests, feed_stage)

CAF_TEST(server - sent events carry their sequence and resume from it) {
  start();
  raw_client c{port};
  const auto head = c.call("GET", "/api/v1/feed?after=3&type=a,b*&type=c&subject=runs/*",
                           std::string{sse} + "Last-Event-ID: 41\r\n");
  CAF_CHECK_EQUAL(head.status, 200);
  CAF_CHECK_EQUAL(head.header("content-type"), "text/event-stream");
  CAF_CHECK_EQUAL(c.until("\n\n").value_or(""), "retry: 1000\n\n");
  const auto reader = sink();
  CAF_CHECK_EQUAL(actors->heard[0], "subscribe after=41 types=a;b*;c; subject=runs/* run=");
  CAF_CHECK(push(reader, 42, "{\"n\":1}"));
  CAF_CHECK_EQUAL(c.until("\n\n").value_or(""), "id: 42\ndata: {\"n\":1}\n\n");
  CAF_CHECK(hears("drained"));
  c.close();
  CAF_CHECK(hears("unsubscribe"));
}

CAF_TEST(a WebSocket is opened and reads and pings and closes) {
  start();
  raw_client c{port};
  const auto head = c.call("GET", "/api/v1/feed",
                           std::string{upgrade} + "Sec-WebSocket-Protocol: x, steward.v1\r\n");
  CAF_CHECK_EQUAL(head.status, 101);
  CAF_CHECK_EQUAL(head.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CAF_CHECK_EQUAL(head.header("sec-websocket-protocol"), "steward.v1");
  const auto reader = sink();
  CAF_CHECK(push(reader, 1, "{}"));
  CAF_CHECK_EQUAL(c.exactly(4).value_or(""), "\x81\x02{}");
  c.send(std::string("\x89\x82\0\0\0\0hi", 8));
  CAF_CHECK_EQUAL(c.exactly(4).value_or(""), "\x8a\x02hi");
  c.send(std::string("\x88\x82\0\0\0\0\x03\xe8", 8));
  CAF_CHECK_EQUAL(c.exactly(4).value_or(""), "\x88\x02\x03\xe8");
  CAF_CHECK(c.ends());
  c.close();
  CAF_CHECK(hears("unsubscribe"));
}

CAF_TEST(a message that is too large closes with 1009) {
  start();
  raw_client c{port};
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/feed", upgrade).status, 101);
  c.send(std::string("\x81\xfe\x08\x00\0\0\0\0", 8));
  CAF_CHECK_EQUAL(c.exactly(4).value_or("").substr(2), "\x03\xf1");
}

CAF_TEST(what is no reader is told how to be one) {
  start();
  raw_client c{port};
  const auto plain = c.call("GET", "/api/v1/feed");
  CAF_CHECK_EQUAL(plain.status, 426);
  CAF_CHECK_EQUAL(plain.header("upgrade"), "websocket");
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/feed",
                         "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                         "Sec-WebSocket-Version: 8\r\n")
                      .header("sec-websocket-version"),
                  "13");
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/feed",
                         "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n")
                      .status,
                  400);
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/feed?after=-1", sse).status, 400);
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/feed", std::string{sse} + "Last-Event-ID: x\r\n").status,
                  400);
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/feed?run=x", sse).status, 400);
  CAF_CHECK_EQUAL(
      c.call("GET", "/api/v1/feed", std::string{upgrade} + "Origin: http://evil.example\r\n")
          .status,
      403);
  services->slot("feed")->clear();
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/feed", sse).status, 503);
}

CAF_TEST(a reader that stops reading is dropped and the others are not ) {
  options.settings.feed_queue_items = 64;
  start();
  raw_client good{port};
  CAF_CHECK_EQUAL(good.call("GET", "/api/v1/feed", sse).status, 200);
  const auto reads = sink();
  {
    const std::lock_guard lock{actors->mutex};
    actors->heard.clear();
  }
  raw_client slow{port, 4096};
  CAF_CHECK_EQUAL(slow.call("GET", "/api/v1/feed", upgrade).status, 101);
  const auto stalls = sink();
  const std::string large(32 << 10, 'x');
  uint64_t sequence = 0;
  while (sequence < 20000 && push(stalls, ++sequence, large)) std::this_thread::sleep_for(1ms);
  CAF_CHECK(sequence < 20000);
  CAF_CHECK(push(reads, 1, "{}"));
  CAF_CHECK(good.until("id: 1\ndata: {}\n\n").has_value());
  // It cannot even be told, so it is cut off; what it did get ends with whole frames or the reason.
  CAF_CHECK(hears("unsubscribe"));
  CAF_CHECK(push(reads, 2, "{}"));
  CAF_CHECK(good.until("id: 2\ndata: {}\n\n").has_value());
}

CAF_TEST(a reader that was slow and reads again is told where to resume) {
  options.settings.feed_queue_items = 16;
  start();
  raw_client c{port};
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/feed", sse).status, 200);
  const auto reader = sink();
  CAF_CHECK(push(reader, 1, "{}"));
  CAF_CHECK(c.until("id: 1\ndata: {}\n\n").has_value());
  const std::string large(64 << 10, 'x');
  uint64_t sequence = 1;
  while (sequence < 20000 && push(reader, ++sequence, large)) {
  }
  CAF_CHECK(sequence < 20000);
  while (c.more()) {
  }
  const auto last = c.pending().rfind("id: ");
  const auto seen = last == std::string::npos ? 1 : std::stoull(c.pending().substr(last + 4));
  CAF_CHECK(c.pending().ends_with(
      "event: dropped\ndata: {\"reason\":\"too slow; resume with after=" + std::to_string(seen) +
      "\"}\n\n"));
}

CAF_TEST(readers are told when the feed dies and when the server stops) {
  start();
  raw_client a{port}, b{port};
  CAF_CHECK_EQUAL(a.call("GET", "/api/v1/feed", sse).status, 200);
  sink();
  {
    const std::lock_guard lock{actors->mutex};
    actors->sink.reset();
  }
  CAF_CHECK(a.until("\"the feed was restarted; connect again\"}\n\n").has_value());
  CAF_CHECK(a.ends());
  CAF_CHECK_EQUAL(b.call("GET", "/api/v1/feed", upgrade).status, 101);
  caf::anon_send_exit(gate, caf::exit_reason::user_shutdown);
  CAF_CHECK_EQUAL(b.exactly(4).value_or("").substr(2), "\x03\xe9");
  CAF_CHECK(b.ends());
}

CAF_TEST(an upgrade waits for the answers before it) {
  open_tenant();
  start();
  raw_client c{port};
  c.send("GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/v1/feed HTTP/1.1\r\nHost: "
         "localhost\r\n" +
         std::string{sse} + "\r\n");
  CAF_CHECK_EQUAL(c.answer().body, "{}");
  CAF_CHECK_EQUAL(c.answer().header("content-type"), "text/event-stream");
  CAF_CHECK(push(sink(), 9, "{}"));
  CAF_CHECK(c.until("id: 9\n").has_value());
}

CAF_TEST_FIXTURE_SCOPE_END()
