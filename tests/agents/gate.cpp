#define CAF_SUITE gate

#include "agents/gate.hpp"

#include "agents/documents.hpp"
#include "caf/test/unit_test.hpp"
#include "intelligence/instants.hpp"
#include "workflow/json.hpp"

using namespace steward;
using namespace steward::agents;
using workflow::value;

namespace {

constexpr int64_t minute_us = 60'000'000;
constexpr int64_t hour_us = 60 * minute_us;

value json(const std::string& text) {
  auto read = workflow::parse_json(text);
  if (!read) CAF_FAIL("no JSON: " << text);
  return *read;
}

pack_ptr small_pack(const std::string& governance = "{}") {
  auto read = read_pack(json(R"({"pack": "shop", "version": "1.0.0",
    "settings": {"zone": "UTC", "currency": "EUR", "language": "en"},
    "governance": )" + governance +
                             R"(,
    "agents": [{"name": "caller", "every_minutes": 5, "decide": {"rule": "{}"}}],
    "templates": [{"name": "hello", "texts": {"en": "Hello {first_name}", "de": "Hallo {first_name}"}}]})"));
  if (!read) CAF_FAIL(read.error().front().pointer << " " << read.error().front().detail);
  return *read;
}

/// A gate as its keeper drives it: each step is applied to `stored`, so that a gate rebuilt from it
/// can be compared with the one that lives.
struct shop {
  explicit shop(
      const std::string& governance =
          R"({"levels": {"call": "full_auto"}, "quiet_hours": {"from": "00:00", "to": "00:00"}})")
      : stored{{small_pack(governance)}, {}, {}, {}, {}, {}, {}, {}, {}}, g("shop", stored, now) {}

  template <class Change>
  void change(Change f) {
    auto draft = g;
    auto s = begin();
    f(draft, s);
    draft.watch(s);
    keep(s);
    g = std::move(draft);
  }
  step begin() {
    return {now, "shop", [this] { return std::to_string(++ids); }};
  }
  void keep(step& s) {
    events.clear();
    for (auto& op : s.take_ops()) {
      if (const auto* put = std::get_if<put_record>(&op))
        records[put->collection][put->id] = json(put->data);
      if (const auto* event = std::get_if<publish_event>(&op)) events.push_back(event->type);
      if (const auto* event = std::get_if<put_event>(&op)) told.push_back(json(event->event));
    }
  }
  std::string propose(const std::string& customer, const std::string& type = "call",
                      const std::string& key = {}, double discount = 0) {
    proposal p;
    p.decision_type = type;
    p.summary = "Call " + customer;
    p.key = key;
    p.revenue = 50;
    p.context = value::object({{"customer_id", customer}});
    p.details = value::object({{"discount_percent", discount}});
    p.act = json(R"({"outreach": {"outreach_type": "offer", "template": ")" + template_name +
                 R"(", "fields": {"first_name": "Ann"}}})");
    customer_facts who = facts;
    gate::judged judged;
    change([&](gate& draft, step& s) { judged = draft.propose(s, "caller", p, who); });
    passed_over = judged.passed_over;
    return judged.id;
  }
  value answer(const std::string& approval, const std::string& action) {
    value result;
    change([&](gate& draft, step& s) {
      auto a = draft.act_on_approval(s, approval, value::object({{"action", action}}),
                                     stored_record("approvals", approval), facts);
      result = a ? *a : value{std::string{to_string(a.error().code)}};
    });
    return result;
  }
  value stored_record(const std::string& collection, const std::string& id) {
    return records[collection].contains(id) ? records[collection][id] : value{};
  }
  std::string of(const std::string& collection, const std::string& id, const std::string& outer,
                 const std::string& inner) {
    return text_of(records.at(collection).at(id).get(outer), inner);
  }
  void outcome_of(const std::string& id, const std::string& status, double revenue = 0) {
    change([&](gate& draft, step& s) {
      draft.turned_out(s, {id, status, "", "", revenue}, stored_record("autonomous_decisions", id));
    });
  }
  void pass(int64_t us) {
    now += us;
    change([&](gate& draft, step& s) {
      std::map<std::string, customer_facts> who;
      for (const auto& [id, customer] : draft.waiting_for(now)) who[id] = facts;
      draft.time_passes(s, who);
    });
  }
  /// As after a restart of the server.
  gate rebuilt() {
    stored_gate from{
        stored.packs, stored_record("governance", "rules"), {}, {}, {}, {}, {}, {}, {}};
    for (const auto& [id, d] : records["alerts"]) from.alerts.push_back(d);
    for (const auto& [id, d] : records["agent_states"]) from.agent_states.push_back(d);
    for (const auto& [id, d] : records["autonomous_decisions"]) {
      const auto acted = d.get("acted_us");
      const bool lately = acted.is_int() && acted.as_int() > now - governance::day_us;
      if (lately || text_of(d.get("outcome"), "status") == "pending") from.decisions.push_back(d);
    }
    for (const auto& [id, d] : records["approvals"])
      if (text_of(d, "status") == "pending") from.approvals.push_back(d);
    if (!records["audit_logs"].empty()) from.last_audit = records["audit_logs"].rbegin()->second;
    if (!records["autonomous_days"].empty()) from.day = records["autonomous_days"].rbegin()->second;
    return gate{"shop", from, now};
  }

  int64_t now = *intelligence::parse_instant("2026-11-23T10:00:00Z");
  uint64_t ids = 0;
  std::string template_name = "hello", passed_over;
  customer_facts facts{true, false, {}, "Ann Example", "+49", "", "de", ""};
  stored_gate stored;
  gate g;
  std::map<std::string, std::map<std::string, value>> records;
  std::vector<std::string> events;
  std::vector<value> told; ///< To workflows and agents: all so far.
};

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

} // namespace

