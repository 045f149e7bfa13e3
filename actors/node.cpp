#include "actors/node.hpp"

namespace steward {

void watch_list::add(const run_id& run) {
  const std::lock_guard lock{mutex_};
  runs_.insert(run);
  size_ = runs_.size();
}

void watch_list::remove(const run_id& run) {
  const std::lock_guard lock{mutex_};
  if (const auto found = runs_.find(run); found != runs_.end()) runs_.erase(found);
  size_ = runs_.size();
}

bool watch_list::watched(const run_id& run) const {
  if (size_.load(std::memory_order_relaxed) == 0) return false;
  const std::lock_guard lock{mutex_};
  return runs_.contains(run);
}

node::node(config::settings s, world& w, std::shared_ptr<store::engine> e)
    : settings(std::move(s)), outside(w), engine(std::move(e)),
      services(std::make_shared<supervision::services>(w)),
      shards(engine && engine->cluster() != nullptr), journal(services->slot("store/journal")),
      library(services->slot("store/library")), records(services->slot("store/records")),
      queries(services->slot("store/queries")),
      record_queries(services->slot("store/record_queries")),
      loader(services->slot("store/loader")), timers(services->slot("timers")),
      feed(services->slot("feed")), http_client(services->slot("http_client")),
      tenants(services->slot("tenants")), agenda(services->slot("agenda")),
      desk(services->slot("agents/desk")), overseer(services->slot("agents/overseer")),
      membership(services->slot("cluster/membership")), router(services->slot("cluster/router")),
      gateway(services->slot("gateway")) {}

caf::actor node::tenant_or_loader(const tenant_id& tenant) const {
  if (const auto d = tenant_doors->find(tenant))
    if (auto handle = d->actor()) return handle;
  return tenants->get();
}

} // namespace steward
