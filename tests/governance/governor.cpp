#define CAF_SUITE governor

#include "caf/test/dsl.hpp"
#include "tests/governance/governor_reference.hpp"

#include <cstdlib>

using namespace steward::governance;
using namespace steward::governance::testing;

namespace {

constexpr int64_t noon_us = 1'700'000'000'000'000;
const quiet_hours never_quiet{0, 0};

action_request by(const std::string& agent, const std::string& customer = {}) {
  action_request r;
  r.agent = agent;
  r.decision_type = "gap_fill";
  r.customer = customer;
  return r;
}

/// A history of one tenant, made up by the dice: whatever happens, the gate says what the reference
/// says, and after a restart it is rebuilt from what was stored.
void check_history(unsigned seed, int steps) {
  std::mt19937 random{seed};
  const auto dice = [&](unsigned sides) { return static_cast<unsigned>(random() % sides); };
  const action_limits limits{1 + dice(5), 3 + dice(12), 1 + dice(2), 1 + dice(4)};
  governor gate{limits, {}, never_quiet};
  reference model{limits};
  auto now_us = noon_us;
  uint64_t next = 0;
  for (int i = 0; i < steps; ++i) {
    now_us += static_cast<int64_t>(dice(20) == 0 ? dice(7'200) : dice(400)) * second_us;
    const auto agent = "agent" + std::to_string(dice(3));
    const auto customer = dice(3) == 0 ? std::string{} : "c" + std::to_string(dice(8));
    switch (dice(12)) {
    case 0: {
      const auto whom = dice(5) == 0 ? std::string{} : agent;
      gate.pause(whom);
      model.paused.insert(whom);
      break;
    }
    case 1:
      for (const auto& whom : {std::string{}, agent}) {
        gate.resume(whom);
        model.paused.erase(whom);
      }
      break;
    case 2:
      if (dice(2) == 0) {
        gate.opt_out("c0");
        model.opted_out.insert("c0");
      } else {
        gate.opt_in("c0");
        model.opted_out.erase("c0");
      }
      break;
    case 3:
    case 4:
    case 5: {
      if (model.actions.empty()) break;
      const auto which = model.actions.size() - 1 -
                         dice(std::min<unsigned>(10, static_cast<unsigned>(model.actions.size())));
      const auto how = dice(3) == 0   ? action_end::succeeded
                       : dice(5) == 0 ? action_end::never_happened
                                      : action_end::failed;
      gate.settle(model.actions[which].id, how, now_us, "broken");
      model.settle(which, how, now_us);
      break;
    }
    default: {
      const auto r = by(agent, customer);
      const auto wanted = model.judge(r, now_us);
      const auto id = "a" + std::to_string(next++);
      const auto verdict = gate.begin(id, r, now_us);
      if (verdict.why != wanted) {
        CAF_ERROR("seed " << seed << " step " << i << ": " << std::string{to_string(verdict.why)}
                          << " instead of " << std::string{to_string(wanted)});
        return;
      }
      if (verdict.may_act()) model.begin(id, r, now_us);
      // What it says of the time is true: not before, but then.
      if (verdict.again_at_us > now_us && verdict.again_at_us < INT64_MAX &&
          verdict.why != refusal::circuit_open) {
        if (gate.judge(r, verdict.again_at_us - 1).may_act())
          CAF_ERROR("seed " << seed << ": early");
        const auto then = gate.judge(r, verdict.again_at_us).why;
        if (then == verdict.why) CAF_ERROR("seed " << seed << ": late");
      }
    }
    }
    if (i % 97 == 0) {
      model.forget_old(now_us);
      gate.forget_old(now_us);
    }
  }
}

} // namespace

CAF_TEST(limits of an agent slide with time) {
  governor gate{{2, 3, 9, 9}, {}, never_quiet};
  CAF_CHECK(gate.begin("1", by("a"), noon_us).may_act());
  CAF_CHECK(gate.begin("2", by("a"), noon_us + hour_us - 1).may_act());
  const auto third = gate.begin("3", by("a"), noon_us + hour_us - 1);
  CAF_CHECK(third.why == refusal::hourly_limit);
  CAF_CHECK_EQUAL(third.again_at_us, noon_us + hour_us);
  CAF_CHECK(gate.begin("3", by("a"), noon_us + hour_us).may_act());
  CAF_CHECK(gate.begin("4", by("a"), noon_us + 5 * hour_us).why == refusal::daily_limit);
  CAF_CHECK(gate.begin("4", by("b"), noon_us + 5 * hour_us).may_act());
  CAF_CHECK(gate.begin("5", by("a"), noon_us + day_us).may_act());
}

CAF_TEST(a customer is written to once an hour and three times a day whoever writes) {
  governor gate{{}, {}, never_quiet};
  CAF_CHECK(gate.begin("1", by("a", "ann"), noon_us).may_act());
  CAF_CHECK(gate.begin("2", by("b", "ann"), noon_us + 1).why == refusal::customer_hourly_limit);
  CAF_CHECK(gate.begin("2", by("b", "ben"), noon_us + 1).may_act());
  CAF_CHECK(gate.begin("3", by("b", "ann"), noon_us + hour_us).may_act());
  CAF_CHECK(gate.begin("4", by("a", "ann"), noon_us + 2 * hour_us).may_act());
  CAF_CHECK(gate.begin("5", by("a", "ann"), noon_us + 9 * hour_us).why ==
            refusal::customer_daily_limit);
  // What never happened annoyed nobody.
  gate.settle("4", action_end::never_happened, noon_us + 9 * hour_us);
  CAF_CHECK(gate.begin("5", by("a", "ann"), noon_us + 9 * hour_us).may_act());
}

CAF_TEST(five errors in a row open the circuit and one try closes it) {
  governor gate{{99, 99, 9, 9}, {}, never_quiet};
  auto now_us = noon_us;
  for (int i = 0; i < 5; ++i) {
    const auto id = std::to_string(i);
    CAF_CHECK(gate.begin(id, by("a"), ++now_us).may_act());
    gate.settle(id, action_end::failed, now_us, "no line");
  }
  const auto open = gate.judge(by("a"), now_us);
  CAF_CHECK(open.why == refusal::circuit_open);
  CAF_CHECK(open.reason.find("no line") != std::string::npos);
  CAF_CHECK_EQUAL(open.again_at_us, now_us + 300 * second_us);
  CAF_CHECK(gate.judge(by("b"), now_us).may_act());
  now_us = open.again_at_us;
  CAF_CHECK(gate.begin("try", by("a"), now_us).may_act());
  CAF_CHECK(gate.judge(by("a"), now_us).why == refusal::circuit_open); // one try at a time
  gate.settle("try", action_end::failed, now_us, "still none");
  CAF_CHECK_EQUAL(gate.judge(by("a"), now_us).again_at_us, now_us + 300 * second_us);
  now_us += 300 * second_us;
  CAF_CHECK(gate.begin("again", by("a"), now_us).may_act());
  gate.settle("again", action_end::succeeded, now_us);
  CAF_CHECK(gate.judge(by("a"), now_us).may_act());
}

CAF_TEST(whoever sleeps is not written to and everybody else is) {
  governor gate;
  auto ann = by("a", "ann"), ben = by("a", "ben");
  ann.zone = steward::workflow::schedule::time_zone::find("Asia/Kolkata").value();
  ben.zone = steward::workflow::schedule::time_zone::find("America/New_York").value();
  // 2023-11-14 22:13 UTC is 03:43 in Kolkata and 17:13 in New York.
  const auto asleep = gate.judge(ann, noon_us);
  CAF_CHECK(asleep.why == refusal::quiet_hours);
  CAF_CHECK_EQUAL((asleep.again_at_us - noon_us) / second_us / 60, 5 * 60 + 16);
  CAF_CHECK(gate.judge(ben, noon_us).may_act());
  CAF_CHECK(gate.judge(by("a"), noon_us).may_act()); // it writes to nobody
}

CAF_TEST(a restart forgets nothing that counts) {
  governor before{{2, 9, 1, 3}, {}, never_quiet}, after{{2, 9, 1, 3}, {}, never_quiet};
  before.begin("1", by("a", "ann"), noon_us);
  before.begin("2", by("a", "ben"), noon_us + 5);
  after.restore("2", "a", "ben", noon_us + 5, true);
  after.restore("1", "a", "ann", noon_us, false);
  CAF_CHECK(after.judge(by("a"), noon_us + 9).why == refusal::hourly_limit);
  CAF_CHECK(after.judge(by("b", "ann"), noon_us + 9).why == refusal::customer_hourly_limit);
  after.settle("2", action_end::never_happened, noon_us + 9);
  CAF_CHECK(after.judge(by("b", "ben"), noon_us + 9).may_act());
}

CAF_TEST(every history goes as the reference says) {
  const auto* wanted = std::getenv("STEWARD_GOVERNOR_ACTIONS");
  const auto actions = wanted ? std::atol(wanted) : 300'000;
  constexpr int steps = 1'000;
  for (unsigned seed = 1; seed <= actions / steps; ++seed) check_history(seed, steps);
  CAF_CHECK(true);
}
