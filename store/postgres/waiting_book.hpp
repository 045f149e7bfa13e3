#pragma once

#include "store/postgres/book.hpp"
#include "store/postgres/row_book.hpp"
#include "store/postgres/tenant_book.hpp"

namespace steward::store::postgres {

/// What wakes runs and starts workflows: timers, listeners, schedules.
class waiting_book final : public book {
public:
  /// Only a listener's row says something that its change needs to know.
  void want_listener(const tenant_state& tenant, const run_id& run, effect_id effect,
                     std::string_view trigger);
  void load(connection& db) override;

  void put(const tenant_state& tenant, const put_timer& op);
  void clear(const tenant_state& tenant, const clear_timer& op);
  void put(const tenant_state& tenant, const put_listener& op);
  void advance(const tenant_state& tenant, const advance_listener& op);
  void clear(const tenant_state& tenant, const clear_listener& op);
  void put(const tenant_state& tenant, const put_schedule& op);
  void clear(const tenant_state& tenant, const clear_schedule& op);

  void keep() override;
  void take_back() override;
  void write(group_statement& into) override;
  void discard() override;

private:
  using timer_key = std::tuple<int32_t, run_id, effect_id>;
  using listener_key = std::tuple<int32_t, run_id, effect_id, std::string_view>;
  using schedule_key = std::tuple<int32_t, std::string_view, std::string_view>;
  struct listener {
    std::optional<std::string_view> routes; ///< When they are new.
    uint64_t cursor = 0;
  };
  void write_timers(group_statement& into) const;
  void write_listeners(group_statement& into) const;
  void write_schedules(group_statement& into) const;

  row_book<timer_key, int64_t> timers_; ///< When they are due.
  row_book<listener_key, listener> listeners_;
  row_book<schedule_key, std::string_view> schedules_; ///< Their state.
};

} // namespace steward::store::postgres
