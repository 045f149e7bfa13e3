#define CAF_SUITE salon_agents

#include "salon_world.hpp"

using namespace steward;
using namespace steward::intelligence;
using namespace steward::intelligence::salon_test;

namespace {

void appointment(world& w, const std::string& id, std::string_view customer, std::string_view start,
                 std::string_view status, std::string_view booked = "2024-01-10T10:00:00Z") {
  const auto begin = parse_instant(start).value_or(0);
  w.put("appointments", id,
        value::object({{"id", id},
                       {"customer_id", customer},
                       {"staff_id", "rahul"},
                       {"service_id", "cut"},
                       {"start_time", start},
                       {"end_time", instant_text(begin + 30 * minute_us)},
                       {"status", status},
                       {"booked_at", booked},
                       {"price", 500}}));
}

void score(world& w, const std::string& customer, std::string_view last_visit, int risk,
           int between = 30) {
  w.put("customer_scores", "score_" + customer,
        value::object(
            {{"customer_id", customer},
             {"segment", risk >= 60 ? "at_risk" : "regular"},
             {"ltv", json(R"({"last_12_months":4000,"average_per_visit":500})")},
             {"visit_frequency", value::object({{"total_visits", 8},
                                                {"average_days_between", between},
                                                {"last_visit", last_visit}})},
             {"churn_risk",
              value::object({{"score", risk}, {"factors", json(R"(["declining_spend"])")}})},
             {"preferences", json(R"({"preferred_staff":["rahul"],"preferred_services":["cut"],
                                      "preferred_time_slots":["afternoon"]})")},
             {"engagement", json(R"({"response_rate":0.5})")}}));
}

std::string proposed(const value& plan, std::string_view path = "customer_id") {
  std::string out;
  const auto proposals = plan.get("proposals");
  for (const auto& p : proposals.items()) out += at(p, path) + " ";
  return out;
}

} // namespace

CAF_TEST(who has missed appointments is asked to confirm the next) {
  auto w = small_salon();
  for (int i = 0; i < 4; ++i) {
    appointment(w, "p" + std::to_string(i), "priya",
                "2023-12-0" + std::to_string(i + 1) + "T11:00:00Z",
                i == 0 ? "completed" : "no_show", "2023-11-20T10:00:00Z");
    appointment(w, "q" + std::to_string(i), "asha",
                "2023-12-0" + std::to_string(i + 1) + "T12:00:00Z", "completed",
                "2023-11-20T10:00:00Z");
  }
  appointment(w, "next", "priya", "2024-01-16T11:00:00Z", "booked");
  appointment(w, "hers", "asha", "2024-01-16T12:00:00Z", "booked");
  const auto plan = w.tick("salon.no_show_prevention", R"({"risk_from":0.3})");
  CAF_CHECK_EQUAL(proposed(plan), "\"priya\" ");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.act.outreach.template"), "\"no_show_reminder\"");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.trigger_id"), "\"next\"");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.reasons.0"), "\"missed 3 of 4 appointments so far\"");
  CAF_CHECK_LESS(std::stod(w.at("appointments", "hers", "no_show_risk")),
                 std::stod(w.at("appointments", "next", "no_show_risk")));
  w.now_us += 10 * minute_us;
  const auto again = w.tick("salon.no_show_prevention", R"({"risk_from":0.3})");
  CAF_CHECK_EQUAL(at(again, "writes") + proposed(again), "[]");
  w.answer("out_1", "nein");
  CAF_CHECK_EQUAL(w.at("appointments", "next", "status"), "\"cancelled\"");
}

CAF_TEST(nobody is reminded at night or too late or without a way to) {
  auto w = small_salon();
  appointment(w, "next", "priya", "2024-01-15T16:00:00Z", "booked");
  const auto with = json(R"({"risk_from":0.01})");
  const auto count = [&] {
    return w.ask("salon.no_show_prevention", json("{}"), with).get("proposals").size();
  };
  CAF_CHECK_EQUAL(count(), 1u);
  const auto now = w.now_us;
  w.now_us = now - 4 * hour_us;
  CAF_CHECK_EQUAL(count(), 0u);
  w.now_us = now + 5 * hour_us;
  CAF_CHECK_EQUAL(count(), 0u);
  w.now_us = now;
  w.put("customers", "priya", R"({"name":"P","phone":"+1","consent":{"opted_out":true}})");
  CAF_CHECK_EQUAL(count(), 0u);
  w.put("customers", "priya", R"({"name":"P"})");
  CAF_CHECK_EQUAL(count(), 0u);
  w.put("customers", "priya", R"({"name":"P","phone":"+1"})"); // about an own appointment
  CAF_CHECK_EQUAL(count(), 1u);
  w.collections["customers"].clear();
  CAF_CHECK_EQUAL(count(), 0u);
}

