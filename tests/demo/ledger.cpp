#define CAF_SUITE ledger

#include "demo/ledger.hpp"

#include "caf/test/dsl.hpp"
#include "tests/demo/small_salon.hpp"
#include "workflow/json.hpp"

using namespace steward;
using namespace steward::demo;
using workflow::value;

namespace {

value json(std::string_view text) { return workflow::parse_json(text).value(); }

/// A day that went well on both sides; each test spoils one thing.
struct fixture {
  salon s = make_salon(options_of(7, 3, 10));
  ledger l;
  server_account a;
  message_rules rules;

  fixture() {
    book({"apt_1",
          "cust_0001",
          "staff_01",
          "svc_cut",
          at("2026-11-23T04:30:00Z"),
          at("2026-11-23T05:00:00Z"),
          0,
          600,
          "completed",
          false,
          0,
          {}});
    book({"apt_2",
          "cust_0002",
          "staff_01",
          "svc_cut",
          at("2026-11-23T05:00:00Z"),
          at("2026-11-23T05:30:00Z"),
          0,
          600,
          "booked",
          false,
          0,
          {}});
    book({"apt_out_1", "cust_0003", "staff_02", "svc_cut", at("2026-11-23T05:00:00Z"),
          at("2026-11-23T05:30:00Z"), at("2026-11-23T03:50:00Z"), 600, "completed", false, 0,
          "out_1"});
    message("out_1", "cust_0003", "2026-11-23T03:35:00Z");
    l.replied["out_1"] = "yes please";
    set(a.outreach[0], "response", json(R"({"received":true,"text":"yes please"})"));
    a.decisions = {json(R"({"id":"dec_1","agent_name":"gap_fill_agent","decision_type":"gap_fill",
      "created_at":"2026-11-23T03:35:00Z","approval":{"status":"not_required"},
      "outcome":{"status":"success","booking_created_id":"apt_out_1"},
      "revenue_impact":{"potential":600,"actual":600}})")};
    a.gaps = {
        json(
            R"({"id":"gap_1","date":"2026-11-23","status":"filled","filled_by":"cust_0003","appointment_id":"apt_out_1"})"),
        json(R"({"id":"gap_2","date":"2026-11-23","status":"open","filled_by":null})")};
    a.gap_days = {
        json(R"({"date":"2026-11-23","total":2,"open":1,"filled":1,"expired":0,"ignored":0})")};
    a.decision_days = {json(R"({"date":"2026-11-23","total":1,"revenue":{"actual":600}})")};
    a.revenue_impact = json(R"({"total":600})");
    a.agents = {json(R"({"agent_name":"gap_fill_agent","counters":{"date":"2026-11-23",
      "actions_taken":1,"revenue_generated":600,"by_type":{"gap_fill":{"count":1}}}})")};
  }