CAF_TEST(what is decided in full is done at once and written down) {
  shop s;
  const auto id = s.propose("c1");
  CAF_REQUIRE(!id.empty());
  const auto d = s.records["autonomous_decisions"].at(id);
  CAF_CHECK_EQUAL(text_of(d, "autonomy_level"), "full_auto");
  CAF_CHECK_EQUAL(text_of(d.get("approval"), "status"), "not_required");
  CAF_REQUIRE_EQUAL(s.records["outreach"].size(), 1u);
  const auto& message = s.records["outreach"].begin()->second;
  CAF_CHECK_EQUAL(text_of(message, "message"), "Hallo Ann");
  CAF_CHECK_EQUAL(text_of(message, "status"), "sent");
  CAF_CHECK_EQUAL(text_of(message, "decision_id"), id);
  CAF_CHECK(contains(s.events, "dev.steward.outreach.sent.v1"));
  const auto& state = s.records["agent_states"].begin()->second;
  CAF_CHECK_EQUAL(number_of(state.get("counters"), "actions_taken"), 1);
  CAF_CHECK_EQUAL(number_of(state.get("rate_limits").get("hourly_actions"), "remaining"), 19);
}

CAF_TEST(a customer is written to once an hour and three times a day) {
  shop s;
  int written = 0;
  for (int minute = 0; minute < 24 * 60; minute += 10) {
    if (!s.propose("c1").empty()) ++written;
    s.pass(10 * minute_us);
  }
  CAF_CHECK_EQUAL(written, 3);
  CAF_CHECK(!s.propose("c2").empty());
}

CAF_TEST(an agent acts twenty times an hour also across a restart) {
  shop s;
  int done = 0;
  for (int i = 0; i < 30; ++i) {
    if (i == 10) s.g = s.rebuilt();
    if (!s.propose("c" + std::to_string(i)).empty()) ++done;
  }
  CAF_CHECK_EQUAL(done, 20);
  s.now += hour_us;
  CAF_CHECK(!s.propose("late").empty());
}

CAF_TEST(nobody is written to who is unknown or does not want it) {
  shop s;
  s.facts.opted_out = true;
  CAF_CHECK(s.propose("c1").empty());
  s.facts.opted_out = false;
  s.facts.known = false;
  CAF_CHECK(s.propose("c1").empty());
  s.facts.known = true;
  s.facts.refused_channels = {"whatsapp", "sms"};
  CAF_REQUIRE(!s.propose("c1").empty());
  CAF_CHECK_EQUAL(text_of(s.records["outreach"].begin()->second, "channel"), "email");
}