CAF_TEST(a model is trained once a day and kept) {
  auto w = small_salon();
  for (int i = 0; i < 400; ++i) {
    const auto who = "c" + std::to_string(i % 20);
    const auto day = parse_instant("2023-06-01T11:00:00Z").value_or(0) + i * 12 * hour_us;
    appointment(w, "h" + std::to_string(i), who, instant_text(day),
                i % 20 < 4 && i % 3 != 0 ? "no_show" : "completed",
                instant_text(day - (i % 20 < 4 ? 9 : 1) * day_us));
  }
  appointment(w, "bad", "c1", "2024-01-16T11:00:00Z", "booked", "2024-01-06T10:00:00Z");
  appointment(w, "good", "c9", "2024-01-16T12:00:00Z", "booked", "2024-01-15T08:00:00Z");
  const auto plan = w.tick("salon.no_show_prevention");
  CAF_CHECK_EQUAL(at(plan, "writes.0.collection"), "\"forecasts\"");
  CAF_CHECK_EQUAL(w.at("forecasts", "no_show", "rows"), "400");
  CAF_CHECK_LESS(w.at("forecasts", "no_show", "model").size(), 800'000u);
  CAF_CHECK_LESS(0.3, std::stod(w.at("appointments", "bad", "no_show_risk")));
  CAF_CHECK_LESS(std::stod(w.at("appointments", "good", "no_show_risk")), 0.2);
  w.now_us += 10 * minute_us;
  const auto again = w.tick("salon.no_show_prevention");
  CAF_CHECK_EQUAL(at(again, "writes"), "[]");
  w.put("forecasts", "no_show",
        R"({"kind":"no_show","trained_at":"2024-01-15T10:00:00Z","model":"{"})");
  CAF_CHECK_EQUAL(at(w.tick("salon.no_show_prevention"), "writes.0.id"), "\"no_show\"");
}

CAF_TEST(who waits longest has the slot that fits) {
  auto w = small_salon();
  w.put("waitlist", "w1", R"({"customer_id":"priya","service_id":"colour","earliest":"2024-01-15",
      "latest":"2024-01-16","status":"waiting","created_at":"2024-01-12T10:00:00Z"})");
  w.put("waitlist", "w2", R"({"customer_id":"asha","service_id":"colour","earliest":"2024-01-15",
      "latest":"2024-01-15","status":"waiting","created_at":"2024-01-11T10:00:00Z"})");
  auto rahul = w.get("staff", "rahul");
  rahul.set("working_hours", json(R"({"mon":[["14:00","16:00"]],"tue":[["09:00","12:00"]]})"));
  w.put("staff", "rahul", rahul);
  w.tick("salon.gap_fill", R"({"proposals_most":0})");
  const auto plan = w.tick("salon.waitlist");
  CAF_CHECK_EQUAL(proposed(plan), "\"asha\" \"priya\" ");
  CAF_CHECK_EQUAL(proposed(plan, "time_slot"),
                  "\"2024-01-15T14:10:00Z\" \"2024-01-16T09:15:00Z\" ");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.details.gap_id"), "\"gap_rahul_20240115T1400\"");
  CAF_CHECK_EQUAL(w.at("waitlist", "w2", "status"), "\"offered\"");
  w.answer("out_1", "haan");
  CAF_CHECK_EQUAL(w.at("waitlist", "w2", "status"), "\"booked\"");
  CAF_CHECK_EQUAL(w.at("appointments", "apt_out_1", "source"), "\"waitlist\"");
  CAF_CHECK_EQUAL(w.at("gaps", "gap_rahul_20240115T1400", "status"), "\"filled\"");
  w.answer("out_2", "no");
  CAF_CHECK_EQUAL(w.at("waitlist", "w1", "status"), "\"waiting\"");
  // The slot that was declined is not offered again.
  w.now_us += hour_us;
  CAF_CHECK_EQUAL(proposed(w.tick("salon.waitlist")), "");
}

