#define CAF_SUITE agents

#include "tests/actors/steward_rig.hpp"
#include "workflow/json.hpp"

using namespace steward;
using namespace steward::actors::testing;
using workflow::value;

namespace {

/// An agent that writes to every customer who is due, a customer's yes that books, an action.
constexpr char pack[] = R"({
  "pack": "shop", "version": "1.0.0",
  "settings": {"zone": "UTC", "currency": "EUR", "language": "en"},
  "governance": {"levels": {"reminder": "full_auto", "offer": "supervised"},
                 "quiet_hours": {"from": "00:00", "to": "00:00"}},
  "collections": [
    {"name": "customers", "schema": {"type": "object"}},
    {"name": "orders", "managed": true, "schema": {"type": "object", "required": ["state"]},
     "indexes": [{"name": "by_state", "fields": ["state"]}]}],
  "agents": [{"name": "reminder", "every_minutes": 5, "task_type": "remind",
    "observe": {"late": {"collection": "orders", "filter": {"state": "late"}, "limit": 100}},
    "decide": {"rule": "if (.observed.late | any(.data.broken)) then error(\"broken\") else {proposals: [.observed.late[] | {decision_type: .data.type, key: .id, summary: \"remind\", customer_id: .data.customer, trigger_id: .id, revenue: 10, act: {outreach: {outreach_type: \"reminder\", template: \"hello\", fields: {order: .id}}}}], writes: [.observed.late[] | {collection: \"orders\", id: .id, merge: {state: \"reminded\"}, if_version: .version}]} end"}}],
  "actions": [{"name": "order", "schema": {"type": "object", "required": ["id"]},
    "observe": {"same": {"collection": "orders", "filter": {"state": "taken"}}},
    "decide": {"rule": "if (.observed.same | length) > 0 then {refused: {status: 409, detail: \"taken\"}} else {writes: [{collection: \"orders\", id: .trigger.body.id, data: (.trigger.body | del(.id))}], answer: {ordered: .trigger.body.id}} end"}}],
  "answers": {"decide": {"rule": "{outcomes: [{decision_id: .trigger.outreach.decision_id, status: (if .trigger.text == \"yes\" then \"success\" else \"rejected\" end), revenue: (if .trigger.text == \"yes\" then 10 else 0 end)}], writes: [{collection: \"outreach\", id: .trigger.outreach.id, merge: {response: {action: .trigger.text}}}]}"}},
  "templates": [{"name": "hello", "texts": {"en": "Order {order} is late"}}]})";

