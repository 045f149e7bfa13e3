#include "store/postgres/waiting_book.hpp"

#include "store/postgres/sql_writing.hpp"

namespace steward::store::postgres {

void waiting_book::want_listener(const tenant_state& tenant, const run_id& run, effect_id effect,
                                 std::string_view trigger) {
  listeners_.want({tenant.id, run, effect, trigger});
}

void waiting_book::load(connection& db) {
  const auto& wanted = listeners_.wanted();
  if (wanted.empty()) return;
  column<int32_t> tenants;
  column<run_id> runs;
  column<int64_t> effects;
  column<std::string_view> triggers;
  for (const auto* item : wanted) {
    const auto& [tenant, run, effect, trigger] = item->first;
    tenants.add(tenant);
    runs.add(run);
    effects.add(static_cast<int64_t>(effect));
    triggers.add(trigger);
  }
  const auto found =
      db.run(writing::find_listeners, parameters::of(tenants, runs, effects, triggers));
  for (const auto row : found)
    listeners_.found(static_cast<size_t>(row.integer(0) - 1), {std::nullopt, row.number(1)});
}

void waiting_book::put(const tenant_state& tenant, const put_timer& op) {
  timers_.edit({tenant.id, op.run, op.effect}) = op.due_us;
}

void waiting_book::clear(const tenant_state& tenant, const clear_timer& op) {
  timers_.drop({tenant.id, op.run, op.effect});
}

void waiting_book::put(const tenant_state& tenant, const put_listener& op) {
  listeners_.edit({tenant.id, op.run, op.effect, op.trigger}).routes = op.routes;
}

void waiting_book::advance(const tenant_state& tenant, const advance_listener& op) {
  const listener_key key{tenant.id, op.run, op.effect, op.trigger};
  const auto* there = listeners_.find(key);
  if (there && there->cursor < op.sequence) listeners_.edit(key).cursor = op.sequence;
}

void waiting_book::clear(const tenant_state& tenant, const clear_listener& op) {
  listeners_.drop({tenant.id, op.run, op.effect, op.trigger});
}

void waiting_book::put(const tenant_state& tenant, const put_schedule& op) {
  schedules_.edit({tenant.id, op.namespace_, op.name}) = op.state;
}

void waiting_book::clear(const tenant_state& tenant, const clear_schedule& op) {
  schedules_.drop({tenant.id, op.namespace_, op.name});
}

void waiting_book::keep() {
  timers_.keep();
  listeners_.keep();
  schedules_.keep();
}

void waiting_book::take_back() {
  timers_.take_back();
  listeners_.take_back();
  schedules_.take_back();
}

void waiting_book::write(group_statement& into) {
  write_timers(into);
  write_listeners(into);
  write_schedules(into);
}

void waiting_book::write_timers(group_statement& into) const {
  column<int32_t> put_of, drop_of;
  column<run_id> put_run, drop_run;
  column<int64_t> put_effect, drop_effect, due;
  timers_.for_each_change([&](const timer_key& key, const auto& state) {
    const auto& [tenant, run, effect] = key;
    (state.now ? put_of : drop_of).add(tenant);
    (state.now ? put_run : drop_run).add(run);
    (state.now ? put_effect : drop_effect).add(static_cast<int64_t>(effect));
    if (state.now) due.add(*state.now);
  });
  into.add(writing::put_timers, put_of, put_run, put_effect, due);
  into.add(writing::drop_timers, drop_of, drop_run, drop_effect);
}

void waiting_book::write_listeners(group_statement& into) const {
  struct columns {
    column<int32_t> of;
    column<run_id> run;
    column<int64_t> effect;
    column<std::string_view> trigger;
  } put, advance, drop;
  column<std::string_view> routes;
  column<int64_t> put_cursor, advance_cursor;
  listeners_.for_each_change([&](const listener_key& key, const auto& state) {
    auto& into_ = !state.now ? drop : state.now->routes ? put : advance;
    const auto& [tenant, run, effect, trigger] = key;
    into_.of.add(tenant);
    into_.run.add(run);
    into_.effect.add(static_cast<int64_t>(effect));
    into_.trigger.add(trigger);
    if (!state.now) return;
    const auto cursor = static_cast<int64_t>(state.now->cursor);
    (state.now->routes ? put_cursor : advance_cursor).add(cursor);
    if (state.now->routes) routes.add(*state.now->routes);
  });
  into.add(writing::put_listeners, put.of, put.run, put.effect, put.trigger, routes, put_cursor);
  into.add(writing::advance_listeners, advance.of, advance.run, advance.effect, advance.trigger,
           advance_cursor);
  into.add(writing::drop_listeners, drop.of, drop.run, drop.effect, drop.trigger);
}

void waiting_book::write_schedules(group_statement& into) const {
  column<int32_t> put_of, drop_of;
  column<std::string_view> put_namespace, drop_namespace, put_name, drop_name, states;
  schedules_.for_each_change([&](const schedule_key& key, const auto& state) {
    const auto& [tenant, namespace_, name] = key;
    (state.now ? put_of : drop_of).add(tenant);
    (state.now ? put_namespace : drop_namespace).add(namespace_);
    (state.now ? put_name : drop_name).add(name);
    if (state.now) states.add(*state.now);
  });
  into.add(writing::put_schedules, put_of, put_namespace, put_name, states);
  into.add(writing::drop_schedules, drop_of, drop_namespace, drop_name);
}

void waiting_book::discard() {
  timers_.clear();
  listeners_.clear();
  schedules_.clear();
}

} // namespace steward::store::postgres