  void book(known_appointment one) {
    a.appointments.push_back(
        value::object({{"id", one.id},
                       {"customer_id", one.customer_id},
                       {"staff_id", one.staff_id},
                       {"service_id", one.service_id},
                       {"start_time", intelligence::instant_text(one.start_us)},
                       {"end_time", intelligence::instant_text(one.end_us)},
                       {"status", one.status},
                       {"price", one.price}}));
    l.book(std::move(one));
  }
  void message(const std::string& id, const std::string& customer, const std::string& sent) {
    a.outreach.push_back(value::object({{"id", id},
                                        {"customer_id", customer},
                                        {"outreach_type", "gap_fill"},
                                        {"channel", "sms"},
                                        {"status", "responded"},
                                        {"delivery", value::object({{"sent_at", sent}})}}));
    l.heard[id] = customer;
  }
  static void set(value& document, std::string_view member, value item) {
    document.set(member, std::move(item));
  }
  std::vector<std::string> differences() const { return find_differences(l, a, s, rules); }
  /// The only difference has these words in it.
  void only(std::string_view words) const {
    const auto all = differences();
    for (const auto& one : all) CAF_MESSAGE(one);
    CAF_REQUIRE_EQUAL(all.size(), 1u);
    CAF_CHECK(all.front().find(words) != std::string::npos);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(ledger_tests, fixture)

CAF_TEST(a day that went well has no differences) {
  for (const auto& one : differences()) CAF_MESSAGE(one);
  CAF_CHECK(differences().empty());
}

CAF_TEST(confirmed is booked) {
  set(a.appointments[1], "status", "confirmed");
  CAF_CHECK(differences().empty());
}

CAF_TEST(two appointments at once are found) {
  book({"apt_3",
        "cust_0004",
        "staff_01",
        "svc_cut",
        at("2026-11-23T05:29:00Z"),
        at("2026-11-23T05:59:00Z"),
        0,
        600,
        "booked",
        false,
        0,
        {}});
  only("overlap");
}

CAF_TEST(an appointment inside a long one is found though others lie between) {
  book({"apt_3",
        "cust_0004",
        "staff_03",
        "svc_color",
        at("2026-11-23T06:00:00Z"),
        at("2026-11-23T09:00:00Z"),
        0,
        600,
        "booked",
        false,
        0,
        {}});
  book({"apt_4",
        "cust_0004",
        "staff_03",
        "svc_cut",
        at("2026-11-23T06:10:00Z"),
        at("2026-11-23T06:20:00Z"),
        0,
        600,
        "booked",
        false,
        0,
        {}});
  book({"apt_5",
        "cust_0005",
        "staff_03",
        "svc_cut",
        at("2026-11-23T08:00:00Z"),
        at("2026-11-23T08:30:00Z"),
        0,
        600,
        "booked",
        false,
        0,
        {}});
  CAF_CHECK_EQUAL(differences().size(), 2u);
}

CAF_TEST(a cancelled appointment is in nobodys way) {
  book({"apt_3",
        "cust_0004",
        "staff_01",
        "svc_cut",
        at("2026-11-23T05:15:00Z"),
        at("2026-11-23T05:45:00Z"),
        0,
        600,
        "cancelled",
        false,
        0,
        {}});
  CAF_CHECK(differences().empty());
}

CAF_TEST(a second message within an hour is found) {
  message("out_2", "cust_0004", "2026-11-23T05:00:00Z");
  message("out_3", "cust_0004", "2026-11-23T05:59:59Z");
  only("more than 1 within an hour");
  set(a.outreach.back(), "delivery", json(R"({"sent_at":"2026-11-23T06:00:00Z"})"));
  CAF_CHECK(differences().empty());
}

CAF_TEST(a fourth message within a day is found) {
  message("out_2", "cust_0004", "2026-11-23T05:00:00Z");
  message("out_3", "cust_0004", "2026-11-23T07:00:00Z");
  message("out_4", "cust_0004", "2026-11-23T09:00:00Z");
  CAF_CHECK(differences().empty());
  message("out_5", "cust_0004", "2026-11-24T04:59:00Z");
  only("more than 3 within a day");
  set(a.outreach.back(), "reply_to", "out_4"); // an answer does not count
  CAF_CHECK(differences().empty());
}

CAF_TEST(a message at night is found) {
  message("out_2", "cust_0004", "2026-11-23T15:30:00Z"); // 21:00 in Kolkata
  only("in quiet hours");
  set(a.outreach.back(), "delivery", json(R"({"sent_at":"2026-11-23T15:29:59Z"})"));
  CAF_CHECK(differences().empty());
  set(a.outreach.back(), "delivery", json(R"({"sent_at":"2026-11-23T03:29:00Z"})"));
  only("in quiet hours");
}

CAF_TEST(messages to those who want none are found) {
  message("out_2", "cust_0004", "2026-11-23T05:00:00Z");
  l.opted_out["cust_0004"] = at("2026-11-23T05:00:00Z");
  CAF_CHECK(differences().empty());
  l.opted_out["cust_0004"] = at("2026-11-23T04:59:00Z");
  only("opted out");
  l.opted_out.clear();
  l.without_whatsapp.insert("cust_0004");
  CAF_CHECK(differences().empty());
  set(a.outreach.back(), "channel", "whatsapp");
  only("WhatsApp");
}

CAF_TEST(a message that never left counts for nothing) {
  message("out_2", "cust_0003", "2026-11-23T03:40:00Z");
  set(a.outreach.back(), "delivery", json(R"({"sent_at":null})"));
  CAF_CHECK(differences().empty());
}

CAF_TEST(messages that got lost or were made up are found) {
  l.heard.erase("out_1");
  only("has not arrived");
  l.heard["out_1"] = "cust_0003";
  l.heard["out_9"] = "cust_0003";
  only("the server does not know it");
  l.heard.erase("out_9");
  l.replied["out_1"] = "no";
  only("was answered");
}

CAF_TEST(a revenue that is off by one is found) {
  set(a.decisions[0], "revenue_impact", json(R"({"potential":600,"actual":601})"));
  set(a.decision_days[0], "revenue", json(R"({"actual":601})"));
  a.revenue_impact = json(R"({"total":601})");
  only("revenue is 600, the server says 601");
}

CAF_TEST(revenue counts on the day on which it came or went) {
  a.revenue_impact = json(R"({"total":600,"by_day":[{"date":"2026-11-23","actual":600},
    {"date":"2026-11-24","actual":0}]})");
  CAF_CHECK(differences().empty());
  a.revenue_impact = json(R"({"total":600,"by_day":[{"date":"2026-11-24","actual":600}]})");
  only("revenue on 2026-11-24: counted 0, the server says 600");
}

