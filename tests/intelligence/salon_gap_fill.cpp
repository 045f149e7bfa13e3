#define CAF_SUITE salon_gap_fill

#include "salon_world.hpp"

using namespace steward;
using namespace steward::intelligence;
using namespace steward::intelligence::salon_test;

namespace {

/// Monday is full but for 15:00 to 16:00, and nobody works on another day.
world nearly_full() {
  auto w = small_salon();
  auto rahul = w.get("staff", "rahul");
  rahul.set("working_hours", json(R"({"mon":[["10:00","17:00"]]})"));
  w.put("staff", "rahul", rahul);
  w.put("appointments", "a1", R"({"customer_id":"c1","staff_id":"rahul","service_id":"cut",
      "start_time":"2024-01-15T10:00:00Z","end_time":"2024-01-15T15:00:00Z","status":"booked"})");
  w.put("appointments", "a2", R"({"customer_id":"c2","staff_id":"rahul","service_id":"cut",
      "start_time":"2024-01-15T16:00:00Z","end_time":"2024-01-15T17:00:00Z","status":"booked"})");
  return w;
}

const std::string the_gap = "gap_rahul_20240115T1500";

} // namespace

CAF_TEST(a gap is recorded once with the fields of its document) {
  auto w = nearly_full();
  w.collections["customers"].clear();
  w.tick("salon.gap_fill");
  const auto gap = w.get("gaps", the_gap);
  CAF_CHECK_EQUAL(at(gap, "status"), "\"open\"");
  CAF_CHECK_EQUAL(at(gap, "staff_name"), "\"Rahul Kumar\"");
  CAF_CHECK_EQUAL(at(gap, "duration_minutes"), "60");
  CAF_CHECK_EQUAL(at(gap, "services_fittable"), "[\"cut\"]");
  CAF_CHECK_EQUAL(at(gap, "potential_revenue"), "1000");
  CAF_CHECK_EQUAL(w.events_text(), "GAP_DETECTED gaps/" + the_gap + "\n");
  w.now_us += 5 * minute_us;
  const auto again = w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(at(again, "writes"), "[]");
  CAF_CHECK_EQUAL(w.events.size(), 1u);
}

CAF_TEST(the best customers are asked and nobody twice) {
  auto w = nearly_full();
  const auto plan = w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(plan.get("proposals").size(), 2u);
  const auto first = value{plan.get("proposals").items()[0]};
  CAF_CHECK_EQUAL(at(first, "decision_type"), "\"gap_fill\"");
  CAF_CHECK_EQUAL(at(first, "trigger_id"), "\"" + the_gap + "\"");
  CAF_CHECK_EQUAL(at(first, "time_slot"), "\"2024-01-15T15:00:00Z\"");
  CAF_CHECK_EQUAL(at(first, "act.outreach.template"), "\"gap_offer\"");
  CAF_CHECK_EQUAL(at(first, "act.outreach.offer_details.service_id"), "\"cut\"");
  CAF_CHECK_EQUAL(at(first, "act.outreach.channel"), "\"whatsapp\"");
  CAF_CHECK_EQUAL(at(first, "revenue"), "500");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "fill_attempts"), "2");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "last_attempt_at"), "\"2024-01-15T10:00:00Z\"");
  w.now_us += 2 * hour_us;
  CAF_CHECK_EQUAL(w.tick("salon.gap_fill").get("proposals").size(), 0u);
}

CAF_TEST(who has let an offer pass is not asked about the same gap again) {
  auto w = nearly_full();
  w.tick("salon.gap_fill", R"({"offers_per_gap":1})");
  const auto asked = world::text(w.get("outreach", "out_1"), "customer_id");
  w.put("outreach", "out_1", merged(w.get("outreach", "out_1"), json(R"({"status":"expired"})")));
  w.put(
      "autonomous_decisions", "dec_1",
      merged(w.get("autonomous_decisions", "dec_1"), json(R"({"outcome":{"status":"expired"}})")));
  w.now_us += 3 * hour_us;
  const auto plan = w.tick("salon.gap_fill", R"({"offers_per_gap":2})");
  CAF_CHECK_EQUAL(plan.get("proposals").size(), 1u);
  CAF_CHECK_NOT_EQUAL(at(plan, "proposals.0.customer_id"), "\"" + asked + "\"");
}

