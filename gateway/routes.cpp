#include "gateway/routes.hpp"

#include "gateway/target.hpp"

#include <algorithm>

namespace steward::gateway {

namespace {

constexpr std::array table{
    // clang-format off
  route{"POST", "/api/v1/workflows",                         "deployWorkflow", operation::deploy_workflow, ""},
  route{"GET",  "/api/v1/workflows",                         "listWorkflows",  operation::list_workflows,  "limit cursor"},
  route{"GET",  "/api/v1/workflows/{namespace}/{name}",      "getWorkflow",    operation::get_workflow,    "version"},
  route{"POST", "/api/v1/workflows/{namespace}/{name}/runs", "startRun",       operation::start_run,       "version"},
  route{"POST", "/api/v1/workflows/{namespace}/{name}/runs:batch", "startRuns", operation::start_runs, "version"},
  route{"GET",  "/api/v1/runs",                              "listRuns",       operation::list_runs,       "status workflow limit cursor"},
  route{"GET",  "/api/v1/runs/{id}",                         "getRun",         operation::get_run,         ""},
  route{"GET",  "/api/v1/runs/{id}/events",                  "getRunEvents",   operation::get_run_events,  "limit cursor"},
  route{"GET",  "/api/v1/runs/{id}/replay",                  "getRunReplay",   operation::get_run_replay,  "step"},
  route{"POST", "/api/v1/runs/{id}/cancel",                  "cancelRun",      operation::cancel_run,      ""},
  route{"POST", "/api/v1/runs/{id}/suspend",                 "suspendRun",     operation::suspend_run,     ""},
  route{"POST", "/api/v1/runs/{id}/resume",                  "resumeRun",      operation::resume_run,      ""},
  route{"POST", "/api/v1/runs/{id}/retry",                   "retryRun",       operation::retry_run,       ""},
  route{"POST", "/api/v1/expressions/evaluate",              "evaluateExpression", operation::evaluate_expression, ""},
  route{"POST", "/api/v1/events",                            "publishEvents",  operation::publish_events,  ""},
  route{"GET",  "/api/v1/events",                            "listEvents",     operation::list_events,     "after limit"},
  route{"GET", "/api/v1/collections", "listCollections", operation::list_collections, "limit cursor"},
  route{"GET", "/api/v1/collections/{collection}", "getCollection", operation::get_collection, ""},
  route{"PUT", "/api/v1/collections/{collection}", "declareCollection", operation::declare_collection, ""},
  route{"DELETE", "/api/v1/collections/{collection}", "removeCollection", operation::remove_collection, ""},
  route{"POST", "/api/v1/records/{collection}:batch", "writeRecords", operation::write_records, ""},
  route{"GET", "/api/v1/records/{collection}", "findRecords", operation::find_records, "filter sort limit cursor"},
  route{"POST", "/api/v1/records/{collection}", "createRecord", operation::create_record, ""},
  route{"GET", "/api/v1/records/{collection}/{record}", "getRecord", operation::get_record, ""},
  route{"PUT", "/api/v1/records/{collection}/{record}", "replaceRecord", operation::replace_record, ""},
  route{"PATCH", "/api/v1/records/{collection}/{record}", "patchRecord", operation::patch_record, ""},
  route{"DELETE", "/api/v1/records/{collection}/{record}", "removeRecord", operation::remove_record, ""},
  route{"GET", "/api/v1/records/{collection}/{record}/history", "getRecordHistory", operation::get_record_history, "limit cursor"},
  route{"POST", "/api/v1/autonomous/decisions", "createDecision", operation::change_agents, ""},
  route{"GET", "/api/v1/autonomous/decisions", "listDecisions", operation::list_agent_documents, "agent_name decision_type status customer_id limit cursor"},
  route{"GET", "/api/v1/autonomous/decisions/stats/daily", "getDecisionStats", operation::get_agent_figures, "date"},
  route{"GET", "/api/v1/autonomous/decisions/{decision}", "getDecision", operation::get_agent_document, ""},
  route{"PATCH", "/api/v1/autonomous/decisions/{decision}", "patchDecision", operation::change_agents, ""},
  route{"GET", "/api/v1/autonomous/agents", "listAgents", operation::list_agent_documents, "limit cursor"},
  route{"GET", "/api/v1/autonomous/agents/{agent}", "getAgent", operation::get_agent_document, ""},
  route{"PATCH", "/api/v1/autonomous/agents/{agent}", "patchAgent", operation::change_agents, ""},
  route{"PUT", "/api/v1/autonomous/agents/{agent}/config", "configureAgent", operation::change_agents, ""},
  route{"POST", "/api/v1/autonomous/agents/{agent}/reset-circuit-breaker", "resetCircuitBreaker", operation::change_agents, ""},
  route{"GET", "/api/v1/autonomous/approvals", "listApprovals", operation::list_agent_documents, "status agent_name limit cursor"},
  route{"GET", "/api/v1/autonomous/approvals/pending", "listPendingApprovals", operation::list_agent_documents, "agent_name limit cursor"},
  route{"GET", "/api/v1/autonomous/approvals/stats/summary", "getApprovalStats", operation::get_agent_figures, ""},
  route{"GET", "/api/v1/autonomous/approvals/{approval}", "getApproval", operation::get_agent_document, ""},
  route{"POST", "/api/v1/autonomous/approvals/{approval}/action", "answerApproval", operation::change_agents, ""},
  route{"GET", "/api/v1/autonomous/gaps", "listGaps", operation::list_agent_documents, "status date staff_id priority limit cursor"},
  route{"GET", "/api/v1/autonomous/gaps/open", "listOpenGaps", operation::list_agent_documents, "date staff_id limit cursor"},
  route{"GET", "/api/v1/autonomous/gaps/high-priority", "listHighPriorityGaps", operation::list_agent_documents, "date staff_id limit cursor"},
  route{"GET", "/api/v1/autonomous/gaps/stats/daily", "getGapStats", operation::get_agent_figures, "date"},
  route{"GET", "/api/v1/autonomous/gaps/{gap}", "getGap", operation::get_agent_document, ""},
  route{"POST", "/api/v1/autonomous/outreach", "createOutreach", operation::change_agents, ""},
  route{"GET", "/api/v1/autonomous/outreach", "listOutreach", operation::list_agent_documents, "status customer_id outreach_type trigger_id limit cursor"},
  route{"GET", "/api/v1/autonomous/outreach/stats/summary", "getOutreachStats", operation::get_agent_figures, ""},
  route{"GET", "/api/v1/autonomous/outreach/{outreach}", "getOutreach", operation::get_agent_document, ""},
  route{"PATCH", "/api/v1/autonomous/outreach/{outreach}", "patchOutreach", operation::change_agents, ""},
  route{"GET", "/api/v1/autonomous/analytics/dashboard", "getAgentDashboard", operation::get_agent_figures, ""},
  route{"GET", "/api/v1/autonomous/analytics/revenue-impact", "getRevenueImpact", operation::get_agent_figures, "from to"},
  route{"GET", "/api/v1/autonomous/governance", "getGovernance", operation::change_agents, ""},
  route{"PUT", "/api/v1/autonomous/governance", "putGovernance", operation::change_agents, ""},
  route{"GET", "/api/v1/packs", "listPacks", operation::list_agent_documents, "limit cursor"},
  route{"GET", "/api/v1/packs/{pack}", "getPack", operation::get_agent_document, ""},
  route{"PUT", "/api/v1/packs/{pack}", "installPack", operation::change_agents, ""},
  route{"POST", "/api/v1/actions/{action}", "performAction", operation::change_agents, ""},
  route{"POST", "/api/v1/internal/tasks/execute", "executeTask", operation::change_agents, ""},
  route{"POST", "/api/v1/internal/tasks/send-notification", "sendNotification", operation::change_agents, ""},
  route{"POST", "/api/v1/internal/tasks/analytics", "executeAnalytics", operation::change_agents, ""},
  route{"POST", "/api/v1/internal/tasks/cleanup", "executeCleanup", operation::change_agents, ""},
  route{"GET", "/api/v1/autonomous/alerts", "listAlerts", operation::list_agent_documents, "status limit cursor"},
  route{"GET", "/api/v1/autonomous/alerts/{alert}", "getAlert", operation::get_agent_document, ""},
  route{"GET", "/api/v1/internal/agents", "getServerAgents", operation::pause_agents, ""},
  route{"PUT", "/api/v1/internal/agents", "putServerAgents", operation::pause_agents, ""},
  route{"GET", "/api/v1/cluster", "getCluster", operation::get_cluster, ""},
  route{"GET", "/api/v1/cluster/tree", "getClusterTree", operation::get_cluster_tree, ""},
  route{"GET", "/api/v1/cluster/metrics", "getClusterMetrics", operation::get_cluster_metrics, ""},
  route{"POST", "/api/v1/cluster/drain", "drainNode", operation::drain_node, ""},
  route{"POST", "/api/v1/webhooks/twilio/status", "receiveTwilioStatus", operation::receive_twilio, "tenant", true},
  route{"POST", "/api/v1/webhooks/twilio/incoming", "receiveTwilioMessage", operation::receive_twilio, "tenant", true},
  route{"POST", "/api/v1/webhooks/twilio/voice", "receiveTwilioCall", operation::receive_twilio, "tenant", true},
  route{"PUT", "/api/v1/internal/clock", "moveClock", operation::move_clock, ""},
  route{"GET",  "/api/v1/schedules",                         "listSchedules",  operation::list_schedules,  "limit cursor"},
  route{"POST", "/api/v1/schedules/{namespace}/{name}/pause", "pauseSchedule", operation::pause_schedule,  ""},
  route{"POST", "/api/v1/schedules/{namespace}/{name}/resume", "resumeSchedule", operation::resume_schedule, ""},
  route{"GET",  "/api/v1/feed",                              "readFeed",       operation::read_feed,       "after type subject run"},
  route{"GET",  "/api/v1/tree",                              "getTree",        operation::get_tree,        ""},
  route{"POST", "/api/v1/tree/kill",                         "killActor",      operation::kill_actor,      ""},
  route{"GET",  "/api/v1/stats",                             "getStats",       operation::get_stats,       ""},
  route{"GET",  "/healthz",                                  "getHealth",      operation::get_health,      "", true},
  route{"GET",  "/readyz",                                   "getReadiness",   operation::get_readiness,   "", true},
  route{"GET",  "/metrics",                                  "getMetrics",     operation::get_metrics,     "", true},
  route{"GET",  "/openapi.json",                             "getOpenapi",     operation::get_openapi,     "", true},
    // clang-format on
};

/// Takes the next segment off `path`, which begins with a slash.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

/// Fits the path to the pattern; what stands for `{...}` (a segment, or its part before a `:verb`)
/// goes to `captured`.
bool fits(std::string_view pattern, std::string_view path,
          std::array<std::string_view, 2>& captured, size_t& count) {
  count = 0;
  while (!pattern.empty() && !path.empty() && path.front() == '/') {
    const auto wanted = take_segment(pattern);
    const auto given = take_segment(path);
    if (wanted.starts_with('{')) {
      const auto verb = wanted.substr(wanted.find('}') + 1);
      if (given.size() <= verb.size() || !given.ends_with(verb)) return false;
      captured[count++] = given.substr(0, given.size() - verb.size());
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

} // namespace

std::span<const route> routes() { return table; }

route_match find_route(std::string_view method, std::string_view path) {
  route_match out;
  const auto wanted = method == "HEAD" ? std::string_view{"GET"} : method;
  std::array<std::string_view, 2> captured;
  size_t count = 0;
  for (const auto& r : table) {
    if (!fits(r.pattern, path, captured, count)) continue;
    if (out.allow.find(r.method) == std::string::npos) {
      out.allow.append(out.allow.empty() ? "" : ", ").append(r.method);
      if (r.method == "GET") out.allow += ", HEAD";
    }
    if (r.method != wanted || out.found != nullptr) continue;
    out.found = &r;
    for (size_t i = 0; i < count; ++i) {
      auto decoded = percent_decoded(captured[i], plus::is_itself);
      if (!decoded) out.malformed = true;
      out.arguments.push_back(decoded.value_or(std::string{}));
    }
  }
  if (!out.allow.empty()) out.allow += ", OPTIONS";
  return out;
}

} // namespace steward::gateway