CAF_TEST(a template that lacks a field fails the decision and takes no place) {
  shop s;
  s.template_name = "unknown";
  const auto id = s.propose("c1");
  CAF_CHECK_EQUAL(s.of("autonomous_decisions", id, "outcome", "status"), "failed");
  CAF_CHECK_EQUAL(s.of("autonomous_decisions", id, "outcome", "result"),
                  "there is no template unknown");
  CAF_CHECK_EQUAL(s.g.limits().used_this_hour("caller", s.now), 0u);
  s.template_name = "hello";
  CAF_CHECK(!s.propose("c1").empty());
}

CAF_TEST(what needs approval is done when a person has approved and only once) {
  shop s{R"({"levels": {"call": "supervised"}, "quiet_hours": {"from": "00:00", "to": "00:00"}})"};
  const auto id = s.propose("c1");
  CAF_REQUIRE_EQUAL(s.records["approvals"].size(), 1u);
  CAF_CHECK(s.records["outreach"].empty());
  const auto approval = s.records["approvals"].begin()->first;
  s.g = s.rebuilt();
  CAF_CHECK_EQUAL(text_of(s.answer(approval, "approve"), "status"), "approved");
  CAF_CHECK_EQUAL(s.records["outreach"].size(), 1u);
  CAF_CHECK_EQUAL(s.of("autonomous_decisions", id, "approval", "status"), "approved");
  CAF_CHECK_EQUAL(s.answer(approval, "reject"), value{"conflict"});
  s.g = s.rebuilt();
  CAF_CHECK_EQUAL(s.answer(approval, "approve"), value{"conflict"});
  CAF_CHECK_EQUAL(s.records["outreach"].size(), 1u);
}

CAF_TEST(an approval escalates and then expires) {
  shop s{R"({"levels": {"call": "supervised"}, "quiet_hours": {"from": "00:00", "to": "00:00"}})"};
  const auto id = s.propose("c1");
  const auto approval = s.records["approvals"].begin()->first;
  CAF_CHECK_EQUAL(s.g.next_due_us(), s.now + 10 * minute_us);
  s.pass(10 * minute_us);
  CAF_CHECK(contains(s.events, "dev.steward.approval.escalated.v1"));
  CAF_CHECK_EQUAL(text_of(s.records["approvals"].at(approval), "priority"), "high");
  s.pass(5 * minute_us);
  CAF_CHECK(contains(s.events, "dev.steward.approval.expired.v1"));
  CAF_CHECK_EQUAL(text_of(s.records["approvals"].at(approval), "status"), "expired");
  CAF_CHECK_EQUAL(s.of("autonomous_decisions", id, "outcome", "status"), "expired");
  CAF_CHECK_EQUAL(s.answer(approval, "approve"), value{"conflict"});
}

CAF_TEST(an approved action that meets a limit waits and obeys an opt out meanwhile) {
  shop s{R"({"levels": {"call": "supervised", "note": "full_auto"},
             "quiet_hours": {"from": "00:00", "to": "00:00"}})"};
  const auto id = s.propose("c1");
  const auto approval = s.records["approvals"].begin()->first;
  CAF_REQUIRE(!s.propose("c1", "note").empty()); // takes the customer's place of this hour
  s.answer(approval, "approve");
  CAF_CHECK_EQUAL(s.records["outreach"].size(), 1u);
  s.pass(30 * minute_us);
  CAF_CHECK_EQUAL(s.records["outreach"].size(), 1u);
  auto other = s;
  s.pass(31 * minute_us);
  CAF_CHECK_EQUAL(s.records["outreach"].size(), 2u);
  other.g = other.rebuilt();
  other.facts.opted_out = true;
  other.pass(31 * minute_us);
  CAF_CHECK_EQUAL(other.records["outreach"].size(), 1u);
  CAF_CHECK_EQUAL(other.of("autonomous_decisions", id, "outcome", "status"), "failed");
}

