#define CAF_SUITE machine_steps

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

using lines = std::vector<std::string>;

std::string data_of(const rig& r, size_t i) { return to_json(r.log.steps.at(i).data); }

} // namespace

CAF_TEST(the steps of a run tell its tasks with their data) {
  auto r = rig{"do: [{outer: {do: [{inner: {set: {a: '${ .n }'}}}]}}]"};
  r.start(R"({"n": 1})");
  CAF_CHECK_EQUAL(r.log.lines,
                  (lines{"workflow.started", "task.started outer", "task.started inner",
                         "task.completed inner", "task.completed outer", "workflow.completed"}));
  CAF_CHECK_EQUAL(data_of(r, 0), R"({"input":{"n":1}})");
  CAF_CHECK_EQUAL(data_of(r, 2), R"({"input":{"n":1}})");
  CAF_CHECK_EQUAL(data_of(r, 3), R"({"output":{"a":1}})");
  CAF_CHECK_EQUAL(data_of(r, 5), R"({"output":{"a":1}})");
  CAF_CHECK_EQUAL(std::string{r.log.steps[2].task}, "/do/0/outer/do/0/inner");
  CAF_CHECK_EQUAL(r.log.steps[2].time_us, r.now);
  CAF_CHECK_EQUAL(std::string{r.log.steps[0].task}, "");
}

CAF_TEST(a fault is told from the inside out) {
  auto r = rig{"do: [{outer: {do: [{inner: {set: {a: '${ error(\"x\") }'}}}]}}]"};
  r.start();
  CAF_CHECK_EQUAL(r.log.lines,
                  (lines{"workflow.started", "task.started outer", "task.started inner",
                         "task.faulted inner", "task.faulted outer", "workflow.faulted"}));
  CAF_CHECK_EQUAL(to_json(r.log.steps[5].data.get("error").get("status")), "400");
}

CAF_TEST(retries are told with the delay and the attempt to come) {
  auto r = rig{R"(
do:
  - guard:
      try: [{ask: {call: http, with: {method: get, endpoint: 'https://x.io'}}}]
      catch: {retry: {delay: PT2S, limit: {attempt: {count: 1}}}, do: [{give_up: {set: {a: 1}}}]}
)"};
  r.start().answer(500, "").fire().answer(500, "");
  CAF_CHECK_EQUAL(
      r.log.lines,
      (lines{"workflow.started", "task.started guard", "task.started ask", "task.faulted ask",
             "task.retried guard", "task.started ask", "task.faulted ask", "task.started give_up",
             "task.completed give_up", "task.completed guard", "workflow.completed"}));
  CAF_CHECK_EQUAL(to_json(r.log.steps[4].data.get("delay_ms")), "2000");
  CAF_CHECK_EQUAL(to_json(r.log.steps[4].data.get("error").get("status")), "500");
  CAF_CHECK_EQUAL(r.log.steps[2].attempt, 1);
  CAF_CHECK_EQUAL(r.log.steps[4].attempt, 2);
  CAF_CHECK_EQUAL(r.log.steps[5].attempt, 2);
}

CAF_TEST(tasks abandoned by a timeout or a cancellation are told as cancelled) {
  auto timeout = rig{"do: [{scope: {timeout: {after: PT1M}, do: [{pause: {wait: PT1H}}]}}]"};
  timeout.start().after(60 * rig::second).give(timer_fired{2});
  CAF_CHECK_EQUAL(timeout.log.lines,
                  (lines{"workflow.started", "task.started scope", "task.started pause",
                         "task.cancelled pause", "task.faulted scope", "workflow.faulted"}));
  auto cancelled = rig{"do: [{scope: {do: [{pause: {wait: PT1H}}]}}]"};
  cancelled.start().give(cancel_requested{"by hand"});
  CAF_CHECK_EQUAL(cancelled.log.lines,
                  (lines{"workflow.started", "task.started scope", "task.started pause",
                         "task.cancelled pause", "task.cancelled scope", "workflow.cancelled"}));
  CAF_CHECK_EQUAL(data_of(cancelled, 5), R"({"reason":"by hand"})");
}

CAF_TEST(suspending and resuming are told) {
  auto r = rig{"do: [{pause: {wait: PT1H}}]"};
  r.start().give(suspend_requested{}).give(resume_requested{});
  CAF_CHECK_EQUAL(r.log.lines, (lines{"workflow.started", "task.started pause",
                                      "workflow.suspended", "workflow.resumed"}));
}

CAF_TEST(an end in the depth completes the tasks around) {
  auto r = rig{"do: [{outer: {do: [{inner: {set: {a: 1}, then: end}}]}}, {never: {set: {b: 1}}}]"};
  r.start();
  CAF_CHECK_EQUAL(r.log.lines,
                  (lines{"workflow.started", "task.started outer", "task.started inner",
                         "task.completed inner", "task.completed outer", "workflow.completed"}));
}

CAF_TEST(watching a run does not change it) {
  auto yaml = "do: [{a: {set: {x: 1}}}, {pause: {wait: PT1S}}]";
  auto watched = rig{yaml};
  watched.start().fire();
  auto alone = machine{watched.what};
  for (const auto& e : watched.journal) alone.advance(e);
  CAF_CHECK_EQUAL(describe(alone), describe(watched.m));
}