CAF_TEST(a reminder brings nothing and is about an appointment that there is) {
  const auto reminder = [](const char* appointment, int64_t revenue) {
    return value::object(
        {{"id", "dec_2"},
         {"agent_name", "no_show_prevention_agent"},
         {"decision_type", "no_show_prevention"},
         {"created_at", "2026-11-22T05:00:00Z"},
         {"outcome", value::object({{"status", "success"}, {"booking_created_id", appointment}})},
         {"revenue_impact", value::object({{"actual", revenue}})}});
  };
  a.decisions.push_back(reminder("apt_1", 0));
  CAF_CHECK(differences().empty());
  a.decisions.back() = reminder("apt_9", 0);
  only("nobody has made");
}

CAF_TEST(sums that do not add up are found) {
  a.revenue_impact = json(R"({"total":599})");
  only("revenue of all decisions");
}

CAF_TEST(a missed appointment brings nothing) {
  l.end("apt_out_1", "no_show", at("2026-11-24T05:15:00Z"));
  set(a.appointments[2], "status", "no_show");
  const auto all = differences();
  CAF_CHECK_EQUAL(all.size(), 2u); // revenue and outcome
  CAF_CHECK(all.front().find("revenue is 0, the server says 600") != std::string::npos);
}

CAF_TEST(a decision that claims what the customer did alone is found) {
  set(a.decisions[0], "outcome", json(R"({"status":"success","booking_created_id":"apt_1"})"));
  CAF_CHECK_EQUAL(differences().size(), 3u); // the real one has none, the agent earned nothing
}

CAF_TEST(appointments that differ or are missing on one side are found) {
  set(a.appointments[0], "status", "no_show");
  only("status is completed, the server says no_show");
  set(a.appointments[0], "status", "completed");
  set(a.appointments[0], "price", 601);
  only("price");
  set(a.appointments[0], "price", 600);
  set(a.appointments[1], "start_time", "2026-11-23T05:00:01Z");
  only("start_time");
  set(a.appointments[1], "start_time", "2026-11-23T05:00:00.000Z");
  CAF_CHECK(differences().empty());
  a.appointments.pop_back();
  CAF_CHECK(!differences().empty());
}

CAF_TEST(an appointment that nobody has made is found) {
  l.appointments.erase("apt_2");
  only("nobody has made it");
}

CAF_TEST(gaps that are filled by nothing are found) {
  a.gaps[0].erase("appointment_id");
  CAF_CHECK_EQUAL(differences().size(), 2u); // the gap, and the appointment without one
  set(a.gaps[0], "appointment_id", "apt_out_1");
  set(a.gap_days[0], "filled", 2);
  only("gaps of 2026-11-23, filled");
}

CAF_TEST(counters that went wrong are found) {
  set(a.agents[0], "counters", json(R"({"date":"2026-11-23","actions_taken":2,
    "revenue_generated":600,"by_type":{"gap_fill":{"count":2}}})"));
  only("actions of gap_fill_agent");
}

CAF_TEST(surprises are differences) {
  l.end("apt_9", "completed", 0);
  only("nobody knows of it");
}

CAF_TEST_FIXTURE_SCOPE_END()
