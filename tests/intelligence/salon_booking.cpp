#define CAF_SUITE salon_booking

#include "salon_world.hpp"

using namespace steward;
using namespace steward::intelligence;
using namespace steward::intelligence::salon_test;

namespace {

std::string body(std::string_view start, std::string_view service = "cut",
                 std::string_view customer = "priya", std::string_view staff = "rahul") {
  return workflow::to_json(value::object({{"customer_id", customer},
                                          {"staff_id", staff},
                                          {"service_id", service},
                                          {"start_time", start}}));
}

std::string refusal(const value& plan) {
  return at(plan, "refused.status") + " " + at(plan, "refused.detail");
}

} // namespace

CAF_TEST(a free time is booked with all that the collection wants) {
  auto w = small_salon();
  const auto plan = w.act("salon.book", body("2024-01-15T11:00:00Z"));
  CAF_CHECK_EQUAL(at(plan, "answer.appointment.id"), "\"apt_key1\"");
  CAF_CHECK_EQUAL(workflow::to_json(w.get("appointments", "apt_key1")),
                  R"({"id":"apt_key1","customer_id":"priya","staff_id":"rahul",)"
                  R"("service_id":"cut","start_time":"2024-01-15T11:00:00Z",)"
                  R"("end_time":"2024-01-15T11:30:00Z","status":"booked","price":500,)"
                  R"("booked_at":"2024-01-15T10:00:00Z","source":"client"})");
}

CAF_TEST(the same key gives the same appointment and writes nothing) {
  auto w = small_salon();
  const auto first = w.act("salon.book", body("2024-01-15T11:00:00Z"));
  const auto again = w.act("salon.book", body("2024-01-15T11:00:00Z"));
  CAF_CHECK_EQUAL(at(again, "writes"), "[]");
  CAF_CHECK_EQUAL(at(again, "answer"), at(first, "answer"));
}

CAF_TEST(a member of the staff has one appointment at a time with its buffers) {
  auto w = small_salon();
  w.act("salon.book", body("2024-01-15T15:00:00Z", "colour"), "a"); // 14:50 to 16:50
  const auto refused = [&](std::string_view start) {
    return refusal(w.ask("salon.book", value::object({{"body", json(body(start))}, {"id", "b"}})));
  };
  const std::string taken = "409 \"Rahul Kumar has another appointment then\"";
  CAF_CHECK_EQUAL(refused("2024-01-15T15:30:00Z"), taken);
  CAF_CHECK_EQUAL(refused("2024-01-15T14:30:00Z"), taken); // would reach into the buffer
  CAF_CHECK_EQUAL(refused("2024-01-15T16:30:00Z"), taken);
  CAF_CHECK_EQUAL(refused("2024-01-15T20:45:00+05:30"), taken); // 15:15 elsewhere
  CAF_CHECK_EQUAL(refused("2024-01-15T14:20:00Z"), "null null");
}

CAF_TEST(hours and breaks and days off are kept) {
  auto w = small_salon();
  const auto refused = [&](std::string_view start) {
    return refusal(w.ask("salon.book", value::object({{"body", json(body(start))}, {"id", "b"}})));
  };
  const std::string no_work = "409 \"Rahul Kumar does not work then\"";
  CAF_CHECK_EQUAL(refused("2024-01-15T08:45:00Z"), "409 \"Rahul Kumar does not work then\"");
  CAF_CHECK_EQUAL(refused("2024-01-15T12:45:00Z"), no_work); // into the break
  CAF_CHECK_EQUAL(refused("2024-01-15T16:45:00Z"), no_work);
  CAF_CHECK_EQUAL(refused("2024-01-21T11:00:00Z"), no_work); // Sunday
  CAF_CHECK_EQUAL(refused("2024-01-15T12:30:00Z"), "null null");
  auto rahul = w.get("staff", "rahul");
  rahul.set("time_off", json(R"([{"start":"2024-01-17","end":"2024-01-17"},
      {"start":"2024-01-18T12:00:00Z","end":"2024-01-18T14:00:00Z"}])"));
  w.put("staff", "rahul", rahul);
  w.settings.set("closures", json(R"([{"start":"2024-01-19","end":"2024-01-20"}])"));
  CAF_CHECK_EQUAL(refused("2024-01-17T11:00:00Z"), "409 \"Rahul Kumar is away then\"");
  CAF_CHECK_EQUAL(refused("2024-01-18T11:45:00Z"), "409 \"Rahul Kumar is away then\"");
  CAF_CHECK_EQUAL(refused("2024-01-18T11:30:00Z"), "null null");
  CAF_CHECK_EQUAL(refused("2024-01-20T11:00:00Z"), "409 \"Glow is closed then\"");
}

CAF_TEST(a shift past midnight can be booked on both days) {
  auto w = small_salon();
  w.settings.set("zone", "Asia/Kolkata");
  auto rahul = w.get("staff", "rahul");
  rahul.set("working_hours", json(R"({"mon":[["20:00","02:00"]]})"));
  w.put("staff", "rahul", rahul);
  w.now_us += 2 * hour_us;
  const auto plan = w.act("salon.book", body("2024-01-15T18:15:00Z")); // 23:45 to 0:15
  CAF_CHECK_EQUAL(at(plan, "refused"), "null");
  CAF_CHECK_EQUAL(w.at("staff_days", "rahul:2024-01-15", "bookings"), "1");
  CAF_CHECK_EQUAL(w.at("staff_days", "rahul:2024-01-16", "bookings"), "1");
}