CAF_TEST(the fields of a message are in the language of the customer) {
  auto w = nearly_full();
  w.collections["customers"].erase("priya");
  const auto plan = w.tick("salon.gap_fill");
  const auto outreach = value{plan.get("proposals").items()[0].get("act").get("outreach")};
  CAF_CHECK_EQUAL(at(outreach, "language"), "\"hi\"");
  CAF_CHECK_EQUAL(at(outreach, "fields.day"), "\"आज\"");
  CAF_CHECK_EQUAL(at(outreach, "fields.time"), "\"15:00\"");
  CAF_CHECK_EQUAL(at(outreach, "fields.first_name"), "\"Asha\"");
  CAF_CHECK_EQUAL(at(outreach, "fields.salon"), "\"Glow\"");
}

CAF_TEST(without consent or after opting out nobody is asked) {
  auto w = nearly_full();
  w.put("customers", "priya", R"({"name":"Priya","phone":"+911","consent":{"whatsapp":true,
      "opted_out":true}})");
  w.put("customers", "asha", R"({"name":"Asha","phone":"+912","consent":{}})");
  w.put("customers", "nina", R"({"name":"Nina","consent":{"whatsapp":true}})");
  const auto plan = w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(plan.get("proposals").size(), 0u);
}

CAF_TEST(those at risk get a discount if the owner gives one) {
  auto w = nearly_full();
  w.collections["customers"].erase("asha");
  w.put("customer_scores", "score_priya", R"({"customer_id":"priya","segment":"at_risk",
      "ltv":{"average_per_visit":500},"visit_frequency":{"total_visits":9,
      "average_days_between":20,"last_visit":"2023-11-01"},"churn_risk":{"score":70},
      "engagement":{"response_rate":0.5}})");
  auto plan = w.ask("salon.gap_fill", json("{}"));
  CAF_CHECK_EQUAL(at(plan, "proposals.0.decision_type"), "\"gap_fill\"");
  w.settings.set("discounts", json(R"({"at_risk_percent":25})"));
  plan = w.ask("salon.gap_fill", json("{}"));
  CAF_CHECK_EQUAL(at(plan, "proposals.0.decision_type"), "\"discount_offer\"");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.details.discount_percent"), "25");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.revenue"), "375");
  CAF_CHECK_EQUAL(at(plan, "proposals.0.act.outreach.offer_details.discount_percent"), "25");
}

CAF_TEST(a gap that was booked is filled and what was asked about it expires) {
  auto w = nearly_full();
  w.tick("salon.gap_fill");
  w.put("appointments", "a3", R"({"customer_id":"c3","staff_id":"rahul","service_id":"cut",
      "start_time":"2024-01-15T15:00:00Z","end_time":"2024-01-15T16:00:00Z","status":"booked",
      "price":500})");
  w.now_us += 5 * minute_us;
  w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "status"), "\"filled\"");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "filled_by"), "\"c3\"");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "filled_revenue"), "500");
  CAF_CHECK_EQUAL(w.at("outreach", "out_1", "status"), "\"expired\"");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", "dec_1", "outcome.status"), "\"expired\"");
  CAF_CHECK_NOT_EQUAL(w.events_text().find("GAP_FILLED"), std::string::npos);
  // Cancelled: the same time is another gap, and the one that was filled stays so.
  w.put("appointments", "a3",
        merged(w.get("appointments", "a3"), json(R"({"status":"cancelled"})")));
  w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "status"), "\"filled\"");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap + "_2", "status"), "\"open\"");
}

