#define CAF_SUITE salon_answers

#include "salon_world.hpp"

using namespace steward;
using namespace steward::intelligence;
using namespace steward::intelligence::salon_test;

namespace {

const std::string the_gap = "gap_rahul_20240115T1500";

/// Priya and Asha have been offered Monday 15:00 to 16:00: which is whose outreach is told by
/// `of`.
world asked() {
  auto w = small_salon();
  auto rahul = w.get("staff", "rahul");
  rahul.set("working_hours", json(R"({"mon":[["15:00","16:00"]],"tue":[["10:00","12:00"]]})"));
  w.put("staff", "rahul", rahul);
  w.put("appointments", "other", R"({"customer_id":"c9","staff_id":"rahul","service_id":"cut",
      "start_time":"2024-01-15T15:30:00Z","end_time":"2024-01-15T16:00:00Z","status":"booked"})");
  w.tick("salon.gap_fill", R"({"days":1})");
  return w;
}

std::string of(world& w, std::string_view customer) {
  for (const auto& [id, r] : w.collections["outreach"])
    if (world::text(r.data, "customer_id") == customer) return id;
  CAF_FAIL("nobody asked " << customer);
  return {};
}

std::string decision_of(world& w, std::string_view customer) {
  return world::text(w.get("outreach", of(w, customer)), "decision_id");
}

} // namespace

CAF_TEST(who says yes first has the slot and the other is told) {
  auto w = asked();
  const auto first = of(w, "asha"), second = of(w, "priya");
  w.answer(first, "haan ji 👍");
  const auto booked = w.get("appointments", "apt_" + first);
  CAF_CHECK_EQUAL(at(booked, "customer_id"), "\"asha\"");
  CAF_CHECK_EQUAL(at(booked, "start_time"), "\"2024-01-15T15:00:00Z\"");
  CAF_CHECK_EQUAL(at(booked, "source"), "\"gap_fill\"");
  CAF_CHECK_EQUAL(at(booked, "outreach_id"), "\"" + first + "\"");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "status"), "\"filled\"");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "filled_by"), "\"asha\"");
  CAF_CHECK_NOT_EQUAL(w.events_text().find("GAP_FILLED gaps/" + the_gap), std::string::npos);
  const auto won = decision_of(w, "asha"), lost = decision_of(w, "priya");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", won, "outcome.status"), "\"success\"");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", won, "outcome.revenue"), "500");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", lost, "outcome.status"), "\"expired\"");
  CAF_CHECK_EQUAL(w.at("outreach", second, "status"), "\"expired\"");
  CAF_CHECK_EQUAL(w.said_text(), "gone to priya\nbooked to asha\n");
  // Too late, but polite.
  w.messages.clear();
  w.answer(second, "Yes please!");
  CAF_CHECK_EQUAL(w.said_text(), "gone to priya\n");
  CAF_CHECK_EQUAL(w.collections["appointments"].size(), 2u);
}

CAF_TEST(offers of another part of the same gap stay open) {
  auto w = small_salon();
  w.tick("salon.gap_fill", R"({"days":1})");
  const auto first = of(w, "asha"), second = of(w, "priya");
  w.put("outreach", second,
        merged(w.get("outreach", second),
               json(R"({"offer_details":{"start_time":"2024-01-15T12:00:00Z"}})")));
  w.put("outreach", first,
        merged(w.get("outreach", first),
               json(R"({"offer_details":{"start_time":"2024-01-15T10:30:00Z"}})")));
  w.answer(first, "yes");
  CAF_CHECK_EQUAL(w.at("outreach", second, "status"), "\"sent\"");
  CAF_CHECK_EQUAL(w.said_text(), "booked to asha\n");
  w.answer(second, "yes");
  CAF_CHECK_EQUAL(w.said_text(), "booked to asha\nbooked to priya\n");
  CAF_CHECK_EQUAL(w.collections["appointments"].size(), 2u);
}

CAF_TEST(two who say yes at once are never both booked) {
  auto w = asked();
  const auto first = of(w, "asha"), second = of(w, "priya");
  const auto one = w.ask("salon.answer", w.answer_trigger(first, "yes"));
  const auto other = w.ask("salon.answer", w.answer_trigger(second, "yes"));
  w.apply(one);
  w.apply(other);
  CAF_CHECK(w.conflict); // the server asks again then
  w.answer(second, "yes");
  CAF_CHECK_EQUAL(w.collections["appointments"].size(), 2u);
}

