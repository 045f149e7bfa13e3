#define CAF_SUITE alerts

#include "agents/alerts.hpp"

#include "agents/documents.hpp"
#include "caf/test/unit_test.hpp"

#include <limits>

using namespace steward::agents;

namespace {

constexpr int64_t minute_us = 60'000'000;

condition backlog(bool holds) {
  return {"approval_backlog", "", "warning", holds, 15 * minute_us, "11 wait", 11};
}

struct watched {
  alert_watch watch;
  int ids = 0;
  auto look(const std::vector<condition>& now, int64_t at) {
    return watch.look(now, at, "salon", [this] { return "alt_" + std::to_string(++ids); });
  }
};

} // namespace

CAF_TEST(what holds for long enough is raised once and resolved once) {
  watched w;
  const int64_t t = 1'000 * minute_us;
  CAF_CHECK(w.look({backlog(true)}, t).empty());
  CAF_CHECK_EQUAL(w.watch.next_due_us(), t + 15 * minute_us);
  CAF_CHECK(w.look({backlog(true)}, t + 15 * minute_us - 1).empty());
  const auto raised = w.look({backlog(true)}, t + 15 * minute_us);
  CAF_REQUIRE_EQUAL(raised.size(), 1u);
  CAF_CHECK(raised[0].raised);
  CAF_CHECK_EQUAL(text_of(raised[0].document, "status"), "raised");
  CAF_CHECK_EQUAL(time_of(raised[0].document.get("since")), t);
  CAF_CHECK_EQUAL(w.watch.next_due_us(), std::numeric_limits<int64_t>::max());
  CAF_CHECK(w.look({backlog(true)}, t + 20 * minute_us).empty());
  const auto over = w.look({backlog(false)}, t + 21 * minute_us);
  CAF_REQUIRE_EQUAL(over.size(), 1u);
  CAF_CHECK(!over[0].raised);
  CAF_CHECK_EQUAL(over[0].id, "alt_1");
  CAF_CHECK_EQUAL(text_of(over[0].document, "status"), "resolved");
  CAF_CHECK(w.look({backlog(false)}, t + 22 * minute_us).empty());
}

CAF_TEST(what stops in between begins anew) {
  watched w;
  const int64_t t = 1'000 * minute_us;
  w.look({backlog(true)}, t);
  w.look({backlog(false)}, t + 10 * minute_us);
  w.look({backlog(true)}, t + 11 * minute_us);
  CAF_CHECK(w.look({backlog(true)}, t + 16 * minute_us).empty());
  CAF_CHECK_EQUAL(w.look({backlog(true)}, t + 26 * minute_us).size(), 1u);
}

CAF_TEST(one that was stored as raised is not raised again and a subject that is gone is resolved) {
  watched first;
  const condition open{"circuit_breaker_open", "caller", "critical", true, 0, "failed", 1};
  const auto raised = first.look({open}, minute_us);
  CAF_REQUIRE_EQUAL(raised.size(), 1u);
  watched next;
  next.watch.restore(raised[0].document);
  CAF_CHECK(next.look({open}, 2 * minute_us).empty());
  const auto over = next.look({}, 3 * minute_us);
  CAF_REQUIRE_EQUAL(over.size(), 1u);
  CAF_CHECK_EQUAL(over[0].id, raised[0].id);
}
