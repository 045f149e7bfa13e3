#define CAF_SUITE gateway_outbox

#include "gateway/outbox.hpp"

#include "caf/test/dsl.hpp"

#include <chrono>
#include <future>
#include <thread>

using namespace steward;
using namespace steward::gateway;

namespace {

outbox::item answer(uint64_t request) {
  return {outbox::item::kind::answer, 1, request, reply::ok("{}")};
}

} // namespace

CAF_TEST(the thread is woken once for all that comes before it looks) {
  int wakes = 0;
  outbox box{[&] { ++wakes; }};
  box.put(answer(1));
  box.put(answer(2));
  CAF_CHECK_EQUAL(wakes, 1);
  std::vector<outbox::item> taken;
  box.take(taken);
  CAF_CHECK_EQUAL(taken.size(), 2u);
  box.put(answer(3));
  CAF_CHECK_EQUAL(wakes, 2);
}

CAF_TEST(a woken thread that looks at once does not wait for the one that woke it) {
  std::vector<outbox::item> taken;
  outbox* self = nullptr;
  outbox box{[&] {
    // What another thread would do on another core, while this one is still in `put`.
    std::thread{[&] { self->take(taken); }}.join();
  }};
  self = &box;
  box.put(answer(1));
  CAF_CHECK_EQUAL(taken.size(), 1u);
}

CAF_TEST(closing waits for a wake that is under way) {
  std::promise<void> begun, go_on;
  outbox box{[&] {
    begun.set_value();
    go_on.get_future().wait();
  }};
  std::thread putting{[&] { box.put(answer(1)); }};
  begun.get_future().wait();
  auto closed = std::async(std::launch::async, [&] { box.close(); });
  CAF_CHECK(closed.wait_for(std::chrono::milliseconds{50}) == std::future_status::timeout);
  go_on.set_value();
  CAF_CHECK(closed.wait_for(std::chrono::seconds{10}) == std::future_status::ready);
  putting.join();
}

CAF_TEST(after it is closed nothing is kept and nobody woken) {
  int wakes = 0;
  outbox box{[&] { ++wakes; }};
  box.put(answer(1));
  box.close();
  box.put(answer(2));
  std::vector<outbox::item> taken;
  box.take(taken);
  CAF_CHECK(taken.empty());
  CAF_CHECK_EQUAL(wakes, 1);
}
