#define CAF_SUITE feed_codec

#include "store/feed_codec.hpp"

#include "caf/test/dsl.hpp"

using namespace steward;
using namespace steward::store;

namespace {

std::vector<feed_event> sample() {
  std::vector<feed_event> events;
  for (uint64_t i = 0; i < 200; ++i)
    events.push_back({7 + i, "type-" + std::to_string(i % 150), "runs/" + std::to_string(i),
                      static_cast<int64_t>(i) * -977, std::string(i % 9, 'd')});
  return events;
}

} // namespace

CAF_TEST(events survive the way there and back) {
  const auto events = sample();
  std::string bytes;
  encode_events(events, bytes);
  const auto decoded = decode_events(bytes, 7);
  CAF_REQUIRE(decoded && decoded->size() == events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    const auto& got = (*decoded)[i];
    CAF_CHECK_EQUAL(got.sequence, events[i].sequence);
    CAF_CHECK_EQUAL(got.type, events[i].type);
    CAF_CHECK_EQUAL(got.subject, events[i].subject);
    CAF_CHECK_EQUAL(got.time_us, events[i].time_us);
    CAF_CHECK_EQUAL(got.data, events[i].data);
  }
}

CAF_TEST(the first version stays readable) {
  // One event of type "t", subject "s", time 3, data "{}", as it is stored today.
  const std::string stored{"\x01\x01\x06\x01\x01t\x00\x01s\x00\x02{}", 13};
  std::string written;
  encode_events(std::vector<feed_event>{{5, "t", "s", 3, "{}"}}, written);
  CAF_CHECK(written == stored);
  const auto decoded = decode_events(stored, 5);
  CAF_REQUIRE(decoded && decoded->size() == 1);
  CAF_CHECK_EQUAL(decoded->front().sequence, 5u);
  CAF_CHECK_EQUAL(decoded->front().time_us, 3);
  CAF_CHECK_EQUAL(decoded->front().data, "{}");
}

CAF_TEST(cut or lengthened bytes are refused) {
  std::string bytes;
  encode_events(sample(), bytes);
  for (size_t size = 0; size < bytes.size(); ++size)
    if (decode_events(std::string_view{bytes}.substr(0, size), 1)) CAF_FAIL("accepted " << size);
  CAF_CHECK(!decode_events(bytes + "x", 1));
}

CAF_TEST(no single wrong byte does harm) {
  std::string bytes;
  encode_events(std::vector<feed_event>{{1, "a", "b", 3, "cc"}, {2, "d", "e", 4, "ff"}}, bytes);
  for (size_t at = 0; at < bytes.size(); ++at)
    for (int value = 0; value < 256; ++value) {
      auto wrong = bytes;
      wrong[at] = static_cast<char>(value);
      const auto decoded = decode_events(wrong, 1); // Must end, within bounds.
      if (decoded) CAF_CHECK(decoded->size() <= bytes.size());
    }
  CAF_CHECK(!decode_events(std::string{"\x02", 1} + bytes.substr(1), 1));
}
