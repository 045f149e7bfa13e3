#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace steward::gateway {

enum class operation : uint8_t {
  deploy_workflow,
  list_workflows,
  get_workflow,
  start_run,
  start_runs,
  list_runs,
  get_run,
  get_run_events,
  get_run_replay,
  cancel_run,
  suspend_run,
  resume_run,
  retry_run,
  evaluate_expression,
  publish_events,
  list_events,
  list_collections,
  get_collection,
  declare_collection,
  remove_collection,
  find_records,
  create_record,
  write_records,
  get_record,
  replace_record,
  patch_record,
  remove_record,
  get_record_history,
  list_agent_documents, ///< Which, the route's id says (api_agents.cpp); so for the next two.
  get_agent_document,
  change_agents,
  get_agent_figures,
  move_clock,
  receive_twilio,
  list_schedules,
  pause_schedule,
  resume_schedule,
  read_feed,
  get_tree,
  kill_actor,
  pause_agents,
  get_cluster,
  drain_node,
  get_cluster_tree,
  get_cluster_metrics,
  get_stats,
  get_health,
  get_readiness,
  get_metrics,
  get_openapi,
};

struct route {
  std::string_view method;
  std::string_view pattern; ///< `{name}` stands for one segment.
  std::string_view id;      ///< The operation's name in the OpenAPI document and the metrics.
  operation does;
  std::string_view query; ///< The parameters it takes, separated by blanks.
  bool open = false;      ///< Needs no credentials.
};

/// All there are, in the order of the OpenAPI document. A route's place is its tag.
std::span<const route> routes();

struct route_match {
  const route* found = nullptr;
  std::vector<std::string> arguments; ///< The pattern's `{...}` in order, percent-decoded.
  std::string allow;                  ///< The methods of the path; empty: there is no such path.
  bool malformed = false;             ///< A percent-encoding in the path makes no sense.
};
/// HEAD finds the GET route. `path` is as sent, without the query.
route_match find_route(std::string_view method, std::string_view path);

} // namespace steward::gateway
