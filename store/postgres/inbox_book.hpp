#pragma once

#include "store/postgres/book.hpp"
#include "store/postgres/row_book.hpp"
#include "store/postgres/tenant_book.hpp"

#include <set>

namespace steward::store::postgres {

/// The events that tenants keep for those who listen.
class inbox_book final : public book {
public:
  void want(const tenant_state& tenant, const put_event& op);
  void want(const tenant_state& tenant, const purge_inbox& op);
  void load(connection& db) override;

  /// Takes out the old ones that the operation says, then puts its event.
  put_event_result put(tenant_state& tenant, const put_event& op);
  /// How many it took out.
  uint64_t purge(const tenant_state& tenant, const purge_inbox& op);

  void keep() override;
  void take_back() override;
  void write(group_statement& into) override;
  void discard() override;

private:
  using key = std::tuple<int32_t, std::string, std::string>; ///< Tenant, source, id.
  struct place {
    uint64_t sequence = 0;
    int64_t received_us = 0;
    const std::string* event = nullptr; ///< When it is new.
  };
  using age = std::tuple<int32_t, int64_t, uint64_t>; ///< Tenant, received_us, sequence.
  struct horizon {
    int64_t before_us = 0;
    int64_t events = 0; ///< How many.
  };
  static key key_of(const tenant_state& tenant, const put_event& op);
  void load_oldest(connection& db);
  void reach(const tenant_state& tenant, int64_t before_us, int64_t events);
  uint64_t sweep(const tenant_state& tenant, int64_t before_us, uint64_t limit);
  void sort_by_age();

  row_book<key, place> events_;
  std::map<int32_t, horizon> horizons_; ///< By tenant: how far the group's sweeps can reach.
  std::map<age, key> by_age_;           ///< Of the events that are known.
};

} // namespace steward::store::postgres
