#include "supervision/child_table.hpp"

#include <utility>

namespace steward::supervision {

child_record& child_table::insert(child_spec spec, bool dynamic,
                                  std::shared_ptr<service_slot> slot) {
  auto order = spec.listed ? next_listed_++ : next_in_crowd_++;
  auto& c = children_[order];
  c.spec = std::move(spec);
  c.order = order;
  c.dynamic = dynamic;
  c.slot = std::move(slot);
  by_name_.emplace(c.spec.name, &c);
  return c;
}

void child_table::erase(child_record& c) {
  drop_deadline(c);
  if (c.handle) went_down(c);
  by_name_.erase(c.spec.name);
  children_.erase(c.order);
}

child_record* child_table::find(const std::string& name) const {
  auto i = by_name_.find(name);
  return i == by_name_.end() ? nullptr : i->second;
}

child_record* child_table::find(uint64_t order) {
  auto i = children_.find(order);
  return i == children_.end() ? nullptr : &i->second;
}

child_record* child_table::find_actor(caf::actor_id id) {
  auto i = living_->find(id);
  return i == living_->end() ? nullptr : find(i->second.order);
}

child_record* child_table::at_or_after(uint64_t order) {
  auto i = children_.lower_bound(order);
  return i == children_.end() ? nullptr : &i->second;
}

child_record* child_table::last_living() { return up_.empty() ? nullptr : find(*up_.rbegin()); }

void child_table::came_up(child_record& c, caf::actor handle, time_point now) {
  c.handle = std::move(handle);
  c.since = now;
  c.now = phase::running;
  c.asked = false;
  ++c.starts;
  up_.insert(up_.end(), c.order);
  living_->insert_or_assign(c.handle.id(),
                            living_child{c.handle, c.order, c.slot, c.spec.shutdown_timeout});
  if (c.slot) c.slot->set(c.handle);
}

void child_table::went_down(child_record& c) {
  if (c.slot) c.slot->clear(c.handle);
  living_->erase(c.handle.id());
  up_.erase(c.order);
  c.handle = nullptr;
}

void child_table::set_deadline(child_record& c, time_point when) {
  drop_deadline(c);
  c.deadline = when;
  deadlines_.emplace(when, c.order);
}

void child_table::drop_deadline(child_record& c) {
  if (!c.deadline) return;
  deadlines_.erase({*c.deadline, c.order});
  c.deadline.reset();
}

std::optional<time_point> child_table::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

child_record* child_table::take_due(time_point now) {
  if (deadlines_.empty() || deadlines_.begin()->first > now) return nullptr;
  auto* c = find(deadlines_.begin()->second);
  drop_deadline(*c);
  return c;
}

} // namespace steward::supervision