CAF_TEST(an entry whose offer came to nothing waits on) {
  auto w = small_salon();
  w.put("waitlist", "w1", R"({"customer_id":"priya","service_id":"cut","earliest":"2024-01-15",
      "latest":"2024-01-16","status":"waiting","created_at":"2024-01-12T10:00:00Z"})");
  const auto offered = w.ask("salon.waitlist", json("{}"));
  w.put("waitlist", "w1", merged(w.get("waitlist", "w1"), json(R"({"status":"offered",
      "offered_at":"2024-01-15T10:00:00Z"})"))); // and the gate refused the proposal
  w.now_us += 5 * minute_us;
  w.tick("salon.waitlist");
  CAF_CHECK_EQUAL(w.at("waitlist", "w1", "status"), "\"offered\"");
  w.now_us += 5 * minute_us;
  w.tick("salon.waitlist");
  CAF_CHECK_EQUAL(w.at("waitlist", "w1", "status"), "\"waiting\"");
  CAF_CHECK_EQUAL(proposed(offered), "\"priya\" ");
}

CAF_TEST(those about to leave are invited back with a time that suits them) {
  auto w = small_salon();
  w.put("customers", "nina", R"({"name":"Nina","phone":"+3","consent":{"sms":true}})");
  score(w, "priya", "2023-10-01", 75);
  score(w, "asha", "2024-01-01", 20);
  score(w, "nina", "2023-11-01", 30); // 75 days, usually 30
  auto plan = w.ask("salon.retention", json("{}"));
  CAF_CHECK_EQUAL(proposed(plan), "\"priya\" \"nina\" ");
  CAF_CHECK_EQUAL(proposed(plan, "decision_type"), "\"retention\" \"retention\" ");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.time_slot"), "\"2024-01-15T13:30:00Z\""); // an afternoon
  CAF_CHECK_EQUAL(at(plan, "proposals.1.act.outreach.channel"), "\"sms\"");
  w.settings.set("discounts", json(R"({"at_risk_percent":15})"));
  plan = w.tick("salon.retention", R"({"proposals_most":1})");
  CAF_CHECK_EQUAL(proposed(plan, "decision_type"), "\"discount_offer\" ");
  w.now_us += hour_us;
  CAF_CHECK_EQUAL(proposed(w.tick("salon.retention")), "\"nina\" ");
  w.now_us += hour_us;
  CAF_CHECK_EQUAL(proposed(w.tick("salon.retention")), "");
  w.answer("out_1", "oui");
  CAF_CHECK_EQUAL(w.at("appointments", "apt_out_1", "price"), "425");
}

CAF_TEST(the next visit is proposed in the rhythm of the customer) {
  auto w = small_salon();
  score(w, "priya", "2023-12-20", 20); // due on 19 January
  score(w, "asha", "2024-01-05", 20);  // due in three weeks
  auto plan = w.ask("salon.upsell", json("{}"));
  CAF_CHECK_EQUAL(proposed(plan), "\"priya\" ");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.decision_type"), "\"upsell\"");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.act.outreach.outreach_type"), "\"rebooking\"");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.time_slot"), "\"2024-01-18T12:00:00Z\"");
  // A visit that the scores don't know yet: the rhythm begins anew.
  appointment(w, "a", "priya", "2024-01-14T11:00:00Z", "completed");
  CAF_CHECK_EQUAL(proposed(w.ask("salon.upsell", json("{}"))), "");
  w.collections["appointments"].clear();
  appointment(w, "b", "priya", "2024-01-25T11:00:00Z", "booked");
  CAF_CHECK_EQUAL(proposed(w.ask("salon.upsell", json("{}"))), "");
}

