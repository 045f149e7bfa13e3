#define CAF_SUITE feed_unread

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  fixture() { deploy("plain", "do: [{give: {set: {plain: true}}}]"); }
  void runs_of(int count) {
    for (int i = 0; i < count; ++i) start("plain");
    settle();
  }
  std::shared_ptr<feed_witness> reader_from(uint64_t id, uint64_t after) {
    auto witness = std::make_shared<feed_witness>();
    subscribe({.subscription = id,
               .tenant = "default",
               .after = after,
               .types = {},
               .subject = {},
               .run = {}},
              witness);
    settle();
    return witness;
  }
  void leave(uint64_t id) {
    caf::anon_send(at("feed"), unsubscribe_feed{id});
    settle();
  }
  static std::vector<uint64_t> range(uint64_t first, uint64_t last) {
    std::vector<uint64_t> list;
    for (auto i = first; i <= last; ++i) list.push_back(i);
    return list;
  }
  uint64_t newest() { return reader->feed_range("default")->newest; }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(feed_unread_tests, fixture)

CAF_TEST(the writer tells the feed only while somebody reads) {
  CAF_CHECK(!n->feed_is_read);
  reader_from(1, 0);
  reader_from(2, 0);
  CAF_CHECK(n->feed_is_read);
  leave(1);
  CAF_CHECK(n->feed_is_read);
  leave(2);
  CAF_CHECK(!n->feed_is_read);
}

CAF_TEST(what happened while nobody read is not missing for who comes back) {
  runs_of(3);
  auto first = reader_from(1, 0);
  runs_of(3);
  const auto seen = newest();
  CAF_CHECK_EQUAL(first->sequences(), range(1, seen));
  leave(1);
  runs_of(5); // the feed hears nothing of these
  auto second = reader_from(2, seen);
  auto all = reader_from(3, 0);
  runs_of(2);
  CAF_CHECK_EQUAL(second->sequences(), range(seen + 1, newest()));
  CAF_CHECK_EQUAL(all->sequences(), range(1, newest()));
}

CAF_TEST(commits that overtake the opening of a reader reach it once) {
  auto witness = std::make_shared<feed_witness>();
  subscribe({.subscription = 1,
             .tenant = "default",
             .after = uint64_t{0},
             .types = {},
             .subject = {},
             .run = {}},
            witness);
  for (int i = 0; i < 5; ++i) {
    start("plain");
    deliver(); // a message at a time: the run's commit and the reader's question mix
  }
  settle();
  CAF_CHECK_EQUAL(witness->sequences(), range(1, newest()));
}

CAF_TEST_FIXTURE_SCOPE_END()
