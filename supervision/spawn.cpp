#include "supervision/supervisor.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>
#include <utility>

namespace steward::supervision {

namespace {

struct supervisor_actor {
  std::unique_ptr<supervisor> core;
  static inline const char* name = "supervisor";
};

caf::behavior run_supervisor(caf::stateful_actor<supervisor_actor>* self,
                             const supervisor_spec& spec, const std::string& path,
                             const std::shared_ptr<services>& services) {
  auto prepared = prepare(self);
  self->state.core = std::make_unique<supervisor>(self, spec, path, services);
  self->state.core->start();
  return self->state.core->handlers().or_else(prepared);
}

} // namespace

caf::actor spawn_supervisor(caf::local_actor* parent, supervisor_spec spec, std::string path,
                            std::shared_ptr<services> services) {
  return parent->spawn(run_supervisor, std::move(spec), std::move(path), std::move(services));
}

caf::actor spawn_root(caf::actor_system& sys, supervisor_spec spec,
                      std::shared_ptr<services> services) {
  auto path = spec.name;
  return sys.spawn(run_supervisor, std::move(spec), std::move(path), std::move(services));
}

} // namespace steward::supervision