CAF_TEST(ids that nobody knows are refused by name) {
  auto w = small_salon();
  const auto field = [&](const std::string& text) {
    const auto plan = w.act("salon.book", text);
    return at(plan, "refused.status") + at(plan, "refused.field");
  };
  const auto time = "2024-01-15T11:00:00Z";
  CAF_CHECK_EQUAL(field(body(time, "perm")), "422\"service_id\"");
  CAF_CHECK_EQUAL(field(body(time, "cut", "nobody")), "422\"customer_id\"");
  CAF_CHECK_EQUAL(field(body(time, "cut", "priya", "nobody")), "422\"staff_id\"");
  CAF_CHECK_EQUAL(field(body("soon")), "422\"start_time\"");
  CAF_CHECK_EQUAL(field(body("2024-01-10T11:00:00Z")), "422\"start_time\"");
  CAF_CHECK_EQUAL(field("{}"), "422\"start_time\"");
  auto rahul = w.get("staff", "rahul");
  rahul.set("skills", json(R"(["colour"])"));
  w.put("staff", "rahul", rahul);
  CAF_CHECK_EQUAL(refusal(w.act("salon.book", body(time))),
                  "409 \"Rahul Kumar does not do Haircut\"");
}

CAF_TEST(of two bookings decided at once one is refused by the store) {
  auto w = small_salon();
  const auto trigger = [&](std::string_view id, std::string_view start) {
    return value::object({{"body", json(body(start))}, {"id", id}});
  };
  const auto one = w.ask("salon.book", trigger("a", "2024-01-15T11:00:00Z"));
  const auto other = w.ask("salon.book", trigger("b", "2024-01-15T11:15:00Z"));
  w.apply(one);
  CAF_CHECK(!w.conflict);
  w.apply(other);
  CAF_CHECK(w.conflict);
  CAF_CHECK_EQUAL(w.collections["appointments"].size(), 1u);
}

CAF_TEST(an appointment goes through its states and repeats its answers) {
  auto w = small_salon();
  w.act("salon.book", body("2024-01-15T11:00:00Z"), "a");
  const auto id = R"({"appointment_id":"apt_a"})";
  w.act("salon.confirm", id);
  CAF_CHECK_EQUAL(w.at("appointments", "apt_a", "confirmed_at"), "\"2024-01-15T10:00:00Z\"");
  const auto done = w.act("salon.complete", R"({"appointment_id":"apt_a","amount":650})");
  CAF_CHECK_EQUAL(at(done, "answer.appointment.status"), "\"completed\"");
  CAF_CHECK_EQUAL(w.at("appointments", "apt_a", "amount"), "650");
  w.now_us += hour_us;
  const auto again = w.act("salon.complete", R"({"appointment_id":"apt_a","amount":650})");
  CAF_CHECK_EQUAL(at(again, "writes"), "[]");
  CAF_CHECK_EQUAL(at(again, "answer"), at(done, "answer"));
  CAF_CHECK_EQUAL(refusal(w.act("salon.cancel", id)),
                  "409 \"the appointment is completed and can't be cancelled\"");
  CAF_CHECK_EQUAL(at(w.act("salon.cancel", R"({"appointment_id":"apt_x"})"), "refused.status"),
                  "404");
}

CAF_TEST(a cancelled time is free again) {
  auto w = small_salon();
  w.act("salon.book", body("2024-01-15T11:00:00Z"), "a");
  w.act("salon.cancel", R"({"appointment_id":"apt_a","reason":"ill"})");
  CAF_CHECK_EQUAL(w.at("appointments", "apt_a", "cancel_reason"), "\"ill\"");
  const auto plan = w.act("salon.book", body("2024-01-15T11:00:00Z"), "b");
  CAF_CHECK_EQUAL(at(plan, "refused"), "null");
}

CAF_TEST(what becomes of an appointment becomes of the decision behind it) {
  for (const auto& [action, status, revenue] : {std::tuple{"salon.cancel", "\"failed\"", "0"},
                                                {"salon.no_show", "\"failed\"", "0"},
                                                {"salon.complete", "\"success\"", "500"}}) {
    auto w = small_salon();
    w.act("salon.book", body("2024-01-15T11:00:00Z"), "a");
    w.put("appointments", "apt_a",
          merged(w.get("appointments", "apt_a"), json(R"({"decision_id":"dec_1"})")));
    w.put("autonomous_decisions", "dec_7", R"({"decision_type":"no_show_prevention",
        "context":{"trigger_id":"apt_a"},"outcome":{"status":"pending"}})");
    const auto plan = w.act(action, R"({"appointment_id":"apt_a"})");
    CAF_CHECK_EQUAL(at(plan, "outcomes.0.decision_id"), "\"dec_1\"");
    CAF_CHECK_EQUAL(at(plan, "outcomes.0.status"), status);
    CAF_CHECK_EQUAL(at(plan, "outcomes.0.revenue"), revenue);
    CAF_CHECK_EQUAL(at(plan, "outcomes.1.decision_id"), "\"dec_7\"");
  }
}
