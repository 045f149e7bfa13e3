#pragma once

#include "messages/world.hpp"

#include <caf/actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace steward::supervision {

/// The current incarnation of one named actor. A restarted child has a new address; whoever keeps
/// the slot instead of the handle always reaches the one that lives. Thread-safe.
class service_slot {
public:
  /// An invalid handle while the actor is down.
  caf::actor get() const;
  void set(caf::actor handle);
  void clear();
  /// Only if it still holds that one: a successor may have come in the meantime.
  void clear(const caf::actor& gone);

private:
  mutable std::mutex mutex_;
  caf::actor handle_;
};

/// What became of a child, for the log, the feed and the metrics.
struct lifecycle_event {
  enum class kind : uint8_t { started, exited, restarting, gave_up, stopped };
  kind what = kind::started;
  std::string path;
  std::string reason; ///< exited: why, with the exception's text when it threw.
  bool abnormal = false;
  unsigned restarts = 0; ///< Of this child so far.
};

/// What all supervisors of one system share: the directory of named actors and where they report.
/// Thread-safe.
struct services {
  explicit services(world& w) : outside(w) {}

  /// The slot of that path ("store/journal": without the root's name); made on first use, never
  /// removed, so a client may ask before the actor's first start.
  std::shared_ptr<service_slot> slot(const std::string& path);

  world& outside;
  /// Called on the supervisor's thread; must not block. May be empty.
  std::function<void(const lifecycle_event&)> report;

private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<service_slot>> slots_;
};

} // namespace steward::supervision