CAF_TEST(a value rule makes a large discount manual) {
  shop s{R"({"levels": {"discount_offer": "full_auto"},
             "rules": [{"decision_type": "discount_offer", "field": "discount_percent", "above": 20, "level": "manual_only"}],
             "quiet_hours": {"from": "00:00", "to": "00:00"}})"};
  const auto small = s.propose("c1", "discount_offer", "", 20);
  const auto large = s.propose("c2", "discount_offer", "", 21);
  CAF_CHECK_EQUAL(text_of(s.records["autonomous_decisions"].at(small), "autonomy_level"),
                  "full_auto");
  CAF_CHECK_EQUAL(text_of(s.records["autonomous_decisions"].at(large), "autonomy_level"),
                  "manual_only");
}

CAF_TEST(nothing is done in quiet hours of the customer) {
  shop s{R"({"levels": {"call": "full_auto"}, "quiet_hours": {"from": "21:00", "to": "09:00"}})"};
  s.facts.zone = "Pacific/Auckland"; // 23:00 there
  CAF_CHECK(s.propose("c1").empty());
  CAF_CHECK_EQUAL(s.passed_over, "it is night where c1 is");
  s.facts.zone = "Europe/Berlin";
  CAF_CHECK(!s.propose("c1").empty());
}

CAF_TEST(a pause holds and a shadow decides without acting) {
  shop s;
  s.change(
      [&](gate& g, step& st) { CAF_CHECK(g.change_rules(st, json(R"({"paused": true})")).ok()); });
  CAF_CHECK(s.propose("c1").empty());
  CAF_CHECK_EQUAL(s.g.refuses_execution("caller", s.now).value_or(""), "paused");
  s.g = s.rebuilt();
  CAF_CHECK(s.propose("c1").empty());
  s.change([&](gate& g, step& st) {
    CAF_CHECK(g.change_rules(st, json(R"({"paused": false, "shadow": true})")).ok());
  });
  const auto id = s.propose("c1");
  CAF_CHECK_EQUAL(text_of(s.records["autonomous_decisions"].at(id), "action_taken"), "none");
  CAF_CHECK(s.records["outreach"].empty());
  CAF_CHECK_EQUAL(s.g.limits().used_this_hour("caller", s.now), 0u);
}

CAF_TEST(the same thing is not proposed twice while it is open) {
  shop s;
  const auto id = s.propose("c1", "call", "gap_1");
  CAF_CHECK(s.propose("c2", "call", "gap_1").empty());
  s.outcome_of(id, "success", 40);
  CAF_CHECK(!s.propose("c2", "call", "gap_1").empty());
}

CAF_TEST(revenue is counted once and taken back when it is lost) {
  shop s;
  const auto id = s.propose("c1");
  const auto actual = [&] {
    return number_of(s.records["autonomous_days"].begin()->second, "actual");
  };
  s.outcome_of(id, "success", 40);
  CAF_CHECK_EQUAL(actual(), 40);
  s.outcome_of(id, "success", 40);
  CAF_CHECK_EQUAL(actual(), 40);
  s.g = s.rebuilt();
  s.outcome_of(id, "failed", 0);
  CAF_CHECK_EQUAL(actual(), 0);
  const auto& state = s.records["agent_states"].begin()->second;
  CAF_CHECK_EQUAL(number_of(state.get("counters"), "revenue_generated"), 0);
}

CAF_TEST(five failures open the breaker for five minutes) {
  shop s;
  for (int i = 0; i < 5; ++i)
    s.change([&](gate& g, step& st) { g.executed(st, "caller", s.now, 1, "no rule"); });
  CAF_CHECK_EQUAL(s.g.refuses_execution("caller", s.now).value_or(""), "circuit_breaker");
  CAF_CHECK(s.propose("c1").empty());
  CAF_CHECK_EQUAL(text_of(s.records["agent_states"].begin()->second, "status"), "circuit_breaker");
  s.g = s.rebuilt();
  CAF_CHECK_EQUAL(s.g.refuses_execution("caller", s.now).value_or(""), "circuit_breaker");
  s.now += 5 * minute_us;
  CAF_CHECK(!s.g.refuses_execution("caller", s.now));
  s.change([&](gate& g, step& st) { g.executed(st, "caller", s.now, 1, ""); });
  CAF_CHECK_EQUAL(text_of(s.records["agent_states"].begin()->second, "status"), "active");
}

