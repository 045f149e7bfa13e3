#include "caf/test/dsl.hpp"
#include "tests/store/conformance.hpp"

namespace steward::store::tests {

namespace {

using numbers = std::vector<uint64_t>;

void events_come_back_as_published(session& s) {
  const std::vector<publish_event> published{
      {"io.example.a.v1", "runs/1", noon_us, R"({"a":1})"},
      {"io.example.b.v1", "", noon_us - 5, ""},
      {"", "runs/3", 0, std::string(100'000, 'x')},
      {"io.example.a.v1", "runs/4", -1, "null"},
      {"io.example.a.v1", "runs/5", std::numeric_limits<int64_t>::max(), "null"},
      {"io.example.a.v1", "runs/6", std::numeric_limits<int64_t>::min(), "null"}};
  const auto report =
      s.commit({batch("acme", {published[0], published[1]}),
                batch("acme", {published[2], published[3], published[4], published[5]})});
  CAF_REQUIRE(report.published.size() == 1);
  CAF_CHECK_EQUAL(report.published[0].tenant, "acme");
  const auto read = s.read().feed_after("acme", 0, 100).value();
  for (const auto& events : {report.published[0].events, read}) {
    CAF_REQUIRE(events.size() == published.size());
    for (size_t i = 0; i < events.size(); ++i) {
      CAF_CHECK_EQUAL(events[i].sequence, i + 1);
      CAF_CHECK_EQUAL(events[i].type, published[i].type);
      CAF_CHECK_EQUAL(events[i].subject, published[i].subject);
      CAF_CHECK_EQUAL(events[i].time_us, published[i].time_us);
      CAF_CHECK(events[i].data == published[i].data);
    }
  }
}

void numbers_have_no_holes(session& s) {
  // Two tenants, groups of all sizes, refused batches in between, and a restart now and then.
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow)});
  uint64_t acme = 0, zeta = 0;
  for (uint64_t round = 0; round < 30; ++round) {
    std::vector<write_batch> group;
    for (uint64_t i = 0; i < round % 4; ++i)
      group.push_back(batch("acme", {event("a"), event("b")}));
    group.push_back(batch("acme", {event("lost"), start(1, workflow)}));
    if (round % 3 == 0) group.push_back(batch("zeta", {event("z")}));
    // Undone after its rows were written, so that the whole group is applied once more.
    if (round % 5 == 0)
      group.push_back(
          batch("acme", {start(100 + round, workflow), event("lost"), start(1, workflow)}));
    numbers expected;
    for (uint64_t i = 0; i < round % 4 * 2; ++i) expected.push_back(++acme);
    if (round % 3 == 0) expected.push_back(++zeta);
    CAF_CHECK(sequences(s.commit(group).published) == expected);
    if (round % 7 == 0) s.reopen();
  }
  CAF_CHECK(s.read().feed_range("acme").value().newest == acme);
  CAF_CHECK(s.read().feed_range("zeta").value().newest == zeta);
  const auto all = s.read().feed_after("acme", 0, 1000).value();
  CAF_REQUIRE(all.size() == acme);
  for (uint64_t i = 0; i < acme; ++i) {
    CAF_CHECK_EQUAL(all[i].sequence, i + 1);
    CAF_CHECK_EQUAL(all[i].data, i % 2 ? "b" : "a");
  }
}

void pages_start_and_end_anywhere(session& s) {
  for (uint64_t size : {1u, 5u, 2u, 9u, 3u}) {
    std::vector<write_op> ops(size, event("x"));
    s.commit_one("acme", std::move(ops));
  }
  for (uint64_t after = 0; after <= 22; ++after)
    for (size_t limit = 1; limit <= 25; ++limit) {
      numbers expected;
      for (uint64_t n = after + 1; n <= 20 && expected.size() < limit; ++n) expected.push_back(n);
      CAF_CHECK(sequences(s.read().feed_after("acme", after, limit).value()) == expected);
    }
  CAF_CHECK(s.read().feed_after("acme", ~0ull, 10).value().empty());
}

void bounds_of_a_feed(session& s) {
  CAF_CHECK(s.read().feed_range("acme").value().oldest == 0u);
  CAF_CHECK(s.read().feed_range("acme").value().newest == 0u);
  s.commit_one("acme", {event("1"), event("2")});
  s.commit_one("acme", {event("3")});
  CAF_CHECK(s.read().feed_range("acme").value().oldest == 1u);
  CAF_CHECK(s.read().feed_range("acme").value().newest == 3u);
}

void chunks_are_one_for_each_tenant(session& s) {
  const auto report = s.commit({batch("a", {event("1")}), batch("b", {event("2")}), batch("c", {}),
                                batch("a", {event("3")}), batch("b", {event("4")})});
  CAF_REQUIRE(report.published.size() == 2);
  for (const auto& chunk : report.published) {
    CAF_CHECK(sequences(std::vector{chunk}) == (numbers{1, 2}));
    CAF_CHECK_EQUAL(chunk.events[0].data, chunk.tenant == "a" ? "1" : "2");
    CAF_CHECK_EQUAL(chunk.events[1].data, chunk.tenant == "a" ? "3" : "4");
  }
}

constexpr requirement list[] = {
    {"events come back as they were published", events_come_back_as_published},
    {"numbers go on without holes over groups, refusals and restarts", numbers_have_no_holes},
    {"the feed is read from any place in any size", pages_start_and_end_anywhere},
    {"a feed knows its oldest and newest event", bounds_of_a_feed},
    {"a commit publishes one chunk for each tenant", chunks_are_one_for_each_tenant},
};

} // namespace

std::span<const requirement> feed_conformance() { return list; }

} // namespace steward::store::tests