struct fixture : steward_rig {
  asked change(agents_action what, const std::string& name, const std::string& body,
               const std::string& key = {}) {
    auto a = ask_tenant(change_agents{"default", what, name, body, key});
    settle();
    return a;
  }
  void install() {
    auto a = change(agents_action::install_pack, "shop", pack);
    if (a.word() != "ok") CAF_FAIL(a.word() << " " << a.answer().why.detail);
    write_record m;
    m.tenant = "default";
    m.collection = "customers";
    m.id = "ann";
    m.body = R"({"name":"Ann","phone":"+49"})";
    ask_tenant(std::move(m));
    settle();
  }
  std::string order(const std::string& id, const std::string& body) {
    auto v = *workflow::parse_json(body);
    v.set("id", id);
    return change(agents_action::perform, "order", workflow::to_json(v)).word();
  }
  std::vector<value> all(const std::string& collection) {
    record_query q;
    q.collection = collection;
    q.limit = 1000;
    std::vector<value> found;
    const auto rows = reader->find_records("default", q);
    for (const auto& row : *rows) found.push_back(*workflow::parse_json(row.data));
    return found;
  }
  value only(const std::string& collection) {
    const auto found = all(collection);
    if (found.size() != 1) CAF_FAIL(collection << " has " << found.size());
    return found.front();
  }
  static std::string text(const value& v, const std::string& member) {
    const auto found = v.get(member);
    return found.is_string() ? std::string{found.as_string()} : workflow::to_json(found);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(agent_actors, fixture)

CAF_TEST(an agent looks at its times and what it decides is done) {
  install();
  CAF_REQUIRE_EQUAL(order("o1", R"({"state":"late","type":"reminder","customer":"ann"})"), "ok");
  pass(6min);
  CAF_CHECK_EQUAL(text(only("outreach"), "message"), "Order o1 is late");
  CAF_CHECK_EQUAL(text(only("autonomous_decisions"), "agent_name"), "reminder");
  CAF_CHECK_EQUAL(text(only("orders"), "state"), "reminded");
  const auto state = only("agent_states");
  CAF_CHECK_EQUAL(text(state, "status"), "active");
  CAF_CHECK_EQUAL(text(state.get("counters"), "actions_taken"), "1");
  pass(30min);
  CAF_CHECK_EQUAL(all("outreach").size(), 1u);
}

CAF_TEST(what waits for approval survives a crash and is done after the yes) {
  install();
  order("o1", R"({"state":"late","type":"offer","customer":"ann"})");
  pass(6min);
  const auto approval = text(only("approvals"), "id");
  crash_server();
  boot();
  CAF_CHECK(all("outreach").empty());
  CAF_CHECK_EQUAL(
      change(agents_action::answer_approval, approval, R"({"action":"approve"})").word(), "ok");
  CAF_CHECK_EQUAL(all("outreach").size(), 1u);
  CAF_CHECK_EQUAL(change(agents_action::answer_approval, approval, R"({"action":"reject"})").word(),
                  "conflict");
  CAF_CHECK_EQUAL(change(agents_action::answer_approval, "apr_x", R"({"action":"approve"})").word(),
                  "not-found");
}

CAF_TEST(an approval that nobody answers expires by itself) {
  install();
  order("o1", R"({"state":"late","type":"offer","customer":"ann"})");
  pass(6min);
  pass(16min);
  CAF_CHECK_EQUAL(text(only("approvals"), "status"), "expired");
  CAF_CHECK_EQUAL(text(only("autonomous_decisions").get("outcome"), "status"), "expired");
}

CAF_TEST(an answer closes the decision and is taken once) {
  install();
  order("o1", R"({"state":"late","type":"reminder","customer":"ann"})");
  pass(6min);
  const auto id = text(only("outreach"), "id");
  const std::string yes = R"({"status":"responded","response":{"text":"yes"}})";
  CAF_CHECK_EQUAL(change(agents_action::patch_outreach, id, yes).word(), "ok");
  CAF_CHECK_EQUAL(text(only("autonomous_decisions").get("outcome"), "status"), "success");
  CAF_CHECK_EQUAL(text(only("autonomous_days"), "actual"), "10");
  const auto message = only("outreach");
  CAF_CHECK_EQUAL(text(message.get("response"), "action"), "yes");
  CAF_CHECK_EQUAL(text(message.get("response"), "text"), "yes");
  CAF_CHECK_EQUAL(text(message, "status"), "responded");
  CAF_CHECK_EQUAL(change(agents_action::patch_outreach, id, yes).word(), "conflict");
  CAF_CHECK_EQUAL(change(agents_action::patch_outreach, id, R"({"status":"failed"})").word(),
                  "conflict");
  CAF_CHECK_EQUAL(change(agents_action::patch_outreach, id, R"({"status":"read"})").word(), "ok");
  CAF_CHECK_EQUAL(text(only("outreach"), "status"), "responded");
}

CAF_TEST(a rule that fails opens the breaker and a reset closes it) {
  install();
  order("o1", R"({"state":"late","type":"reminder","customer":"ann","broken":true})");
  pass(26min);
  CAF_CHECK_EQUAL(text(only("agent_states"), "status"), "circuit_breaker");
  CAF_CHECK_EQUAL(change(agents_action::reset_breaker, "reminder", "").word(), "ok");
  CAF_CHECK_EQUAL(text(only("agent_states"), "status"), "active");
}

CAF_TEST(a pause holds an agent and a resume lets it go on) {
  install();
  CAF_CHECK_EQUAL(change(agents_action::change_agent, "reminder", R"({"status":"paused"})").word(),
                  "ok");
  order("o1", R"({"state":"late","type":"reminder","customer":"ann"})");
  pass(11min);
  CAF_CHECK(all("outreach").empty());
  crash_server();
  boot();
  pass(11min);
  CAF_CHECK(all("outreach").empty());
  CAF_CHECK_EQUAL(change(agents_action::change_agent, "reminder", R"({"status":"active"})").word(),
                  "ok");
  pass(6min);
  CAF_CHECK_EQUAL(all("outreach").size(), 1u);
}

CAF_TEST(actions are done one after the other and see what was done before) {
  install();
  const auto body = R"({"id":"o1","state":"taken"})";
  auto first = ask_tenant(change_agents{"default", agents_action::perform, "order", body, {}});
  auto second = ask_tenant(change_agents{
      "default", agents_action::perform, "order", R"({"id":"o2","state":"taken"})", {}});
  settle();
  CAF_CHECK_EQUAL(first.word(), "ok");
  CAF_CHECK_EQUAL(second.word(), "conflict");
  CAF_CHECK_EQUAL(change(agents_action::perform, "order", "{}").word(), "unprocessable");
  CAF_CHECK_EQUAL(change(agents_action::perform, "none", "{}").word(), "not-found");
}

CAF_TEST(the collections of agents are written by nobody else) {
  install();
  const auto word = [&](const std::string& collection) {
    write_record m;
    m.tenant = "default";
    m.collection = collection;
    m.id = "x";
    m.body = R"({"state":"late"})";
    auto a = ask_tenant(std::move(m));
    settle();
    return a.word();
  };
  CAF_CHECK_EQUAL(word("orders"), "forbidden");
  CAF_CHECK_EQUAL(word("audit_logs"), "forbidden");
  auto declared = ask_tenant(declare_collection{"default", "audit_logs", "{}"});
  auto removed = ask_tenant(remove_record{"default", "orders", "x", {}});
  settle();
  CAF_CHECK_EQUAL(declared.word(), "forbidden");
  CAF_CHECK_EQUAL(removed.word(), "forbidden");
}

CAF_TEST(a gate that crashes goes on with what is stored) {
  install();
  order("o1", R"({"state":"late","type":"reminder","customer":"ann"})");
  pass(6min);
  kill(at("tenants/default/gate"));
  kill(at("tenants/default/reminder"));
  kill(at("agents/thinker1"));
  kill(at("agenda"));
  pass(1s);
  order("o2", R"({"state":"late","type":"reminder","customer":"ann"})");
  pass(6min); // the customer was written to within the hour
  CAF_CHECK_EQUAL(all("outreach").size(), 1u);
  CAF_CHECK_EQUAL(text(only("agent_states").get("counters"), "actions_taken"), "1");
}

CAF_TEST_FIXTURE_SCOPE_END()
