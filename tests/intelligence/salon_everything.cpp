#define CAF_SUITE salon_everything

#include "salon_world.hpp"

#include <chrono>
#include <random>

using namespace steward;
using namespace steward::intelligence;
using namespace steward::intelligence::salon_test;

namespace {

constexpr std::array agents{
    "salon.gap_fill", "salon.no_show_prevention", "salon.waitlist", "salon.retention",
    "salon.upsell",   "salon.analytics",          "salon.cleanup"};
constexpr std::array others{"salon.answer",  "salon.book",     "salon.cancel",
                            "salon.confirm", "salon.complete", "salon.no_show"};

/// 20 members of the staff, 3,000 customers, half a year of appointments.
world large_salon() {
  auto w = small_salon();
  std::mt19937 random{7};
  const auto day = w.now_us / day_us * day_us;
  for (int i = 0; i < 20; ++i) {
    auto member = w.get("staff", "rahul");
    member.set("name", "Member " + std::to_string(i));
    w.put("staff", "s" + std::to_string(i), member);
  }
  w.collections["staff"].erase("rahul");
  for (int i = 0; i < 3000; ++i)
    w.put("customers", "c" + std::to_string(i),
          value::object({{"name", "Customer " + std::to_string(i)},
                         {"phone", "+91" + std::to_string(i)},
                         {"consent", json(R"({"whatsapp":true})")}}));
  int n = 0;
  for (int back = 150; back > -10; --back)
    for (int s = 0; s < 20; ++s)
      for (int hour = 9; hour < 17; ++hour) {
        if (hour == 13 || random() % 10 < 4) continue;
        const auto start = day - back * day_us + hour * hour_us;
        const auto past = start < w.now_us;
        w.put("appointments", "a" + std::to_string(n++),
              value::object(
                  {{"customer_id", "c" + std::to_string(random() % 3000)},
                   {"staff_id", "s" + std::to_string(s)},
                   {"service_id", "cut"},
                   {"start_time", instant_text(start)},
                   {"end_time", instant_text(start + 30 * minute_us)},
                   {"status", !past               ? "booked"
                              : random() % 8 == 0 ? "no_show"
                                                  : "completed"},
                   {"booked_at",
                    instant_text(start - static_cast<int64_t>(random() % 9) * day_us - hour_us)},
                   {"price", 500}}));
      }
  for (int i = 0; i < 30; ++i)
    w.put("waitlist", "w" + std::to_string(i),
          value::object({{"customer_id", "c" + std::to_string(i)},
                         {"service_id", "colour"},
                         {"earliest", "2024-01-15"},
                         {"latest", "2024-01-20"},
                         {"status", "waiting"},
                         {"created_at", "2024-01-10T10:00:00Z"}}));
  return w;
}

/// The value with parts of it taken away or replaced by what nobody expects.
value spoiled(const value& v, std::mt19937& random) {
  if (random() % 12 == 0) {
    switch (random() % 9) {
    case 0:
      return nullptr;
    case 1:
      return true;
    case 2:
      return -1;
    case 3:
      return 1e308;
    case 4:
      return "";
    case 5:
      return "2024-01-15T15:00:00Z";
    case 6:
      return value::empty_array();
    case 7:
      return value::empty_object();
    default:
      return "9999-12-31T23:59:59Z";
    }
  }
  if (v.is_object()) {
    auto out = value::empty_object();
    for (const auto& m : v.members())
      if (random() % 15 != 0) out.set(m.key.as_string(), spoiled(m.item, random));
    return out;
  }
  if (v.is_array()) {
    auto out = value::empty_array();
    for (const auto& item : v.items()) out.push_back(spoiled(item, random));
    return out;
  }
  return v;
}

} // namespace

CAF_TEST(every skill of the pack is there) {
  for (const auto* name : agents) CAF_CHECK(find_skill(name) != nullptr);
  for (const auto* name : others) CAF_CHECK(find_skill(name) != nullptr);
  CAF_CHECK(find_skill("salon.unknown") == nullptr);
  CAF_CHECK(find_skill("") == nullptr);
}

CAF_TEST(nothing observed gives a plan without contents) {
  const value nothing, empty = value::empty_object();
  for (const auto* name : agents)
    for (const auto* v : {&nothing, &empty}) {
      const auto plan = find_skill(name)({*v, *v, *v, *v, 1'705'312'800'000'000});
      CAF_CHECK_EQUAL(at(plan, "proposals"), "[]");
    }
  for (const auto* name : others) {
    const auto plan = find_skill(name)({nothing, nothing, nothing, nothing, 0});
    CAF_CHECK(plan.is_object());
  }
}

CAF_TEST(a day of a large salon) {
  auto w = large_salon();
  CAF_MESSAGE(w.collections["appointments"].size()
              << " appointments, " << w.collections["customers"].size() << " customers");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 7; ++i)
      if (round == 0) w.tick("salon.analytics"); // scores, 500 at a time
    for (const auto* name : agents) {
      const auto observed = w.seen();
      const auto begin = std::chrono::steady_clock::now();
      const auto plan = find_skill(name)({observed, value{}, w.settings, value{}, w.now_us});
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - begin;
      CAF_MESSAGE(name << " took " << took.count() << " ms: " << plan.get("writes").size()
                       << " writes, " << plan.get("proposals").size() << " proposals");
      w.apply(plan);
      CAF_CHECK(!w.conflict);
    }
    w.now_us += 5 * minute_us;
  }
}