CAF_TEST(scores are written once and again when there were visits) {
  auto w = small_salon();
  for (int i = 1; i <= 6; ++i)
    appointment(w, "p" + std::to_string(i), "priya",
                "2023-0" + std::to_string(i + 2) + "-10T11:00:00Z", "completed");
  w.put("appointments", "p6", merged(w.get("appointments", "p6"), json(R"({"amount":512.5})")));
  w.tick("salon.analytics");
  const auto document = w.get("customer_scores", "score_priya");
  CAF_CHECK_EQUAL(at(document, "visit_frequency.total_visits"), "6");
  CAF_CHECK_EQUAL(at(document, "ltv.total"), "3012.5");
  CAF_CHECK_EQUAL(at(document, "visit_frequency.last_visit"), "\"2023-08-10\"");
  CAF_CHECK_EQUAL(w.at("customer_scores", "score_asha", "segment"), "\"new\"");
  w.now_us += hour_us;
  CAF_CHECK_EQUAL(at(w.tick("salon.analytics"), "writes"), "[]");
  appointment(w, "now", "priya", "2024-01-15T10:00:00Z", "completed");
  const auto plan = w.tick("salon.analytics");
  CAF_CHECK_EQUAL(plan.get("writes").size(), 2u); // hers, and the day
  CAF_CHECK_EQUAL(w.at("daily_stats", "2024-01-15", "revenue"), "500");
  CAF_CHECK_EQUAL(w.at("daily_stats", "2024-01-15", "appointments.completed"), "1");
  CAF_CHECK_EQUAL(w.at("customer_scores", "score_priya", "created_at"), "\"2024-01-15T10:00:00Z\"");
  w.collections["customers"].erase("asha");
  w.tick("salon.analytics");
  CAF_CHECK_EQUAL(w.collections["customer_scores"].contains("score_asha"), false);
}

CAF_TEST(scores are written a bounded number at a time) {
  auto w = small_salon();
  for (int i = 0; i < 50; ++i) w.put("customers", "c" + std::to_string(i), R"({"name":"C"})");
  CAF_CHECK_EQUAL(w.tick("salon.analytics", R"({"writes_most":20})").get("writes").size(), 20u);
  CAF_CHECK_EQUAL(w.tick("salon.analytics", R"({"writes_most":20})").get("writes").size(), 20u);
  CAF_CHECK_EQUAL(w.tick("salon.analytics", R"({"writes_most":20})").get("writes").size(), 14u);
}

CAF_TEST(what is over is cleaned up) {
  auto w = small_salon();
  w.put("outreach", "o1",
        R"({"status":"sent","expires_at":"2024-01-15T09:00:00Z","decision_id":"d1"})");
  w.put("outreach", "o2", R"({"status":"responded","expires_at":"2024-01-15T09:00:00Z"})");
  w.put("outreach", "o3", R"({"status":"read","expires_at":"2024-01-15T11:00:00Z"})");
  w.put("outreach", "o4", R"({"status":"read"})");
  w.put("waitlist", "w1", R"({"status":"waiting","latest":"2024-01-14"})");
  w.put("waitlist", "w2", R"({"status":"waiting","latest":"2024-01-15"})");
  w.put("waitlist", "w3", R"({"status":"booked","latest":"2024-01-10"})");
  w.put("gaps", "g1", R"({"status":"open","end_time":"2024-01-15T09:30:00Z"})");
  w.put("gaps", "g2", R"({"status":"open","end_time":"2024-01-15T10:30:00Z"})");
  w.put("staff_days", "rahul:2024-01-01", R"({"date":"2024-01-01"})");
  w.put("staff_days", "rahul:2024-01-15", R"({"date":"2024-01-15"})");
  w.tick("salon.cleanup");
  std::string states;
  for (const auto* id : {"o1", "o2", "o3", "o4"}) states += w.at("outreach", id, "status");
  for (const auto* id : {"w1", "w2", "w3"}) states += w.at("waitlist", id, "status");
  for (const auto* id : {"g1", "g2"}) states += w.at("gaps", id, "status");
  CAF_CHECK_EQUAL(states,
                  R"("expired""responded""read""read""expired""waiting""booked""expired""open")");
  CAF_CHECK_EQUAL(w.events_text(), "GAP_EXPIRED gaps/g1\n");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", "d1", "outcome.status"), "\"expired\"");
  CAF_CHECK_EQUAL(w.collections["staff_days"].size(), 1u);
  CAF_CHECK_EQUAL(at(w.tick("salon.cleanup"), "writes"), "[]");
}