CAF_TEST(autonomy is earned with consent and lost after five bad outcomes) {
  shop s{R"({"levels": {"call": "supervised"}, "quiet_hours": {"from": "00:00", "to": "00:00"},
             "limits": {"hourly_actions": 1000, "daily_actions": 1000},
             "earning": {"consent": true, "approvals": 0.8, "successes": 0.8, "decisions_least": 20}})"};
  int i = 0;
  const auto approved = [&] {
    const auto id = s.propose("c" + std::to_string(++i));
    for (const auto& [approval, document] : s.records["approvals"])
      if (text_of(document, "status") == "pending") {
        const auto which = approval;
        s.answer(which, "approve");
        break;
      }
    return id;
  };
  for (int n = 0; n < 25; ++n) s.outcome_of(approved(), "success", 1);
  const auto moved = s.propose("earned");
  CAF_CHECK_EQUAL(text_of(s.records["autonomous_decisions"].at(moved), "autonomy_level"),
                  "full_auto");
  s.g = s.rebuilt();
  for (int n = 0; n < 5; ++n) {
    const auto id = s.propose("bad" + std::to_string(n));
    CAF_CHECK_EQUAL(text_of(s.records["autonomous_decisions"].at(id), "autonomy_level"),
                    "full_auto");
    s.outcome_of(id, "failed");
  }
  const auto back = s.propose("after");
  CAF_CHECK_EQUAL(text_of(s.records["autonomous_decisions"].at(back), "autonomy_level"),
                  "supervised");
  size_t moves = 0;
  for (const auto& [id, d] : s.records["autonomous_decisions"])
    moves += text_of(d, "decision_type") == "autonomy_change";
  CAF_CHECK_EQUAL(moves, 2u);
}

CAF_TEST(the audit log is a chain that shows each change) {
  shop s;
  for (int n = 0; n < 5; ++n) s.propose("c" + std::to_string(n));
  s.g = s.rebuilt();
  s.propose("c9");
  auto log = s.records["audit_logs"];
  const auto verify = [](const std::map<std::string, value>& entries) {
    audit_check check;
    for (const auto& [id, document] : entries)
      if (auto wrong = check.next(id, document); !wrong.empty()) return wrong;
    return std::string{};
  };
  CAF_CHECK_EQUAL(verify(log), "");
  CAF_CHECK(log.size() >= 6);
  auto changed = log;
  auto third = std::next(changed.begin(), 2)->second;
  third.set("actor", "somebody else");
  std::next(changed.begin(), 2)->second = third;
  CAF_CHECK(!verify(changed).empty());
  auto shorter = log;
  shorter.erase(std::next(shorter.begin(), 2));
  CAF_CHECK(!verify(shorter).empty());
}

CAF_TEST(rules that make no sense are refused with their place) {
  shop s;
  for (const auto& [body, pointer] : std::vector<std::pair<std::string, std::string>>{
           {R"({"levels": {"call": "sometimes"}})", "/levels/call"},
           {R"({"limits": {"hourly_actions": -1}})", "/limits/hourly_actions"},
           {R"({"quiet_hours": {"from": "25:00"}})", "/quiet_hours/from"},
           {R"({"rules": [{"field": "x", "above": "much", "level": "supervised"}]})",
            "/rules/0/above"},
           {R"({"earning": {"approvals": 2}})", "/earning/approvals"},
           {R"({"mood": "good"})", "/mood"}}) {
    s.change([&](gate& g, step& st) {
      const auto refused = g.change_rules(st, json(body));
      CAF_REQUIRE(!refused.ok());
      CAF_CHECK_EQUAL(refused.error().problems.front().pointer, pointer);
    });
  }
}

