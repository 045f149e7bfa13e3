#include "app/runtime.hpp"

#include "actors/local_messages.hpp"
#include "app/tree.hpp"
#include "app/version.hpp"
#include "connectors/authenticator.hpp"
#include "connectors/curl_transport.hpp"
#include "supervision/messages.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

#include <thread>

namespace steward::app {

namespace {

/// The tenant whose feed tells the operator what the supervisors do.
constexpr char operator_tenant[] = "default";

void configure(caf::actor_system_config& config, const config::settings& settings) {
  config.add_message_types<caf::id_block::steward_supervision>();
  config.add_message_types<caf::id_block::steward_messages>();
  const size_t threads = settings.scheduler_threads != 0
                             ? settings.scheduler_threads
                             : std::max(1u, std::thread::hardware_concurrency());
  config.set("scheduler.max-threads", threads);
  config.set("scheduler.max-throughput", size_t{100});
  // A worker without work sleeps at once: napping polls cost more than they find.
  config.set("work-stealing.aggressive-poll-attempts", size_t{0});
  config.set("work-stealing.moderate-poll-attempts", size_t{0});
  // How often a sleeping worker looks for work that a busy one left: nearly all of the CPU at rest.
  config.set("work-stealing.relaxed-sleep-duration", caf::timespan{std::chrono::milliseconds{20}});
}

/// Crashes and restarts go to the log, the counters and the feed.
void report(node& n, const supervision::lifecycle_event& e) {
  using kind = supervision::lifecycle_event::kind;
  if (e.what == kind::exited && e.abnormal) {
    n.counters.actor_crashes.fetch_add(1, std::memory_order_relaxed);
    spdlog::warn("actor.crashed path={} restarts={} reason=\"{}\"", e.path, e.restarts, e.reason);
  } else if (e.what == kind::restarting) {
    n.counters.actor_restarts.fetch_add(1, std::memory_order_relaxed);
  } else if (e.what == kind::gave_up) {
    spdlog::error("supervisor.gave_up path={} reason=\"{}\"", e.path, e.reason);
  } else {
    return;
  }
  const auto journal = n.journal->get();
  if (!journal || !n.shards.here(operator_tenant)) return;
  const char* type = e.what == kind::exited    ? "dev.steward.supervision.exited.v1"
                     : e.what == kind::gave_up ? "dev.steward.supervision.gave_up.v1"
                                               : "dev.steward.supervision.restarted.v1";
  auto data = workflow::value::object(
      {{"path", e.path}, {"reason", e.reason}, {"restarts", static_cast<int64_t>(e.restarts)}});
  commit_request commit;
  commit.batch.tenant = operator_tenant;
  commit.batch.ops.emplace_back(
      publish_event{type, "tree/" + e.path, n.outside.now_us(), workflow::to_json(data)});
  caf::anon_send(journal, std::move(commit));
}

/// The options of this node's links; what they say is logged.
cluster::network_options network_of(const config::cluster_settings& s) {
  cluster::network_options o;
  o.cluster = s.name;
  o.listen = s.listen.empty() ? s.advertise : s.listen;
  o.secret = s.secret;
  o.certificate = s.certificate;
  o.key = s.key;
  o.authority = s.authority;
  o.warn = [](const std::string& what) { spdlog::warn("cluster.refused_link {}", what); };
  return o;
}

} // namespace

runtime::runtime(config::settings settings, std::shared_ptr<store::engine> engine,
                 const gateway_factory& gateway)
    : node_(std::make_shared<node>(
          settings,
          settings.clock_begins_us != 0 ? stepped_world(settings.clock_begins_us) : real_world(),
          std::move(engine))) {
  configure(config_, node_->settings);
  system_ = std::make_unique<caf::actor_system>(config_);
  node_->services->report = [n = node_.get()](const supervision::lifecycle_event& e) {
    report(*n, e);
  };
  const auto http = node_->settings.http_client;
  auto transport = [http] {
    return std::make_unique<connectors::authenticator>(
        std::make_unique<connectors::curl_transport>(http, std::string{"steward/"} + version));
  };
  root_ = supervision::spawn_root(
      *system_,
      server_tree(node_, transport, gateway ? gateway(node_) : nullptr,
                  blocking_actors::own_threads,
                  [o = network_of(node_->settings.cluster)](cluster::transport_events events) {
                    return cluster::network_transport(o, std::move(events));
                  }),
      node_->services);
  root_->attach_functor([ended = ended_](const caf::error&) { *ended = true; });
}

runtime::~runtime() {
  caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
  root_ = nullptr;
  system_->await_all_actors_done();
  // No handle may outlive the actor system.
  for (const auto& d : node_->tenant_doors->all()) d->set_actor(nullptr);
  system_.reset();
}

} // namespace steward::app
