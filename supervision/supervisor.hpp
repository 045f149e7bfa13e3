#pragma once

#include "supervision/services.hpp"
#include "supervision/spec.hpp"
#include "supervision/tree.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/message_handler.hpp>

#include <memory>
#include <string>

namespace steward::supervision {

/// Supervision as a part of an actor. An actor that supervises (the generic one of
/// `spawn_supervisor`, or a tenant, which has messages of its own) owns one of these, calls `start`
/// in its constructor function and joins `handlers()` to its behavior with `or_else`. Its functions
/// are for the owner's own handlers, and for the hooks and start functions, which run in them.
///
/// Accepts     get_tree, kill_child, get_child, and its own timers (handlers())
/// Replies     tree_node; whether the child was found; the child's handle
/// Supervisor  whoever spawned the owner
/// Persists    nothing
/// Fails       more restarts than `intensity` in `period`: stops its children in reverse order and
///             quits the owner with `escalated`. Owner crashed or killed: every child is told to
///             shut down
///             A child that ignores `user_shutdown` is killed; one that is stuck in a handler can't
///             be, and holds up its stop (the tree shows it as stopping)
/// Bounds      children: as many as are added; a tree shows 200 of them. Timers: only for the
///             earliest deadline
class supervisor {
public:
  supervisor(caf::event_based_actor* self, supervisor_spec spec, std::string path,
             std::shared_ptr<services> services);
  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;

  /// Sets the owner's down and exit handlers and starts the children, in order.
  void start();
  caf::message_handler handlers();

  /// Dynamic children: started at once. A name that is taken is replaced only when that child is
  /// gone: while it lives (or waits for its restart) it stays and is answered; while `remove` stops
  /// it, the new one waits for its end. Answers the handle, invalid if it died while starting (its
  /// restart policy applies) or can't start yet. Refused while the owner stops. A dynamic child
  /// that ends for good is forgotten, so ten thousand short ones leave nothing behind.
  caf::actor add(child_spec spec);
  /// Forgets the child; stops it first if it lives.
  void remove(const std::string& name);
  /// Its work is going well: what it crashed before no longer counts.
  void progressed(const std::string& name);
  /// Stops the children in reverse order, then quits the owner with that reason.
  void stop(caf::error reason);
  /// Invalid if there is no such child or it is down.
  caf::actor child(const std::string& name) const;
  size_t size() const;

  /// Called when a child has ended and will not be started again by itself (temporary, transient
  /// after a normal end, given up, removed), after it was forgotten if it was dynamic. Not called
  /// for those that end because the owner stops.
  std::function<void(const std::string& name, const caf::error& reason)> on_gone;
  /// Asked before a child that failed is started again: false gives it up (as if temporary), and
  /// the failure does not count against the supervisor's intensity. A permanent child that ended by
  /// itself has failed, too.
  std::function<bool(const std::string& name, unsigned crashes, const std::string& reason)>
      on_crash;

  const std::string& path() const { return path_; }

private:
  struct state;
  std::string path_;
  std::shared_ptr<state> state_;
};

/// A supervisor that does nothing else.
caf::actor spawn_supervisor(caf::local_actor* parent, supervisor_spec spec, std::string path,
                            std::shared_ptr<services> services);
caf::actor spawn_root(caf::actor_system& sys, supervisor_spec spec,
                      std::shared_ptr<services> services);

/// What every actor of the tree starts with: unknown messages are dropped without printing their
/// content, exceptions become an exit reason that carries their text, and the returned handlers
/// answer a supervisor's question for the mailbox length. Join them with `or_else`.
caf::message_handler prepare(caf::event_based_actor* self);

/// The text of why an actor ended, for logs and the tree.
std::string reason_text(caf::actor_system& sys, const caf::error& reason);

} // namespace steward::supervision
