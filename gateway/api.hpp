#pragma once

#include "config/settings.hpp"
#include "gateway/access.hpp"
#include "gateway/handler.hpp"
#include "gateway/metrics.hpp"
#include "gateway/problem.hpp"
#include "gateway/routes.hpp"
#include "gateway/static_files.hpp"
#include "gateway/target.hpp"
#include "messages/admission.hpp"
#include "messages/schedules.hpp"
#include "supervision/services.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Collectable;
}

namespace steward::gateway {

/// What the gateway is given by whoever starts it.
struct gateway_options {
  config::gateway_settings settings;
  std::shared_ptr<supervision::services> services;
  std::shared_ptr<doors> tenants;
  /// The root supervisor, for the tree; set once it runs.
  std::shared_ptr<supervision::service_slot> root = std::make_shared<supervision::service_slot>();
  std::shared_ptr<prometheus::Collectable>
      registry; ///< Metrics of the rest of the process; may be null.
  /// What /readyz waits for besides the flag.
  std::vector<std::string> needed{"store/library", "store/queries", "tenants", "feed"};
  bool clustered = false; ///< This server is a member of a cluster.
  std::shared_ptr<std::atomic<bool>> ready = std::make_shared<std::atomic<bool>>(false);
  std::string version;
  /// Called with the address, each time the server has started.
  std::function<void(const listening&)> on_listening;
};

/// The HTTP API: turns requests into messages to the actors behind the slots, and what can be told
/// without them into answers. Thread-safe: it is called by all I/O threads.
class api : public request_handler {
public:
  /// `gateway` answers what needs an actor's reply (gateway_actor.hpp).
  api(const gateway_options& options, caf::actor gateway, const server_counters* counters);

  void handle(const request_view& request, exchange& x) override;
  void answered(uint16_t route, std::string_view method, unsigned status,
                std::chrono::nanoseconds took) override;
  void feed_drained(uint64_t subscription) override;
  void feed_gone(uint64_t subscription) override;
  /// In Prometheus' text format.
  std::string metrics() const;

private:
  /// One request on its way through.
  struct call {
    const request_view& request;
    exchange& x;
    std::string_view path;
    const route_match& match;
    query_parameters query;
    tenant_id tenant; ///< On whose behalf.

    void fail(problem p) { x.answer(to_answer(std::move(p), path)); }
    /// 400, naming the parameter, header or member that is wrong.
    void fail(std::string_view field, std::string detail, std::string expected = {});
    void unavailable(std::string_view what);
    /// The parameter's value, if it was given. Twice the same name is refused before.
    std::optional<std::string> parameter(std::string_view name) const;
    /// Sends the message with a slot for the answer, or answers that `what` is down.
    template <class Message>
    void ask(const supervision::service_slot& to, std::string_view what, Message message);
  };

  void no_route(const request_view& request, exchange& x, std::string_view path,
                const route_match& match);
  void perform(call& c);
  bool check_query(call& c);

  void deploy_workflow(call& c);
  void list_workflows(call& c);
  void get_workflow(call& c);
  void start_run(call& c);
  void start_runs(call& c);
  void list_runs(call& c);
  void get_run(call& c);
  void get_run_events(call& c);
  void get_run_replay(call& c);
  void retry_run(call& c);
  void evaluate_expression(call& c);
  void control_run(call& c, operation what);
  void publish_events(call& c);
  void list_events(call& c);
  void list_collections(call& c);
  void get_collection(call& c);
  void declare_collection(call& c);
  void remove_collection(call& c);
  void find_records(call& c);
  void create_record(call& c);
  void write_records(call& c);
  void get_record(call& c);
  void write_record(call& c);
  void remove_record(call& c);
  void get_record_history(call& c);
  void list_agent_documents(call& c);
  void get_agent_document(call& c);
  void change_agents(call& c);
  void get_agent_figures(call& c);
  void move_clock(call& c);
  void receive_twilio(call& c);
  void list_schedules(call& c);
  void control_schedule(call& c, schedule_action action);
  void read_feed(call& c);
  void get_tree(call& c);
  void kill_actor(call& c);
  void pause_agents(call& c);
  void get_cluster(call& c);
  void drain_node(call& c);
  void ask_nodes(call& c, const char* what);
  void get_stats(call& c);
  void get_health(call& c);
  void get_readiness(call& c);
  void get_metrics(call& c);
  void get_openapi(call& c);

  /// Reads limit and cursor of a list; false when it has answered that they are wrong.
  static bool read_page(call& c, uint32_t& limit, std::string& cursor, uint64_t most = 200,
                        size_t cursor_bytes = 512);
  /// The names in the path of a collection or a record; false when it has answered that they are
  /// none.
  static bool read_collection(call& c, std::string& name);
  static bool read_record(call& c, std::string& collection, std::string& id);
  /// False when the body claims to be no JSON, which it has answered then.
  static bool check_json_type(call& c);
  static std::optional<run_id> read_run_id(call& c);
  /// Passes the tenant's door, or answers why not. A tenant that is not loaded is loaded by the
  /// tenants' actor, which forwards the message.
  template <class Message>
  void to_tenant(call& c, Message message, std::chrono::milliseconds wait, std::string headers,
                 size_t requests = 1);

  const gateway_options& options_;
  key_ring keys_;
  /// Who asks, or false when it has answered that they may not.
  bool identify(call& c) const;
  caf::actor gateway_;
  const server_counters* counters_;
  std::shared_ptr<supervision::service_slot> library_, queries_, record_queries_, record_searches_,
      tenants_, feed_, desk_, agenda_, overseer_, membership_, router_;
  static_files files_;
  request_metrics metrics_;
  std::string openapi_;
  int64_t started_us_;
  std::atomic<uint64_t> next_subscription_ = 1;
};

} // namespace steward::gateway
