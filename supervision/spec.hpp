#pragma once

#include <caf/actor.hpp>
#include <caf/local_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// OTP's words with OTP's meaning: what a supervisor starts and how it restarts it.
namespace steward::supervision {

using std::chrono::milliseconds;

/// Who is restarted when one child fails.
enum class strategy : uint8_t {
  one_for_one,  ///< The failed child.
  one_for_all,  ///< All children.
  rest_for_one, ///< The failed child and those started after it.
};

/// When a child that ended is started again.
enum class restart : uint8_t {
  permanent, ///< Always.
  transient, ///< Only after an abnormal end.
  temporary, ///< Never.
};

/// The wait before the n-th restart in a row: min * 2^(n-1), at most max, plus or minus jitter as a
/// share of it. A child that has been up for longer than the supervisor's period starts over.
struct backoff {
  milliseconds min{10};
  milliseconds max{5000};
  double jitter = 0.2;
};
/// The wait before a child that has failed `crashes` times in a row is started again. `random`: 64
/// random bits.
std::chrono::microseconds restart_delay(const backoff& b, unsigned crashes, uint64_t random);

/// What a child is told at its start.
struct child_start {
  caf::local_actor* parent; ///< Spawn with it: `parent->spawn(...)`, or detached.
  std::string path;         ///< Where it is in the tree, e.g. "root/store/journal".
  unsigned crashes = 0;     ///< How often in a row this child has crashed.
};
/// Spawns the child. A throw counts as a child that died while starting.
using start_function = std::function<caf::actor(const child_start&)>;

struct child_spec {
  std::string name; ///< Unique among its siblings.
  start_function start;
  supervision::restart restart = supervision::restart::permanent;
  /// What a child has to end by itself after `user_shutdown`; then it is killed.
  milliseconds shutdown_timeout{2000};
  supervision::backoff backoff;
  bool is_supervisor = false; ///< Its subtree is shown, stopped and killed through it.
  /// Has a slot in the directory, is reported at every step, and is stopped in its turn. Set it to
  /// false for one of thousands: those have no slot, only their failures are reported, they come
  /// after all listed children in the order, and they are stopped all at once.
  bool listed = true;
};

/// One supervisor as data. More than `intensity` restarts within `period`, and it gives up: it
/// stops its children and ends with `escalated`, which its own supervisor treats as a crash.
struct supervisor_spec {
  std::string name;
  supervision::strategy strategy = supervision::strategy::one_for_one;
  unsigned intensity = 5;
  milliseconds period{10'000};
  /// Started in this order, stopped in the reverse. A start is done when the start function
  /// returns: it does not wait for what the new actor does by itself, such as starting a subtree.
  std::vector<child_spec> children;
};

struct services; // supervision/services.hpp

/// A child that is itself a supervisor: how trees are written as one literal.
child_spec subtree(supervisor_spec spec, std::shared_ptr<services> services);

} // namespace steward::supervision