CAF_TEST(yes said twice books once) {
  auto w = asked();
  const auto id = of(w, "priya");
  w.answer(id, "yes");
  w.messages.clear();
  const auto again = w.answer(id, "YES!!");
  CAF_CHECK_EQUAL(at(again, "writes"), "[]");
  CAF_CHECK_EQUAL(at(again, "outcomes"), "[]");
  CAF_CHECK_EQUAL(w.said_text(), "booked to priya\n");
}

CAF_TEST(a no after a yes cancels and the decision has failed) {
  auto w = asked();
  const auto id = of(w, "priya");
  w.answer(id, "yes");
  w.messages.clear();
  w.answer(id, "oh no, I can't");
  CAF_CHECK_EQUAL(w.at("appointments", "apt_" + id, "status"), "\"cancelled\"");
  const auto decision = decision_of(w, "priya");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", decision, "outcome.status"), "\"failed\"");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", decision, "outcome.revenue"), "0");
  CAF_CHECK_EQUAL(w.said_text(), "declined to priya\n");
}

CAF_TEST(after a booking another time and stop leave it as it is) {
  auto w = asked();
  const auto id = of(w, "priya");
  w.answer(id, "yes");
  w.answer(id, "thanks a lot");
  w.answer(id, "another time is better");
  w.answer(id, "stop");
  CAF_CHECK_EQUAL(w.at("appointments", "apt_" + id, "status"), "\"booked\"");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", decision_of(w, "priya"), "outcome.status"),
                  "\"success\"");
  CAF_CHECK_EQUAL(w.said_text(), "gone to asha\nbooked to priya\nanother_time to priya\n"
                                 "stopped to priya\n");
}

CAF_TEST(an answer to a reply is one to what the reply was about) {
  auto w = asked();
  const auto id = of(w, "priya");
  w.put("outreach", "out_8",
        value::object({{"customer_id", "priya"},
                       {"reply_to", id},
                       {"status", "sent"},
                       {"offer_details", nullptr}}));
  w.answer("out_8", "YES");
  CAF_CHECK_EQUAL(w.at("appointments", "apt_" + id, "status"), "\"booked\"");
}

CAF_TEST(an offer whose time has begun is gone) {
  auto w = asked();
  w.now_us += 5 * hour_us + minute_us;
  w.answer(of(w, "priya"), "yes");
  CAF_CHECK_EQUAL(w.collections["appointments"].size(), 1u);
  CAF_CHECK_EQUAL(w.said_text(), "gone to priya\n");
}

CAF_TEST(an offer of staff who left in the meantime is gone) {
  auto w = asked();
  w.collections["staff"].clear();
  w.answer(of(w, "priya"), "yes");
  CAF_CHECK_EQUAL(w.said_text(), "gone to priya\n");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", decision_of(w, "priya"), "outcome.status"),
                  "\"expired\"");
}

CAF_TEST(no is no and leaves the others their chance) {
  auto w = asked();
  w.answer(of(w, "priya"), "Sorry, can't make it");
  CAF_CHECK_EQUAL(w.said_text(), "declined to priya\n");
  CAF_CHECK_EQUAL(w.at("autonomous_decisions", decision_of(w, "priya"), "outcome.status"),
                  "\"rejected\"");
  CAF_CHECK_EQUAL(w.at("outreach", of(w, "priya"), "response.action"), "\"declined\"");
  CAF_CHECK_EQUAL(w.at("outreach", of(w, "asha"), "status"), "\"sent\"");
  CAF_CHECK_EQUAL(w.at("gaps", the_gap, "status"), "\"open\"");
}

CAF_TEST(another time is answered with free times) {
  auto w = asked();
  const auto plan = w.answer(of(w, "priya"), "Another time please");
  CAF_CHECK_EQUAL(at(plan, "messages.0.template"), "\"another_time\"");
  CAF_CHECK_EQUAL(at(plan, "messages.0.fields.times"), "\"tomorrow 10:00 AM\"");
  CAF_CHECK_EQUAL(at(plan, "outcomes.0.status"), "\"rejected\"");
}

