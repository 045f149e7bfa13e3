#define CAF_SUITE retention

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

constexpr auto day = 24h;

config::settings days(uint32_t runs, uint32_t feed) {
  config::settings s;
  s.retention = {runs * 24, feed * 24};
  return s;
}

struct stage : steward_rig {
  explicit stage(config::settings s) : steward_rig(std::move(s)) {
    deploy("now", "do: [{one: {set: {done: true}}}]");
    deploy("rest", "do: [{rest: {wait: P30D}}]");
    deploy("later", "do: [{rest: {wait: P3D}}]");
  }
  uint64_t completed() { return reader->count_runs("default").value()[6]; }
  void days_pass(int count) {
    for (int i = 0; i < count; ++i) pass(day);
  }
};

} // namespace

CAF_TEST(ended runs go after their time and those that live stay) {
  stage s{days(2, 0)};
  std::vector<run_id> old;
  for (int i = 0; i < 250; ++i) old.push_back(s.started("now"));
  const auto sleeping = s.started("rest"), later = s.started("later");
  s.pass(day);
  CAF_CHECK_EQUAL(s.completed(), 250u);
  s.pass(day);
  s.pass(1h);
  const auto young = s.started("now");
  CAF_CHECK_EQUAL(s.completed(), 1u);
  CAF_CHECK(!s.reader->load_run("default", old.front()).value());
  CAF_CHECK_EQUAL(s.status(sleeping), "waiting");
  s.days_pass(1);
  s.pass(1h);
  CAF_CHECK_EQUAL(s.status(later), "completed"); // It counts from its end.
  CAF_CHECK_EQUAL(s.status(young), "completed");
  s.days_pass(3);
  CAF_CHECK_EQUAL(s.runs().size(), 1u);
  s.days_pass(30);
  CAF_CHECK(s.runs().empty());
  CAF_CHECK(s.events().size() > 500u); // The feed was to be kept.
}

CAF_TEST(events of the feed go after their time and the numbers go on) {
  stage s{days(0, 2)};
  for (int i = 0; i < 5; ++i) s.started("now");
  const auto before = s.reader->feed_range("default").value();
  s.days_pass(3);
  auto now = s.reader->feed_range("default").value();
  CAF_CHECK_EQUAL(now.newest, before.newest);
  CAF_CHECK(now.oldest > before.newest - 3); // the newest commit stays
  s.started("now");
  now = s.reader->feed_range("default").value();
  CAF_CHECK(now.newest > before.newest);
  CAF_CHECK_EQUAL(s.runs().size(), 6u);
}

CAF_TEST(nothing goes when all is to be kept) {
  stage s{days(0, 0)};
  s.started("now");
  const auto before = s.events().size();
  s.days_pass(40);
  CAF_CHECK_EQUAL(s.runs().size(), 1u);
  CAF_CHECK_EQUAL(s.events().size(), before);
}
