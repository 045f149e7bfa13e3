#include "gateway/api_ask.hpp"
#include "gateway/header_values.hpp"
#include "messages/agents.hpp"
#include "messages/record_requests.hpp"
#include "messages/records.hpp"
#include "messages/run_document.hpp"
#include "workflow/json.hpp"

#include <algorithm>

namespace steward::gateway {

namespace {

using workflow::value;

/// A list or a single one: documents of a collection.
struct shown_documents {
  std::string_view id, collection;
  std::string_view filter; ///< JSON, as for records; what the parameters say is added.
  std::string_view sort;
};
constexpr std::array shown{
    shown_documents{"listDecisions", "autonomous_decisions", "{}", "-created_at"},
    shown_documents{"getDecision", "autonomous_decisions", "", ""},
    shown_documents{"listAgents", "agent_states", "{}", "agent_name"},
    shown_documents{"getAgent", "agent_states", "", ""},
    shown_documents{"listApprovals", "approvals", "{}", "-created_at"},
    shown_documents{"listPendingApprovals", "approvals", R"({"status":"pending"})", "-created_at"},
    shown_documents{"getApproval", "approvals", "", ""},
    shown_documents{"listGaps", "gaps", "{}", "start_time"},
    shown_documents{"listOpenGaps", "gaps", R"({"status":"open"})", "start_time"},
    shown_documents{"listHighPriorityGaps", "gaps",
                    R"({"status":"open","priority":{"in":["high","critical"]}})", "start_time"},
    shown_documents{"getGap", "gaps", "", ""},
    shown_documents{"listOutreach", "outreach", "{}", "-created_at"},
    shown_documents{"getOutreach", "outreach", "", ""},
    shown_documents{"listAlerts", "alerts", "{}", "-created_at"},
    shown_documents{"getAlert", "alerts", "", ""},
    shown_documents{"listPacks", "packs", "{}", ""},
    shown_documents{"getPack", "packs", "", ""},
};

/// Where a parameter's value stands in the document.
std::string_view field_of(std::string_view collection, std::string_view parameter) {
  if (collection == "autonomous_decisions" && parameter == "status") return "outcome.status";
  if (collection == "autonomous_decisions" && parameter == "customer_id")
    return "context.customer_id";
  return parameter;
}

const shown_documents& shown_by(std::string_view id) {
  return *std::ranges::find(shown, id, &shown_documents::id);
}

constexpr std::array<std::pair<std::string_view, agents_action>, 17> actions{{
    {"createDecision", agents_action::create_decision},
    {"patchDecision", agents_action::patch_decision},
    {"patchAgent", agents_action::change_agent},
    {"configureAgent", agents_action::configure_agent},
    {"resetCircuitBreaker", agents_action::reset_breaker},
    {"answerApproval", agents_action::answer_approval},
    {"createOutreach", agents_action::create_outreach},
    {"patchOutreach", agents_action::patch_outreach},
    {"getGovernance", agents_action::get_rules},
    {"putGovernance", agents_action::change_rules},
    {"installPack", agents_action::install_pack},
    {"performAction", agents_action::perform},
    {"executeTask", agents_action::execute_task},
    {"executeAnalytics", agents_action::execute_task},
    {"executeCleanup", agents_action::execute_task},
    {"sendNotification", agents_action::send_notification},
}};

constexpr std::array<std::pair<std::string_view, agents_figure>, 6> figures{{
    {"getDecisionStats", agents_figure::decisions_of_day},
    {"getApprovalStats", agents_figure::approvals},
    {"getGapStats", agents_figure::gaps_of_day},
    {"getOutreachStats", agents_figure::outreach},
    {"getAgentDashboard", agents_figure::dashboard},
    {"getRevenueImpact", agents_figure::revenue},
}};

template <class Table>
auto found_in(const Table& table, std::string_view id) {
  return std::ranges::find_if(table, [&](const auto& line) { return line.first == id; })->second;
}

} // namespace

void api::list_agent_documents(call& c) {
  const auto& list = shown_by(c.match.found->id);
  steward::find_records message;
  message.tenant = c.tenant;
  message.collection = list.collection;
  message.documents = true;
  if (!read_page(c, message.limit, message.cursor, 200, 8'192)) return;
  auto filter = *workflow::parse_json(list.filter);
  for (const auto& [name, wanted] : c.query) {
    if (name == "limit" || name == "cursor") continue;
    if (wanted.empty()) return c.fail(name, "this is empty", "a value, or no parameter");
    filter.set(field_of(list.collection, name), wanted);
  }
  message.filter = workflow::to_json(filter);
  message.sort = list.sort;
  c.ask(*record_searches_, "the records' reader", std::move(message));
}

void api::get_agent_document(call& c) {
  steward::get_record message;
  message.tenant = c.tenant;
  message.collection = shown_by(c.match.found->id).collection;
  message.id = c.match.arguments[0];
  message.documents = true;
  if (message.collection == "agent_states") message.id = "state_" + c.tenant + "_" + message.id;
  if (!is_record_id(message.id))
    return c.fail("id", "this is no id", "1 to 128 letters, digits and . _ ~ : @ -");
  c.ask(*record_queries_, "the records' reader", std::move(message));
}

void api::change_agents(call& c) {
  steward::change_agents message;
  message.tenant = c.tenant;
  message.what = found_in(actions, c.match.found->id);
  if (!c.match.arguments.empty()) message.name = c.match.arguments[0];
  if (c.match.found->id == "executeAnalytics") message.name = "analytics";
  if (c.match.found->id == "executeCleanup") message.name = "cleanup";
  if (message.name.size() > 128) return c.fail("name", "this is too long", "at most 128 bytes");
  if (message.what != agents_action::install_pack && !check_json_type(c)) return;
  if (message.what == agents_action::perform) {
    auto key = read_idempotency_key(c.request);
    if (!key.valid)
      return c.fail("Idempotency-Key", "this is no idempotency key",
                    "1 to 255 printable characters");
    message.idempotency_key = std::move(key.key);
  }
  message.body = c.request.body;
  to_tenant(c, std::move(message), {}, {});
}

void api::get_agent_figures(call& c) {
  steward::ask_agents message;
  message.tenant = c.tenant;
  message.what = found_in(figures, c.match.found->id);
  message.from = c.parameter("from").value_or(c.parameter("date").value_or(std::string{}));
  message.to = c.parameter("to").value_or(std::string{});
  c.ask(*desk_, "the agents' reader", std::move(message));
}

/// Nobody is logged in: the tenant's gate judges by the signature.
void api::receive_twilio(call& c) {
  c.tenant = c.parameter("tenant").value_or("default");
  const bool named =
      !c.tenant.empty() && c.tenant.size() <= 63 &&
      c.tenant.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (!named) return c.fail("tenant", "this is no tenant", "1 to 63 of a to z, 0 to 9 and -");
  // A stranger must not make tenants.
  if (!options_.tenants->find(c.tenant))
    return c.fail({403, "forbidden", "Forbidden", "the signature can't be verified", {}, {}});
  const auto form = parse_query(c.request.body);
  if (!form) return c.fail("", "the form can't be read", "application/x-www-form-urlencoded");
  auto fields = value::empty_object();
  for (const auto& [name, text] : *form) fields.set(name, text);
  const auto id = c.match.found->id;
  steward::change_agents message;
  message.tenant = c.tenant;
  message.what = id == "receiveTwilioStatus"    ? agents_action::twilio_status
                 : id == "receiveTwilioMessage" ? agents_action::twilio_incoming
                                                : agents_action::twilio_voice;
  message.body = workflow::to_json(value::object(
      {{"url", "http://" + std::string{c.request.header("host")} + std::string{c.request.target}},
       {"target", c.request.target},
       {"signature", c.request.header("x-twilio-signature")},
       {"form", std::move(fields)}}));
  to_tenant(c, std::move(message), {}, {});
}

void api::pause_agents(call& c) {
  steward::pause_agents message;
  if (c.request.method == "PUT") {
    if (!check_json_type(c)) return;
    const auto body = workflow::parse_json(c.request.body);
    const auto* paused = body && body->is_object() ? body->find("paused") : nullptr;
    if (!paused || !paused->is_bool())
      return c.fail("/paused", "this is no boolean", "true or false");
    message.change = true;
    message.paused = paused->as_bool();
  }
  c.ask(*overseer_, "the agents' overseer", message);
}

void api::move_clock(call& c) {
  if (!check_json_type(c)) return;
  const auto body = workflow::parse_json(c.request.body);
  const auto* now = body && body->is_object() ? body->find("now") : nullptr;
  if (!now || !now->is_string())
    return c.fail("/now", "this is no time", "an instant such as 2026-11-21T09:00:00Z");
  c.ask(*agenda_, "the agenda", steward::move_clock{std::string{now->as_string()}});
}

} // namespace steward::gateway