CAF_TEST(without free times there is another reply) {
  auto w = asked();
  auto rahul = w.get("staff", "rahul");
  rahul.set("working_hours", json(R"({"mon":[["15:00","15:30"]]})"));
  w.put("staff", "rahul", rahul);
  w.put("appointments", "full", R"({"customer_id":"c9","staff_id":"rahul","service_id":"cut",
      "start_time":"2024-01-22T15:00:00Z","end_time":"2024-01-22T15:30:00Z","status":"booked"})");
  w.answer(of(w, "priya"), "another day");
  CAF_CHECK_EQUAL(w.said_text(), "no_times to priya\n");
}

CAF_TEST(customers without a name are addressed all the same) {
  auto w = small_salon();
  w.put("customers", "asha", R"({"phone":"+91","language":"de","consent":{"sms":true}})");
  w.put("customers", "priya", R"({"name":" ","phone":"+91","consent":{"sms":true}})");
  const auto plan = w.tick("salon.gap_fill");
  std::string names;
  for (const auto* i : {"0", "1"})
    names += at(plan, "proposals." + std::string{i} + ".act.outreach.fields.first_name");
  CAF_CHECK_EQUAL(names, "\"lieber Gast\"\"there\"");
}

CAF_TEST(stop opts out and ends everything that is open) {
  auto w = asked();
  const auto id = of(w, "priya");
  w.put("outreach", "out_9", R"({"customer_id":"priya","status":"delivered","decision_id":"d9"})");
  w.answer(id, "STOP");
  CAF_CHECK_EQUAL(w.at("customers", "priya", "consent.opted_out"), "true");
  CAF_CHECK_EQUAL(w.at("customers", "priya", "consent.whatsapp"), "true");
  CAF_CHECK_EQUAL(w.at("customers", "priya", "name"), "\"Priya Sharma\"");
  CAF_CHECK_EQUAL(w.said_text(), "stopped to priya\n");
  w.now_us += day_us;
  w.collections["appointments"].clear();
  const auto plan = w.tick("salon.gap_fill");
  const auto proposals = plan.get("proposals");
  for (const auto& p : proposals.items()) CAF_CHECK_NOT_EQUAL(at(p, "customer_id"), "\"priya\"");
}

CAF_TEST(what is not understood is asked again and changes nothing) {
  auto w = asked();
  const auto plan = w.answer(of(w, "priya"), "what does it cost?");
  CAF_CHECK_EQUAL(at(plan, "writes"), "[]");
  CAF_CHECK_EQUAL(at(plan, "outcomes"), "[]");
  CAF_CHECK_EQUAL(w.said_text(), "unclear to priya\n");
}

CAF_TEST(a discount is in the price of what is booked) {
  auto w = asked();
  const auto id = of(w, "priya");
  w.put("outreach", id,
        merged(w.get("outreach", id), json(R"({"offer_details":{"discount_percent":20}})")));
  w.answer(id, "ok");
  CAF_CHECK_EQUAL(w.at("appointments", "apt_" + id, "price"), "400");
}

CAF_TEST(a reminder is confirmed or gives the slot free) {
  for (const auto& [text, status, outcome] :
       {std::tuple{"si, claro", "\"confirmed\"", "\"success\""},
        {"nahi", "\"cancelled\"", "\"success\""},
        {"verschieben bitte", "\"booked\"", "\"rejected\""}}) {
    auto w = asked();
    w.put("autonomous_decisions", "dec_r", R"({"outcome":{"status":"pending"}})");
    w.put("outreach", "out_r", R"({"customer_id":"c9","outreach_type":"no_show_prevention",
        "status":"sent","trigger_id":"other","trigger_type":"appointment","decision_id":"dec_r",
        "offer_details":{"staff_id":"rahul","service_id":"cut",
        "start_time":"2024-01-15T15:30:00Z"}})");
    w.answer("out_r", text);
    CAF_CHECK_EQUAL(w.at("appointments", "other", "status"), status);
    CAF_CHECK_EQUAL(w.at("autonomous_decisions", "dec_r", "outcome.status"), outcome);
  }
}

CAF_TEST(an answer to nothing at all is harmless) {
  auto w = small_salon();
  for (const auto* trigger :
       {"{}", R"({"outreach":null,"text":"yes"})", R"({"outreach":{},"text":7})",
        R"({"outreach":{"id":"o","customer_id":"priya","offer_details":[1]},"text":"yes"})"}) {
    const auto plan = w.ask("salon.answer", json(trigger));
    CAF_CHECK_EQUAL(at(plan, "writes.0.collection") == "\"appointments\"", false);
  }
}
