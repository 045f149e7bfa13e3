#pragma once

#include "store/sqlite/statement.hpp"
#include "store/store.hpp"

#include <array>
#include <unordered_map>

namespace steward::store::sqlite {

constexpr size_t status_count = static_cast<size_t>(run_status::completed) + 1;

/// A tenant as the writer knows it, and what the open group adds to it.
struct tenant_state {
  int64_t id = 0;               ///< 0 until the tenant has a row.
  uint64_t newest_event = 0;    ///< Last committed sequence number of the feed, ...
  uint64_t newest_in_inbox = 0; ///< ... and of the inbox.
  bool in_group = false;
  bool new_in_group = false; ///< Its row goes away if the group does.
  std::vector<feed_event> events;
  uint64_t received = 0;                       ///< Events more in the inbox.
  std::array<int64_t, status_count> counted{}; ///< Runs more (or less) by status.
};

/// The tenants that batches were written for, and the parts of a group that are gathered by tenant
/// and written at its end: the feed, the run counts, the inbox's number.
class tenant_book {
public:
  explicit tenant_book(connection& db);

  /// The tenant, now part of the open group. It gets no row by that.
  tenant_state& open(const tenant_id& name);
  /// Makes the tenant's row, where missing.
  void found(tenant_state& tenant, const tenant_id& name);

  /// Writes what was gathered.
  void write();
  /// The group is on disk: numbers go on from here. One chunk for each tenant with events.
  std::vector<feed_chunk> settle();
  /// The group is gone: as if it had never been. Also ends an empty group.
  void discard();

  /// What one batch adds can be taken back alone.
  struct mark {
    size_t events;
    uint64_t received;
    bool has_row;
    std::array<int64_t, status_count> counted;
  };
  static mark remember(const tenant_state& tenant);
  static void take_back(tenant_state& tenant, const mark& to);

private:
  void write_counts(tenant_state& tenant);

  connection& db_;
  statement find_, add_, newest_, add_events_, count_, start_count_, note_inbox_;
  std::unordered_map<tenant_id, tenant_state> tenants_;
  std::vector<std::pair<const tenant_id, tenant_state>*> group_;
  std::string encoded_; ///< Kept for its memory.
};

} // namespace steward::store::sqlite
