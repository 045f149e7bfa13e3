#define CAF_SUITE feed

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  fixture() {
    deploy("plain", "do: [{give: {set: {plain: true}}}]");
    deploy("fetch", "do: [{ask: {call: http, with: {method: get, endpoint: 'http://svc/a'}}}]");
  }
  void runs_of(const std::string& workflow, int count) {
    for (int i = 0; i < count; ++i) start(workflow);
    settle();
  }
  std::shared_ptr<feed_witness> reader_from(std::optional<uint64_t> after,
                                            size_t bound = std::numeric_limits<size_t>::max()) {
    auto witness = std::make_shared<feed_witness>();
    witness->bound = bound;
    subscribe({.subscription = ++last_,
               .tenant = "default",
               .after = after,
               .types = {},
               .subject = {},
               .run = {}},
              witness);
    return witness;
  }
  static std::vector<uint64_t> range(uint64_t first, uint64_t last) {
    std::vector<uint64_t> list;
    for (auto i = first; i <= last; ++i) list.push_back(i);
    return list;
  }
  uint64_t newest() { return reader->feed_range("default")->newest; }
  uint64_t last_ = 1000;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(feed_tests, fixture)

CAF_TEST(a reader gets the past and what comes without a gap) {
  runs_of("plain", 10);
  auto all = reader_from(0), some = reader_from(5), none = reader_from(std::nullopt);
  const auto before = newest();
  runs_of("plain", 10); // comes while the past is still being read
  runs_of("plain", 1);
  const auto types = all->types();
  CAF_CHECK_EQUAL(types.front(), "dev.steward.feed.opened.v1");
  CAF_CHECK_EQUAL(all->sequences(), range(1, newest()));
  CAF_CHECK_EQUAL(some->sequences(), range(6, newest()));
  CAF_CHECK(!none->sequences().empty());
  CAF_CHECK_EQUAL(none->sequences(), range(newest() + 1 - none->sequences().size(), newest()));
  CAF_CHECK(none->sequences().front() > before - 1);
}

CAF_TEST(a reader of the past is fed as fast as it takes it) {
  runs_of("plain", 300); // more than a page
  const auto last = newest();
  auto slow = reader_from(0, 10);
  settle();
  CAF_CHECK_EQUAL(slow->items.size(), 10u);
  for (int i = 0; i < 500 && slow->sequences().size() < last; ++i) {
    slow->bound += 7;
    caf::anon_send(at("feed"), feed_drained{last_});
    settle();
  }
  CAF_CHECK(!slow->closed);
  CAF_CHECK_EQUAL(slow->sequences(), range(1, last));
}

CAF_TEST(a reader that does not keep up is dropped with a reason and may resume) {
  auto slow = reader_from(0, 1000);
  settle();
  slow->bound = slow->items.size() + 3;
  runs_of("plain", 5);
  CAF_REQUIRE(slow->closed.has_value());
  const auto last = slow->sequences().back();
  CAF_CHECK_EQUAL(*slow->closed, "slow reader: resume with after=" + std::to_string(last));
  auto resumed = reader_from(last);
  settle();
  CAF_CHECK_EQUAL(resumed->sequences(), range(last + 1, newest()));
}

CAF_TEST(types and subjects filter and the sequence goes on) {
  auto wants =
      subscribe_feed{.subscription = 1,
                     .tenant = "default",
                     .after = uint64_t{0},
                     .types = {"dev.steward.*", "io.serverlessworkflow.workflow.completed.v1"},
                     .subject = {},
                     .run = {}};
  auto by_type = std::make_shared<feed_witness>(), by_subject = std::make_shared<feed_witness>();
  subscribe(wants, by_type);
  wants.subscription = 2;
  wants.types.clear();
  wants.subject = "workflows/test/*";
  subscribe(wants, by_subject);
  runs_of("plain", 2);
  size_t expected_events = 0;
  for (const auto& e : events())
    if (e.type.starts_with("dev.steward.") || e.type.ends_with("completed.v1")) ++expected_events;
  CAF_CHECK_EQUAL(by_type->sequences().size(), expected_events);
  CAF_CHECK_EQUAL(by_subject->sequences().size(), 2u);
}

CAF_TEST(the progress of a run goes to those who asked for that run) {
  service_answers = false;
  const auto watched = started("fetch"), other = started("fetch");
  auto wants = subscribe_feed{.subscription = 1,
                              .tenant = "default",
                              .after = {},
                              .types = {},
                              .subject = {},
                              .run = watched.text()};
  auto witness = std::make_shared<feed_witness>();
  subscribe(wants, witness);
  auto bystander = reader_from(std::nullopt);
  settle();
  service_answers = true;
  pass(1s);
  size_t steps = 0;
  for (const auto& item : witness->items)
    if (item->sequence == 0 && item->json.find("task.completed") != std::string::npos) {
      ++steps;
      CAF_CHECK(item->json.find(watched.text()) != std::string::npos);
    }
  CAF_CHECK_EQUAL(steps, 1u);
  const auto types = bystander->types();
  for (const auto& type : types) CAF_CHECK(type.find(".task.") == std::string::npos);
  CAF_CHECK_EQUAL(status(other), "completed");
  caf::anon_send(at("feed"), unsubscribe_feed{1});
  settle();
  CAF_CHECK(!n->watched.watched(watched));
}

CAF_TEST(a feed that crashes closes its readers and the next one goes on where they were) {
  auto before = reader_from(0);
  runs_of("plain", 3);
  kill(at("feed"));
  CAF_REQUIRE(before->closed.has_value());
  runs_of("plain", 3); // told to nobody
  pass(1s);
  auto after = reader_from(before->sequences().back());
  runs_of("plain", 3);
  CAF_CHECK_EQUAL(after->sequences(), range(before->sequences().back() + 1, newest()));
}

CAF_TEST(tenants do not see each other) {
  deploy("plain", "do: [{give: {set: {x: 1}}}]", "1.0.0", "other");
  auto mine = reader_from(0);
  start("plain", "{}", "", 0ms, "other");
  settle();
  CAF_CHECK_EQUAL(mine->sequences(), range(1, newest()));
  CAF_CHECK_EQUAL(newest(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
