#pragma once

#include "actors/node.hpp"
#include "supervision/spec.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace steward::app {

/// One running Steward inside this process: the actor system with the whole tree on it.
/// The destructor stops the tree in its order and waits for it.
class runtime {
public:
  /// Makes the gateway's start function; the tree has none when it is empty.
  using gateway_factory = std::function<supervision::start_function(const std::shared_ptr<node>&)>;

  runtime(config::settings settings, std::shared_ptr<store::engine> engine,
          const gateway_factory& gateway = {});
  ~runtime();
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  const std::shared_ptr<node>& shared() const { return node_; }
  caf::actor root() const { return root_; }
  /// True once the root has ended: it gave up, and the process should end too.
  bool ended() const { return *ended_; }

private:
  std::shared_ptr<node> node_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor root_;
  std::shared_ptr<std::atomic<bool>> ended_ = std::make_shared<std::atomic<bool>>(false);
};

} // namespace steward::app
