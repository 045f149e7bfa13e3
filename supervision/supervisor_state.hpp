#pragma once

#include "supervision/child_table.hpp"
#include "supervision/restart_window.hpp"
#include "supervision/supervisor.hpp"
#include "supervision/tree_survey.hpp"

#include <exception>
#include <optional>
#include <string>

namespace steward::supervision {

/// What `supervisor` hides. Every event (a message, a deadline, a call of the owner) is one `turn`:
/// it changes children and plans, and at its end `settle` does what has become possible. Whatever
/// fails in a turn is tried again in a later one, so a storm of failures costs bounded work per
/// message.
///
/// The hooks and start functions are the owner's code and may call the supervisor again; so after
/// each of them children are looked up anew.
struct supervisor::state {
  state(supervisor& front, caf::event_based_actor* owner, supervisor_spec s,
        std::shared_ptr<services> shared);

  // -- events (supervisor.cpp) ---------------------------------------------------------------
  void start();
  void down(const caf::down_msg& message);
  void deadline();
  void stop(caf::error reason);
  caf::actor add(child_spec child);
  void remove(const std::string& name);

  // -- questions (supervisor.cpp) ------------------------------------------------------------
  void tell_tree(milliseconds patience);
  bool kill(const child_record& c);
  /// The child a path names, or the supervisor among the children through which it leads on.
  struct place {
    child_record* at = nullptr;
    std::string rest; ///< Of the path; empty: `at` is the one.
  };
  place locate(const std::string& path) const;

  // -- one child's life (restarts.cpp) -------------------------------------------------------
  void launch(child_record& c);
  /// It ended although nobody told it to.
  void ended(child_record& c, const caf::error& reason);
  void failed(child_record& c, const caf::error& reason, const std::string& text);
  void stopped(child_record& c, const caf::error& reason);
  /// It will not come back by itself.
  void gone(child_record& c, const caf::error& reason);
  void tell_to_stop(child_record& c);
  void escalate(const child_record& c, const std::string& text);

  // -- plans (restarts.cpp) ------------------------------------------------------------------
  /// All children at or after `from` are stopped, in reverse order, then those that are to run are
  /// started in order, not before `not_before`.
  struct group_restart {
    uint64_t from = 0;
    time_point not_before;
  };
  void plan_group_restart(const child_record& failed, time_point not_before);
  void start_group();
  /// Tells the next one to stop; true once no child at or after `from` lives.
  bool stopped_from(uint64_t from);
  void settle();
  void set_timer();

  /// Settles at the end of the outermost one, unless the owner's code has thrown: then the owner
  /// ends.
  class turn {
  public:
    explicit turn(state& s) : state_(s), thrown_(std::uncaught_exceptions()) { ++state_.turns; }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() noexcept(false) { // Settling runs the owner's code, too.
      if (--state_.turns == 0 && std::uncaught_exceptions() == thrown_) state_.settle();
    }

  private:
    state& state_;
    int thrown_;
  };

  // -- small things --------------------------------------------------------------------------
  time_point now() const { return self->clock().now(); }
  std::string path_of(const std::string& name) const { return front.path_ + "/" + name; }
  child_record& enter(child_spec spec, bool dynamic);

  void report(lifecycle_event::kind what, const child_record& c, std::string reason = {},
              bool abnormal = false);

  supervisor& front;
  caf::event_based_actor* self;
  supervisor_spec spec; ///< Its children moved into the table.
  std::shared_ptr<services> shared;
  child_table children;
  restart_window restarts;
  tree_survey survey;
  time_point since{};
  std::optional<group_restart> group;
  std::optional<caf::error> stopping; ///< What to quit with once all children are down.
  bool quitting = false;
  unsigned turns = 0;              ///< Open ones; more than one when the owner's code calls back.
  std::optional<time_point> timer; ///< The earliest wake-up that is on its way.
};

} // namespace steward::supervision