CAF_TEST(a gap whose time is over expires and one whose hours changed is ignored) {
  auto w = nearly_full();
  w.tick("salon.gap_fill");
  auto gone = w;
  gone.collections["staff"].clear();
  gone.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(gone.at("gaps", the_gap, "status"), "\"ignored\"");
  w.now_us += 6 * hour_us;
  w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "status"), "\"expired\"");
  CAF_CHECK_NOT_EQUAL(w.events_text().find("GAP_EXPIRED"), std::string::npos);
}

CAF_TEST(a gap keeps its id while the clock runs into it) {
  auto w = nearly_full();
  w.tick("salon.gap_fill");
  w.now_us += 5 * hour_us + 7 * minute_us; // 15:07
  w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "status"), "\"open\"");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "start_time"), "\"2024-01-15T15:15:00Z\"");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "duration_minutes"), "45");
  CAF_CHECK_EQUAL(w.collections["gaps"].size(), 1u);
}

CAF_TEST(nothing is proposed in quiet hours) {
  auto w = nearly_full();
  w.now_us -= 3 * hour_us; // 7:00
  CAF_CHECK_EQUAL(w.tick("salon.gap_fill").get("proposals").size(), 0u);
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "fill_attempts"), "0");
  w.now_us += 2 * hour_us + 5 * minute_us;
  CAF_CHECK_EQUAL(w.tick("salon.gap_fill").get("proposals").size(), 2u);
}

CAF_TEST(proposals and offers stay within what was asked for) {
  auto w = nearly_full();
  for (int i = 0; i < 20; ++i)
    w.put("customers", "c" + std::to_string(100 + i),
          R"({"name":"C","phone":"+9","consent":{"sms":true}})");
  CAF_CHECK_EQUAL(w.ask("salon.gap_fill", json("{}")).get("proposals").size(), 3u);
  CAF_CHECK_EQUAL(
      w.ask("salon.gap_fill", json("{}"), json(R"({"offers_per_gap":9})")).get("proposals").size(),
      9u);
  CAF_CHECK_EQUAL(
      w.ask("salon.gap_fill", json("{}"), json(R"({"offers_per_gap":9,"proposals_most":4})"))
          .get("proposals")
          .size(),
      4u);
}

CAF_TEST(records that lack everything are passed over) {
  auto w = nearly_full();
  for (const auto* collection : {"staff", "services", "customers", "appointments", "gaps",
                                 "outreach", "autonomous_decisions", "customer_scores"}) {
    w.put(collection, "empty", "{}");
    w.put(collection, "wrong", R"({"name":7,"skills":"x","working_hours":{"mon":[[1,2],["a","b"],
        [["x"]]],"tue":5},"duration_minutes":-1e300,"price":"free","start_time":5,"status":[],
        "consent":3,"customer_id":{},"expires_at":"soon","outcome":1,"context":[],"phone":1})");
  }
  w.put("appointments", "backwards", R"({"staff_id":"rahul","start_time":"2024-01-15T15:30:00Z",
      "end_time":"2024-01-15T12:00:00Z","status":"cancelled"})");
  const auto plan = w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(plan.get("proposals").size(), 2u);
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "status"), "\"open\"");
}

CAF_TEST(the day on which the clocks change has its hours) {
  auto w = nearly_full();
  w.settings.set("zone", "Europe/Berlin");
  w.collections["appointments"].clear();
  auto rahul = w.get("staff", "rahul");
  rahul.set("working_hours", json(R"({"sun":[["01:00","05:00"]]})"));
  w.put("staff", "rahul", rahul);
  w.now_us = parse_instant("2024-03-30T12:00:00Z").value_or(0); // the night before
  w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(w.at("gaps", "gap_rahul_20240331T0000", "duration_minutes"), "180");
  w.now_us = parse_instant("2024-10-26T12:00:00Z").value_or(0);
  w.tick("salon.gap_fill");
  CAF_CHECK_EQUAL(w.at("gaps", "gap_rahul_20241026T2300", "duration_minutes"), "300");
}
