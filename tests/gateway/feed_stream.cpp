#define CAF_SUITE gateway_feed_stream
#include "gateway/feed_stream.hpp"

#include "caf/test/dsl.hpp"

#include <string>

using namespace steward;
using namespace steward::gateway;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const feed_item> item(uint64_t sequence, std::string json) {
  return std::make_shared<feed_item>(feed_item{sequence, std::move(json)});
}

struct fixture {
  int wakes = 0;
  std::shared_ptr<outbox> box = std::make_shared<outbox>([this] { ++wakes; });
  clock_time now = clock_time{} + 1h;
  std::string out;
  std::shared_ptr<feed_session> session(feed_form form, uint64_t after = 0,
                                        feed_limits limits = {3, 1000}) {
    return std::make_shared<feed_session>(feed_opening{form, 7, after, {}, {}}, limits, box, 1);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(feed_stream_tests, fixture)

CAF_TEST(server-sent events carry an id only for what has a sequence) {
  auto s = session(feed_form::sse);
  feed_stream stream{s, now};
  CAF_CHECK(s->push(item(5, "{\"a\":1}")));
  CAF_CHECK(s->push(item(0, "{\n}")));
  CAF_CHECK_EQUAL(wakes, 1); // one for both
  CAF_CHECK(stream.pump(out, 1000, now));
  CAF_CHECK_EQUAL(out, "id: 5\ndata: {\"a\":1}\n\ndata: {\ndata: }\n\n");
  CAF_CHECK(!stream.pump(out, 1000, now));
}

CAF_TEST(all that waits goes into one piece of WebSocket frames) {
  auto s = session(feed_form::websocket);
  feed_stream stream{s, now};
  s->push(item(5, "ab"));
  s->push(item(6, "cd"));
  CAF_CHECK_EQUAL(s->room(), 1u);
  stream.pump(out, 1000, now);
  CAF_CHECK_EQUAL(out, "\x81\x02"
                       "ab\x81\x02"
                       "cd");
  CAF_CHECK_EQUAL(s->room(), 3u);
}

CAF_TEST(a slow reader is dropped and told where to resume) {
  auto s = session(feed_form::sse);
  feed_stream stream{s, now};
  s->push(item(5, "{}"));
  stream.pump(out, 1000, now);
  out.clear();
  for (uint64_t n = 6; n < 9; ++n) CAF_CHECK(s->push(item(n, "{}")));
  CAF_CHECK(!s->push(item(9, "{}")));
  CAF_CHECK(!s->push(item(10, "{}")));
  CAF_CHECK_EQUAL(s->room(), 0u);
  s->close("a later reason");
  stream.pump(out, 1000, now);
  CAF_CHECK_EQUAL(out, "event: dropped\ndata: {\"reason\":\"too slow; resume with after=5\"}\n\n");
  CAF_CHECK(stream.ended());
}

CAF_TEST(a reader that got nothing resumes where it came from) {
  auto s = session(feed_form::sse, 41);
  feed_stream stream{s, now};
  s->close("the feed was restarted");
  stream.pump(out, 1000, now);
  CAF_CHECK(out.find("resume with after=41") != std::string::npos);
}

CAF_TEST(bytes are bounded too but one item of any size passes) {
  auto s = session(feed_form::sse);
  CAF_CHECK(s->push(item(1, std::string(5000, 'a'))));
  CAF_CHECK_EQUAL(s->room(), 0u);
  CAF_CHECK(!s->push(item(2, "{}")));
}

CAF_TEST(what was queued before an end still goes out) {
  auto s = session(feed_form::websocket);
  feed_stream stream{s, now};
  {
    const auto sink = make_sink(s);
    sink->push(item(5, "ab"));
  } // its holder has died
  stream.pump(out, 1000, now);
  CAF_CHECK(out.starts_with("\x81\x02"
                            "ab\x88"));
  CAF_CHECK(out.ends_with("the feed was restarted; resume with after=5"));
  CAF_CHECK_EQUAL(out.substr(6, 2), std::string("\x03\xf5"));
}

CAF_TEST(a WebSocket is pinged and is dead after two pings without an answer) {
  auto s = session(feed_form::websocket);
  feed_stream stream{s, now};
  stream.tick(out, now + 14s);
  CAF_CHECK(out.empty());
  stream.tick(out, now + 15s);
  CAF_CHECK_EQUAL(out, std::string("\x89\0", 2));
  stream.receive(std::string("\x8a\x80....", 6), out, now + 16s); // pong
  stream.tick(out, now + 30s);
  stream.tick(out, now + 45s);
  CAF_CHECK(!stream.dead());
  stream.tick(out, now + 60s);
  CAF_CHECK(stream.dead());
}

CAF_TEST(an SSE stream that is silent gets a comment) {
  auto s = session(feed_form::sse);
  feed_stream stream{s, now};
  s->push(item(1, "{}"));
  stream.pump(out, 1000, now + 10s);
  out.clear();
  stream.tick(out, now + 16s);
  CAF_CHECK(out.empty());
  stream.tick(out, now + 25s);
  CAF_CHECK_EQUAL(out, ": \n\n");
}

CAF_TEST(a ping is answered and a close is returned) {
  auto s = session(feed_form::websocket);
  feed_stream stream{s, now};
  stream.receive(std::string("\x89\x82\0\0\0\0hi", 8), out, now);
  CAF_CHECK_EQUAL(out, "\x8a\x02hi");
  out.clear();
  stream.receive(std::string("\x88\x82\0\0\0\0\x03\xe8", 8), out, now);
  CAF_CHECK_EQUAL(out, "\x88\x02\x03\xe8");
  CAF_CHECK(stream.ended());
  CAF_CHECK(!s->push(item(1, "{}")) || !stream.pump(out, 1000, now));
}

CAF_TEST_FIXTURE_SCOPE_END()
