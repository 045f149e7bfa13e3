#include "agents/documents.hpp"
#include "agents/gate.hpp"
#include "messages/digest.hpp"
#include "messages/record_bodies.hpp"
#include "workflow/json.hpp"

namespace steward::agents {

using workflow::value;

namespace {

constexpr size_t questions_most = 1'000; ///< Unanswered ones of a tenant.

std::string priority_in(const value& data) {
  const auto said = text_of(data, "priority");
  return said == "low" || said == "high" || said == "urgent" ? said : "medium";
}

} // namespace

std::string question_id(const value& event) {
  return "dec_q" +
         sha256_digest(text_of(event, "source") + '\n' + text_of(event, "id")).substr(7, 30);
}

/// No limit counts it: nothing is done but that somebody is asked.
void gate::ask_for_run(step& s, const value& event) {
  auto data = event.get("data");
  if (const auto kept = read_record(workflow::to_json(data)); data.is_object() && !kept)
    data = value::object(
        {{"run", data.get("run")},
         {"summary", "What the workflow asks can't be kept: " + kept.error().detail}});
  const auto id = question_id(event);
  const auto summary = shortened(text_of(data, "summary"), 500);
  auto type = text_of(data, "decision_type");
  if (type.empty() || type.size() > 100) type = "workflow_approval";
  const auto minutes = data.get("expires_minutes");
  const bool lasts = minutes.is_int() && minutes.as_int() >= 1 && minutes.as_int() <= 7 * 24 * 60;
  const auto lasts_us =
      lasts ? minutes.as_int() * 60 * governance::second_us : rules_.approval_expires_us;
  governance::action_request request;
  request.agent = "workflow";
  request.decision_type = type;
  if (const auto details = data.get("details"); details.is_object()) request.details = details;
  const auto verdict = governor_.judge(request, s.now_us());
  decision d;
  d.document = value::object(
      {{"id", id},
       {"salon_id", tenant_},
       {"agent_name", "workflow"},
       {"decision_type", type},
       {"autonomy_level", to_string(verdict.level)},
       {"level_because", verdict.reason},
       {"summary", summary.empty() ? "A workflow asks" : summary},
       {"reasons", value::array({"asked by run " + text_of(data, "run")})},
       {"priority", priority_in(data)},
       {"key", id},
       {"question", event.get("id")},
       {"context",
        value::object({{"trigger_id", text_of(data, "run")}, {"trigger_type", "workflow"}})},
       {"action_taken", "asked"},
       {"action_details", request.details},
       {"revenue_impact",
        value::object({{"potential", 0}, {"actual", 0}, {"currency", currency_}})},
       {"approval", nobody_asked()},
       {"outcome", nothing_came_yet()},
       {"act", value::empty_object()},
       {"created_at", time_or_null(s.now_us())},
       {"updated_at", time_or_null(s.now_us())},
       {"expires_at", time_or_null(s.now_us() + lasts_us)}});
  s.publish("AUTONOMOUS_DECISION", "decisions/" + id,
            value::object({{"decision_id", id},
                           {"agent_name", "workflow"},
                           {"decision_type", type},
                           {"autonomy_level", to_string(verdict.level)},
                           {"summary", d.document.get("summary")}}));
  audit(s, "decision_made", "info", "workflow", "Approval wanted: " + type, "decision", id,
        value::object({{"run", text_of(data, "run")}}));
  auto& kept = open_.change()[id] = std::move(d);
  keys_.change()[id] = id;
  if (!verdict.needs_approval() && verdict.may_act())
    return close(s, kept, "success", "full_auto: nobody is asked");
  if (approvals_->size() >= questions_most)
    return close(s, kept, "rejected", "too many approvals are pending");
  ask(s, kept, verdict.level, lasts_us);
}

/// Its run listens for this.
void gate::answer_run(step& s, const value& closed) {
  const auto status = text_of(closed.get("outcome"), "status");
  s.tell("APPROVAL_ANSWERED", "decisions/" + text_of(closed, "id"),
         value::object({{"question", closed.get("question")},
                        {"decision_id", closed.get("id")},
                        {"approval_id", closed.get("approval").get("approval_id")},
                        {"status", status == "success" ? "approved" : status},
                        {"approved", status == "success"},
                        {"responded_by", closed.get("approval").get("responded_by")},
                        {"notes", closed.get("outcome").get("result")}}));
}

} // namespace steward::agents
