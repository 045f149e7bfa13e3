#define CAF_SUITE reply_slot

#include "caf/test/dsl.hpp"
#include "messages/reply.hpp"

#include <vector>

using namespace steward;

namespace {

struct recording_sink final : reply_sink {
  void answer(reply r) override { replies.push_back(std::move(r)); }
  std::vector<reply> replies;
};

} // namespace

CAF_TEST(the first answer counts whoever of the copies gives it) {
  const auto sink = std::make_shared<recording_sink>();
  {
    const reply_slot slot{sink}, copy = slot;
    copy.answer(reply::ok("1"));
    slot.answer(reply::ok("2"));
    CAF_CHECK(slot.answered());
  }
  CAF_REQUIRE_EQUAL(sink->replies.size(), 1u);
  CAF_CHECK_EQUAL(sink->replies[0].json, "1");
}

CAF_TEST(a slot that is dropped unused answers unavailable with a time to come again) {
  const auto sink = std::make_shared<recording_sink>();
  { const reply_slot slot{sink}, copy = slot; }
  CAF_REQUIRE_EQUAL(sink->replies.size(), 1u);
  CAF_CHECK(sink->replies[0].what == reply::kind::failed);
  CAF_CHECK(sink->replies[0].why.code == ec::unavailable);
  CAF_CHECK(sink->replies[0].why.retry_after.count() > 0);
}

CAF_TEST(an empty slot swallows answers) {
  const reply_slot nobody;
  nobody.answer(reply::ok("1"));
  CAF_CHECK(nobody.answered());
}