namespace {

value question(const std::string& id, const std::string& data) {
  return value::object({{"specversion", "1.0"},
                        {"id", id},
                        {"source", "/runs"},
                        {"type", "dev.steward.approval.wanted.v1"},
                        {"data", json(data)}});
}

} // namespace

CAF_TEST(what a workflow asks is asked of a person and answered by an event) {
  shop s;
  const auto asked = question("q1", R"({"run": "r1", "summary": "Pay?", "decision_type": "pay"})");
  s.change([&](gate& g, step& st) { g.ask_for_run(st, asked); });
  const auto id = question_id(asked);
  CAF_CHECK_EQUAL(s.of("autonomous_decisions", id, "approval", "status"), "pending");
  const auto approval = s.of("autonomous_decisions", id, "approval", "approval_id");
  s.answer(approval, "approve");
  CAF_CHECK_EQUAL(s.of("autonomous_decisions", id, "outcome", "status"), "success");
  CAF_REQUIRE(!s.told.empty());
  const auto answered = std::find_if(s.told.begin(), s.told.end(), [](const value& e) {
    return text_of(e, "type") == "dev.steward.approval.answered.v1";
  });
  CAF_REQUIRE(answered != s.told.end());
  CAF_CHECK_EQUAL(text_of(answered->get("data"), "question"), "q1");
  CAF_CHECK_EQUAL(text_of(answered->get("data"), "status"), "approved");
  CAF_CHECK_EQUAL(text_of(answered->get("data"), "responded_by"), "owner");
}

CAF_TEST(a question that nobody answers expires and is answered so) {
  shop s;
  const auto asked = question("q2", R"({"run": "r1", "summary": "Pay?", "expires_minutes": 30})");
  s.change([&](gate& g, step& st) { g.ask_for_run(st, asked); });
  s.pass(29 * minute_us);
  CAF_CHECK_EQUAL(s.of("autonomous_decisions", question_id(asked), "outcome", "status"), "pending");
  s.pass(2 * minute_us);
  CAF_CHECK_EQUAL(text_of(s.told.back().get("data"), "status"), "expired");
}

CAF_TEST(a question is not counted by limits and what may be decided in full is not asked) {
  shop s{
      R"({"levels": {"call": "full_auto", "pay": "full_auto"}, "limits": {"hourly_actions": 1}})"};
  for (int n = 0; n < 5; ++n) {
    const auto asked = question("q" + std::to_string(n), R"({"run": "r", "decision_type": "pay"})");
    s.change([&](gate& g, step& st) { g.ask_for_run(st, asked); });
    CAF_CHECK_EQUAL(
        text_of(s.stored_record("autonomous_decisions", question_id(asked)).get("outcome"),
                "status"),
        "success");
  }
}

CAF_TEST(a paused server lets no agent begin anything until it goes on) {
  shop s;
  s.change([&](gate& g, step&) { g.pause_server(true); });
  CAF_CHECK(s.propose("c1").empty());
  CAF_CHECK(s.g.refuses_execution("caller", s.now).has_value());
  s.change([&](gate& g, step&) { g.pause_server(false); });
  CAF_CHECK(!s.propose("c1").empty());
}

CAF_TEST(a breaker that opens raises an alert which a rebuilt gate does not raise again) {
  shop s;
  for (int n = 0; n < 5; ++n)
    s.change([&](gate& g, step& st) { g.executed(st, "caller", s.now, 1, "it broke"); });
  CAF_CHECK(contains(s.events, "dev.steward.alert.raised.v1"));
  CAF_CHECK_EQUAL(s.records["alerts"].size(), 1u);
  auto again = s.rebuilt();
  auto st = s.begin();
  again.watch(st);
  CAF_CHECK(st.find("alerts", s.records["alerts"].begin()->first) == nullptr);
  s.change([&](gate& g, step& st2) { CAF_CHECK(g.reset_breaker(st2, "caller")); });
  CAF_CHECK(contains(s.events, "dev.steward.alert.resolved.v1"));
  CAF_CHECK_EQUAL(text_of(s.records["alerts"].begin()->second, "status"), "resolved");
}
