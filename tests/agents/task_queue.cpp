#define CAF_SUITE task_queue

#include "agents/task_queue.hpp"

#include "caf/test/unit_test.hpp"

using namespace steward::agents;

namespace {

constexpr int64_t second_us = 1'000'000;

} // namespace

CAF_TEST(queues are those of the seed) {
  const auto* agents = find_queue("autonomous-agents");
  CAF_REQUIRE(agents != nullptr);
  CAF_CHECK_EQUAL(agents->concurrent, 10u);
  CAF_CHECK_EQUAL(agents->per_second, 5u);
  CAF_CHECK_EQUAL(agents->attempts, 3u);
  CAF_CHECK_EQUAL(find_queue("analytics")->per_second, 2u);
  CAF_CHECK_EQUAL(find_queue("cleanup")->concurrent, 3u);
  CAF_CHECK(find_queue("fast") == nullptr);
}

CAF_TEST(a failed attempt waits twice as long as the one before and never longer than the most) {
  const auto* q = find_queue("autonomous-agents");
  CAF_CHECK_EQUAL(q->backoff_us(1), 10 * second_us);
  CAF_CHECK_EQUAL(q->backoff_us(2), 20 * second_us);
  CAF_CHECK_EQUAL(q->backoff_us(5), 160 * second_us);
  CAF_CHECK_EQUAL(q->backoff_us(60), 300 * second_us);
}

CAF_TEST(no more begin within any second than the queue allows) {
  task_queue q{*find_queue("autonomous-agents")};
  for (int i = 0; i < 5; ++i)
    CAF_CHECK_EQUAL(q.begin("a" + std::to_string(i), i * 100'000, i * 100'000), 0);
  CAF_CHECK_EQUAL(q.begin("a5", 500'000, 500'000), 500'000); // until the first is a second ago
  CAF_CHECK_EQUAL(q.begin("a5", 999'999, 999'999), 1);
  CAF_CHECK_EQUAL(q.begin("a5", 1'000'000, 1'000'000), 0);
  CAF_CHECK_EQUAL(q.begin("a6", 1'000'000, 1'000'000), 100'000);
}

CAF_TEST(no more run at once than the queue allows and the end of one makes room) {
  task_queue q{*find_queue("cleanup")};
  for (int i = 0; i < 3; ++i)
    CAF_CHECK_EQUAL(q.begin("a" + std::to_string(i), i * second_us, i * second_us), 0);
  CAF_CHECK(q.begin("a3", 10 * second_us, 10 * second_us) > 0);
  q.end("a1");
  CAF_CHECK_EQUAL(q.begin("a3", 10 * second_us, 10 * second_us), 0);
}

CAF_TEST(one that begins again has not ended and takes its own place) {
  task_queue q{*find_queue("cleanup")};
  for (int i = 0; i < 3; ++i)
    CAF_CHECK_EQUAL(q.begin("a" + std::to_string(i), i * second_us, i * second_us), 0);
  CAF_CHECK_EQUAL(q.begin("a0", 10 * second_us, 10 * second_us), 0);
  CAF_CHECK(q.begin("a3", 20 * second_us, 20 * second_us) > 0);
  // One that says nothing for minutes is lost.
  CAF_CHECK_EQUAL(q.begin("a3", 320 * second_us, 320 * second_us), 0);
}

CAF_TEST(a clock that is moved by hand makes room as time does) {
  task_queue q{*find_queue("autonomous-agents")};
  for (int i = 0; i < 5; ++i) CAF_CHECK_EQUAL(q.begin("a" + std::to_string(i), i, 0), 0);
  CAF_CHECK(q.begin("a5", 10, 0) > 0);
  CAF_CHECK_EQUAL(q.begin("a5", 20, 300 * second_us), 0);
}
