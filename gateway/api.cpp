#include "gateway/api.hpp"

#include "gateway/access.hpp"
#include "gateway/openapi.hpp"

#include <algorithm>

namespace steward::gateway {

api::api(const gateway_options& options, caf::actor gateway, const server_counters* counters)
    : options_(options), keys_(options.settings.keys), gateway_(std::move(gateway)),
      counters_(counters), library_(options.services->slot("store/library")),
      queries_(options.services->slot("store/queries")),
      record_queries_(options.services->slot("store/record_queries")),
      record_searches_(options.services->slot("store/record_searches")),
      tenants_(options.services->slot("tenants")), feed_(options.services->slot("feed")),
      desk_(options.services->slot("agents/desk")), agenda_(options.services->slot("agenda")),
      overseer_(options.services->slot("agents/overseer")),
      membership_(options.services->slot("cluster/membership")),
      router_(options.services->slot("cluster/router")), files_(options.settings.dashboard),
      openapi_(openapi_document(options.version)), started_us_(options.services->outside.now_us()) {
}

void api::handle(const request_view& request, exchange& x) {
  const auto [path, query] = split(request.target);
  if (options_.settings.dev)
    if (auto refused = refuse_foreign(request))
      return x.answer(to_answer(std::move(*refused), path));
  const auto match = find_route(request.method, path);
  if (match.found == nullptr) return no_route(request, x, path, match);
  x.tag(static_cast<uint16_t>(match.found - routes().data()));
  call c{request, x, path, match, {}, {}};
  if (!match.found->open && !identify(c)) return;
  if (match.malformed) return c.fail("path", "a percent-encoding in the path is broken");
  auto parameters = parse_query(query);
  if (!parameters) return c.fail("query", "a percent-encoding in the query is broken");
  c.query = std::move(*parameters);
  if (check_query(c)) perform(c);
}

namespace {

/// What concerns all tenants.
bool is_for_operators(operation does) {
  switch (does) {
  case operation::get_tree:
  case operation::kill_actor:
  case operation::move_clock:
  case operation::pause_agents:
  case operation::get_cluster:
  case operation::drain_node:
  case operation::get_cluster_tree:
  case operation::get_cluster_metrics:
    return true;
  default:
    return false;
  }
}

} // namespace

bool api::identify(call& c) const {
  if (options_.settings.dev) {
    c.tenant = "default";
    return true;
  }
  const auto* key = keys_.find(c.request.header("authorization"));
  if (!key) {
    auto a = to_answer(unauthenticated(), c.path);
    a.add_header("WWW-Authenticate", "Bearer");
    c.x.answer(std::move(a));
    return false;
  }
  const auto does = c.match.found->does;
  if (!key->operates && is_for_operators(does)) {
    c.fail(not_operator());
    return false;
  }
  c.tenant = key->tenant;
  return true;
}

void api::no_route(const request_view& request, exchange& x, std::string_view path,
                   const route_match& match) {
  const bool options = request.method == "OPTIONS";
  if (options && (path == "*" || !match.allow.empty())) {
    http_answer a;
    a.status = 204;
    a.add_header("Allow",
                 path == "*" ? "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" : match.allow);
    return x.answer(std::move(a));
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!match.allow.empty() || (!reads && !path.starts_with("/api/"))) {
    const auto allow = match.allow.empty() ? std::string{"GET, HEAD"} : match.allow;
    auto a = to_answer(
        {405, "method-not-allowed", "Method not allowed", "this path understands " + allow, {}, {}},
        path);
    a.add_header("Allow", allow);
    return x.answer(std::move(a));
  }
  if (reads && !path.starts_with("/api/"))
    if (auto file = files_.find(request, path)) return x.answer(std::move(*file));
  x.answer(
      to_answer({404, "not-found", "Not found", "there is nothing at this path", {}, {}}, path));
}

/// Whether every query parameter is one that the route knows, and none but `type` is given twice.
bool api::check_query(call& c) {
  const auto known = c.match.found->query;
  for (size_t i = 0; i < c.query.size(); ++i) {
    const auto& name = c.query[i].first;
    bool found = false;
    for (auto rest = known; !rest.empty() && !found;) {
      const auto end = std::min(rest.find(' '), rest.size());
      found = rest.substr(0, end) == name;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!found) {
      c.fail(name, "there is no such query parameter",
             known.empty() ? "none" : "one of: " + std::string{known});
      return false;
    }
    const auto again = std::any_of(c.query.begin(), c.query.begin() + static_cast<ptrdiff_t>(i),
                                   [&](const auto& other) { return other.first == name; });
    if (again && name != "type") {
      c.fail(name, "the query parameter is given more than once", "once");
      return false;
    }
  }
  return true;
}

void api::perform(call& c) {
  switch (c.match.found->does) {
  case operation::deploy_workflow:
    return deploy_workflow(c);
  case operation::list_workflows:
    return list_workflows(c);
  case operation::get_workflow:
    return get_workflow(c);
  case operation::start_run:
    return start_run(c);
  case operation::start_runs:
    return start_runs(c);
  case operation::list_runs:
    return list_runs(c);
  case operation::get_run:
    return get_run(c);
  case operation::get_run_events:
    return get_run_events(c);
  case operation::get_run_replay:
    return get_run_replay(c);
  case operation::cancel_run:
  case operation::suspend_run:
  case operation::resume_run:
    return control_run(c, c.match.found->does);
  case operation::retry_run:
    return retry_run(c);
  case operation::evaluate_expression:
    return evaluate_expression(c);
  case operation::publish_events:
    return publish_events(c);
  case operation::list_events:
    return list_events(c);
  case operation::list_collections:
    return list_collections(c);
  case operation::get_collection:
    return get_collection(c);
  case operation::declare_collection:
    return declare_collection(c);
  case operation::remove_collection:
    return remove_collection(c);
  case operation::find_records:
    return find_records(c);
  case operation::create_record:
    return create_record(c);
  case operation::write_records:
    return write_records(c);
  case operation::get_record:
    return get_record(c);
  case operation::replace_record:
  case operation::patch_record:
    return write_record(c);
  case operation::remove_record:
    return remove_record(c);
  case operation::get_record_history:
    return get_record_history(c);
  case operation::list_agent_documents:
    return list_agent_documents(c);
  case operation::get_agent_document:
    return get_agent_document(c);
  case operation::change_agents:
    return change_agents(c);
  case operation::get_agent_figures:
    return get_agent_figures(c);
  case operation::pause_agents:
    return pause_agents(c);
  case operation::get_cluster:
    return get_cluster(c);
  case operation::drain_node:
    return drain_node(c);
  case operation::get_cluster_tree:
    return ask_nodes(c, "tree");
  case operation::get_cluster_metrics:
    return ask_nodes(c, "metrics");
  case operation::move_clock:
    return move_clock(c);
  case operation::receive_twilio:
    return receive_twilio(c);
  case operation::list_schedules:
    return list_schedules(c);
  case operation::pause_schedule:
    return control_schedule(c, schedule_action::pause);
  case operation::resume_schedule:
    return control_schedule(c, schedule_action::resume);
  case operation::read_feed:
    return read_feed(c);
  case operation::get_tree:
    return get_tree(c);
  case operation::kill_actor:
    return kill_actor(c);
  case operation::get_stats:
    return get_stats(c);
  case operation::get_health:
    return get_health(c);
  case operation::get_readiness:
    return get_readiness(c);
  case operation::get_metrics:
    return get_metrics(c);
  case operation::get_openapi:
    return get_openapi(c);
  }
}

void api::answered(uint16_t route, std::string_view method, unsigned status,
                   std::chrono::nanoseconds took) {
  metrics_.add(route, method, status, took);
}

void api::call::fail(std::string_view field, std::string detail, std::string expected) {
  auto about = field.empty() ? detail : std::string{field} + ": " + detail;
  fail({400,
        "invalid-request",
        "Invalid request",
        std::move(about),
        {{std::string{field}, std::move(detail), std::move(expected)}},
        {}});
}

void api::call::unavailable(std::string_view what) {
  fail({503,
        "unavailable",
        "Unavailable",
        std::string{what} + " is not running; try again",
        {},
        std::chrono::milliseconds{1000}});
}

std::optional<std::string> api::call::parameter(std::string_view name) const {
  for (const auto& [n, value] : query)
    if (n == name) return value;
  return std::nullopt;
}

bool api::read_page(call& c, uint32_t& limit, std::string& cursor, uint64_t most,
                    size_t cursor_bytes) {
  if (const auto text = c.parameter("limit")) {
    const auto number = parse_number(*text);
    if (!number || *number < 1 || *number > most) {
      c.fail("limit", "this is not a page's length",
             "a whole number from 1 to " + std::to_string(most));
      return false;
    }
    limit = static_cast<uint32_t>(*number);
  }
  cursor = c.parameter("cursor").value_or(std::string{});
  const bool plain =
      std::all_of(cursor.begin(), cursor.end(), [](char ch) { return ch > 0x20 && ch < 0x7f; });
  if (plain && cursor.size() <= cursor_bytes) return true;
  c.fail("cursor", "this is no cursor", "the `next` of an earlier page");
  return false;
}

} // namespace steward::gateway
