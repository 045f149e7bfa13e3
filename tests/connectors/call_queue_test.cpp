#define CAF_SUITE call_queue

#include "caf/test/dsl.hpp"
#include "connectors/call_queue.hpp"

#include <string>
#include <vector>

using steward::connectors::call_queue;

namespace {

/// Everything that may start now, in order.
std::vector<size_t> start_all(call_queue& queue) {
  std::vector<size_t> started;
  while (const auto call = queue.next()) started.push_back(*call);
  return started;
}
using numbers = std::vector<size_t>;

} // namespace

CAF_TEST(calls to one origin start in the order in which they came) {
  call_queue queue{10, 10};
  for (size_t i = 1; i <= 3; ++i) queue.add("a", i);
  CAF_CHECK_EQUAL(start_all(queue), (numbers{1, 2, 3}));
}

CAF_TEST(no more than the total start until one ends) {
  call_queue queue{2, 10};
  for (size_t i = 1; i <= 4; ++i) queue.add("a", i);
  CAF_CHECK_EQUAL(start_all(queue), (numbers{1, 2}));
  queue.ended("a");
  CAF_CHECK_EQUAL(start_all(queue), (numbers{3}));
}

CAF_TEST(a slow origin does not hold up the others) {
  call_queue queue{10, 2};
  for (size_t i = 1; i <= 5; ++i) queue.add("slow", i);
  queue.add("quick", 6);
  CAF_CHECK_EQUAL(start_all(queue), (numbers{1, 6, 2}));
  queue.ended("quick");
  CAF_CHECK_EQUAL(start_all(queue), numbers{});
  queue.ended("slow");
  CAF_CHECK_EQUAL(start_all(queue), (numbers{3}));
}

CAF_TEST(origins take turns) {
  call_queue queue{10, 10};
  for (size_t i = 1; i <= 3; ++i) queue.add("a", i);
  for (size_t i = 4; i <= 6; ++i) queue.add("b", i);
  CAF_CHECK_EQUAL(start_all(queue), (numbers{1, 4, 2, 5, 3, 6}));
}

CAF_TEST(dropped calls do not start and their turn goes on to the next) {
  call_queue queue{1, 1};
  for (size_t i = 1; i <= 4; ++i) queue.add("a", i);
  queue.add("b", 5);
  queue.drop("a", 1);
  queue.drop("a", 3);
  queue.drop("b", 5);
  queue.drop("c", 9);
  CAF_CHECK_EQUAL(start_all(queue), (numbers{2}));
  queue.ended("a");
  CAF_CHECK_EQUAL(start_all(queue), (numbers{4}));
  queue.ended("a");
  queue.ended("a"); // once too often: must not make room for more than the total
  queue.add("b", 6);
  queue.add("b", 7);
  CAF_CHECK_EQUAL(start_all(queue), (numbers{6}));
}
