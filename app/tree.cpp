#include "app/tree.hpp"

#include "actors/agents/agenda.hpp"
#include "actors/agents/courier.hpp"
#include "actors/agents/desk.hpp"
#include "actors/agents/mailer.hpp"
#include "actors/agents/overseer.hpp"
#include "actors/agents/thinker.hpp"
#include "actors/cluster/membership.hpp"
#include "actors/cluster/router.hpp"
#include "actors/feed.hpp"
#include "actors/journal_writer.hpp"
#include "actors/library.hpp"
#include "actors/queries.hpp"
#include "actors/record_queries.hpp"
#include "actors/records.hpp"
#include "actors/retention.hpp"
#include "actors/tenants.hpp"
#include "actors/timers.hpp"
#include "connectors/http_client.hpp"

namespace steward::app {

namespace {

using namespace supervision;

using behavior_function = caf::behavior (*)(caf::event_based_actor*, std::shared_ptr<node>);

child_spec child(std::string name, start_function start) {
  child_spec spec;
  spec.name = std::move(name);
  spec.start = std::move(start);
  return spec;
}

/// An actor of ours on the scheduler.
child_spec actor(std::string name, const std::shared_ptr<node>& n, behavior_function behavior) {
  return child(std::move(name),
               [n, behavior](const child_start& c) { return c.parent->spawn(behavior, n); });
}

/// One that blocks, e.g. on the disk.
child_spec blocking(std::string name, const std::shared_ptr<node>& n, behavior_function behavior,
                    blocking_actors where) {
  if (where == blocking_actors::scheduler) return actor(std::move(name), n, behavior);
  return child(std::move(name), [n, behavior](const child_start& c) {
    return c.parent->spawn<caf::detached>(behavior, n);
  });
}

child_spec agenda_of(const std::shared_ptr<node>& n) {
  return child("agenda", [n, book = std::make_shared<agenda_book>()](const child_start& c) {
    return c.parent->spawn(agenda, n, book);
  });
}

child_spec all_tenants(const std::shared_ptr<node>& n) {
  auto spec =
      child("tenants", [n](const child_start& c) { return c.parent->spawn(tenants, n, c.path); });
  spec.is_supervisor = true;
  spec.shutdown_timeout = milliseconds{10'000};
  return spec;
}

child_spec http_calls(transport_factory transport) {
  return child("http_client", [transport = std::move(transport)](const child_start& c) {
    return connectors::spawn_http_client(c.parent, transport());
  });
}

child_spec router_of(const std::shared_ptr<node>& n, cluster::transport_factory links) {
  return child("router", [n, links = std::move(links)](const child_start& c) {
    return c.parent->spawn(
        [n, links](caf::event_based_actor* self) { return router(self, n, links); });
  });
}

} // namespace

supervisor_spec server_tree(const std::shared_ptr<node>& n, transport_factory transport,
                            start_function gateway, blocking_actors where,
                            cluster::transport_factory links) {
  supervisor_spec root{
      .name = "root",
      .strategy = strategy::one_for_one,
      .intensity = 20,
      .period = milliseconds{10'000},
      .children = {
          subtree({.name = "store",
                   .strategy = strategy::rest_for_one,
                   .intensity = 10,
                   .period = milliseconds{10'000},
                   .children = {blocking("journal", n, journal_writer, where),
                                blocking("library", n, library, where),
                                blocking("records", n, records, where),
                                blocking("queries", n, queries, where),
                                blocking("record_queries", n, record_queries, where),
                                blocking("record_searches", n, record_queries, where),
                                blocking("loader", n, queries, where)}},
                  n->services),
          actor("feed", n, feed),
          actor("timers", n, timers),
          actor("retention", n, retention),
          http_calls(std::move(transport)),
          agenda_of(n),
          subtree({.name = "agents",
                   .strategy = strategy::one_for_one,
                   .intensity = 100,
                   .period = milliseconds{10'000},
                   .children = {actor("desk", n, desk), blocking("thinker1", n, thinker, where),
                                blocking("thinker2", n, thinker, where),
                                blocking("thinker3", n, thinker, where),
                                blocking("thinker4", n, thinker, where), actor("mailer", n, mailer),
                                blocking("courier", n, courier, where),
                                blocking("overseer", n, overseer, where)}},
                  n->services),
          all_tenants(n),
      }};
  if (n->shards.clustered())
    root.children.push_back(subtree({.name = "cluster",
                                     .strategy = strategy::one_for_one,
                                     .intensity = 10,
                                     .period = milliseconds{10'000},
                                     .children = {router_of(n, std::move(links)),
                                                  blocking("membership", n, membership, where)}},
                                    n->services));
  if (gateway) root.children.push_back(child("gateway", std::move(gateway)));
  return root;
}

} // namespace steward::app