CAF_TEST(records that were spoiled at random never stop a skill) {
  auto w = small_salon();
  w.put("waitlist", "w1", R"({"customer_id":"priya","service_id":"cut","earliest":"2024-01-15",
      "latest":"2024-01-16","status":"waiting","created_at":"2024-01-12T10:00:00Z"})");
  w.put("appointments", "a1", R"({"customer_id":"asha","staff_id":"rahul","service_id":"cut",
      "start_time":"2024-01-16T15:00:00Z","end_time":"2024-01-16T16:00:00Z","status":"booked"})");
  w.put("appointments", "a0", R"({"customer_id":"priya","staff_id":"rahul","service_id":"cut",
      "start_time":"2023-11-16T15:00:00Z","end_time":"2023-11-16T16:00:00Z","status":"completed"})");
  for (const auto* name : agents) w.tick(name);
  w.tick("salon.gap_fill");
  CAF_REQUIRE(!w.collections["outreach"].empty());
  const auto id = w.collections["outreach"].begin()->first;
  std::mt19937 random{3};
  size_t plans = 0;
  for (int i = 0; i < 500; ++i) {
    const auto observed = spoiled(w.seen(), random);
    const auto settings = spoiled(w.settings, random);
    const auto with = spoiled(json(R"({"days":2,"proposals_most":3,"risk_from":0.1})"), random);
    const auto answer = spoiled(w.answer_trigger(id, "yes"), random);
    const auto body = spoiled(json(R"({"body":{"customer_id":"priya","staff_id":"rahul",
        "service_id":"cut","start_time":"2024-01-15T15:00:00Z","appointment_id":"a1"},
        "id":"k"})"),
                              random);
    for (const auto* name : agents)
      plans += find_skill(name)({observed, answer, settings, with, w.now_us}).is_object() ? 1U : 0U;
    for (const auto* name : others)
      plans +=
          find_skill(name)({observed, name == others[0] ? answer : body, settings, with, w.now_us})
                  .is_object()
              ? 1U
              : 0U;
  }
  CAF_CHECK_EQUAL(plans, 500u * (agents.size() + others.size()));
}

CAF_TEST(a week of ticks and bookings never books anybody twice) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    auto w = small_salon();
    std::mt19937 random{seed};
    for (int i = 0; i < 30; ++i)
      w.put("customers", "c" + std::to_string(i),
            R"({"name":"C","phone":"+9","consent":{"whatsapp":true}})");
    const std::array answers{"yes", "no", "another time", "hm", "haan", "stop"};
    for (int step = 0; step < 400; ++step) {
      w.now_us += 15 * minute_us;
      if (step % 4 == 0)
        for (const auto* name : agents) {
          w.tick(name);
          CAF_REQUIRE(!w.conflict);
        }
      const auto start = w.now_us + static_cast<int64_t>(random() % 200) * 15 * minute_us;
      w.act("salon.book",
            workflow::to_json(value::object({{"customer_id", "c" + std::to_string(random() % 30)},
                                             {"staff_id", "rahul"},
                                             {"service_id", random() % 2 == 0 ? "cut" : "colour"},
                                             {"start_time", instant_text(start)}})),
            "k" + std::to_string(step));
      if (auto& open = w.collections["outreach"]; !open.empty()) {
        auto it = open.begin();
        std::advance(it, static_cast<long>(random() % open.size()));
        w.answer(std::string{it->first}, answers[random() % answers.size()]);
      }
    }
    std::vector<std::pair<int64_t, int64_t>> times;
    for (const auto& [id, r] : w.collections["appointments"]) {
      const auto status = world::text(r.data, "status");
      if (status == "cancelled") continue;
      times.emplace_back(parse_instant(world::text(r.data, "start_time")).value_or(0),
                         parse_instant(world::text(r.data, "end_time")).value_or(0));
    }
    std::sort(times.begin(), times.end());
    CAF_MESSAGE("seed " << seed << ": " << times.size() << " appointments, "
                        << w.collections["outreach"].size() << " messages");
    CAF_CHECK_LESS(10u, times.size());
    for (size_t i = 1; i < times.size(); ++i) CAF_CHECK(times[i - 1].second <= times[i].first);
  }
}
