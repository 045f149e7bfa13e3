#pragma once

#include "supervision/services.hpp"
#include "supervision/spec.hpp"

#include <caf/actor.hpp>
#include <caf/actor_clock.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace steward::supervision {

using time_point = caf::actor_clock::time_point;

/// Where a child is in its life.
enum class phase : uint8_t {
  waiting,  ///< Will be started: at its deadline, or with its siblings.
  running,  ///< Has an actor.
  stopping, ///< Has an actor that was told to end.
  ended,    ///< Has none and will not be started by itself.
};

/// One child of a supervisor: what it should be, and what became of it so far.
struct child_record {
  child_spec spec;
  uint64_t order = 0;   ///< Started in this order; those in a crowd come after all listed ones.
  bool dynamic = false; ///< Came by `add`, and is forgotten when it ends.
  std::shared_ptr<service_slot> slot; ///< None if not listed.

  phase now = phase::waiting;
  caf::actor handle;
  time_point since{};                 ///< Start of this incarnation.
  std::optional<time_point> deadline; ///< Of its start (waiting) or of its end (stopping).
  unsigned starts = 0;
  unsigned crashes = 0;   ///< In a row.
  bool launching = false; ///< Its start function is running: the record must stay.
  bool given_up = false;
  bool removed = false; ///< To be forgotten when it is down.
  bool asked = false;   ///< This incarnation has a survey's question it has not answered.
  std::string last_reason;
  std::unique_ptr<child_spec> successor; ///< Added under the same name while this one was stopping.

  unsigned restarts() const { return starts > 0 ? starts - 1 : 0; }
};

/// The actors of one supervisor's children. Apart from the rest, because it is needed once more
/// when the supervisor has crashed and its own state is gone.
struct living_child {
  caf::actor handle;
  uint64_t order = 0;
  std::shared_ptr<service_slot> slot;
  milliseconds shutdown_timeout{0};
};
using living_children = std::unordered_map<caf::actor_id, living_child>;

/// The children of one supervisor, found by name, by actor, by order and by deadline. Every step is
/// O(log n) or better. References to a child stay valid until it is erased.
class child_table {
public:
  /// `name` must be free.
  child_record& insert(child_spec spec, bool dynamic, std::shared_ptr<service_slot> slot);
  void erase(child_record& c);

  child_record* find(const std::string& name) const;
  child_record* find(uint64_t order);
  child_record* find_actor(caf::actor_id id);
  /// The first child at or after that place in the order, or null.
  child_record* at_or_after(uint64_t order);
  /// The first of the crowd at or after that place, or null.
  child_record* first_in_crowd(uint64_t order) { return at_or_after(std::max(order, crowd)); }
  /// The last child that has an actor, or null.
  child_record* last_living();
  size_t size() const { return children_.size(); }

  void came_up(child_record& c, caf::actor handle, time_point now);
  /// Takes the actor away; the slot no longer leads to it.
  void went_down(child_record& c);
  void set_deadline(child_record& c, time_point when);
  void drop_deadline(child_record& c);
  std::optional<time_point> next_deadline() const;
  /// A child whose deadline is not after `now`, or null. Its deadline is dropped.
  child_record* take_due(time_point now);

  static bool in_crowd(const child_record& c) { return c.order >= crowd; }
  const std::shared_ptr<living_children>& living() const { return living_; }

private:
  static constexpr uint64_t crowd = uint64_t{1} << 63;

  std::map<uint64_t, child_record> children_;
  std::unordered_map<std::string_view, child_record*>
      by_name_;           ///< Keys live in the children's specs.
  std::set<uint64_t> up_; ///< Orders of those that have an actor.
  std::set<std::pair<time_point, uint64_t>> deadlines_;
  std::shared_ptr<living_children> living_ = std::make_shared<living_children>();
  uint64_t next_listed_ = 0;
  uint64_t next_in_crowd_ = crowd;
};

} // namespace steward::supervision
