#pragma once

#include "store/postgres/book.hpp"
#include "store/store.hpp"

#include <array>
#include <string>
#include <unordered_map>

namespace steward::store::postgres {

constexpr size_t status_count = static_cast<size_t>(run_status::completed) + 1;
using run_counts = std::array<int64_t, status_count>;

/// A tenant as the writer knows it, and what the open group adds to it.
struct tenant_state {
  int32_t id = 0;               ///< Its own from the start, though its row may never come.
  bool exists = false;          ///< It has a row.
  uint64_t newest_event = 0;    ///< Last committed sequence number of the feed, ...
  uint64_t newest_in_inbox = 0; ///< ... and of the inbox.
  run_counts counts{};          ///< Its runs by status.
  // Of the open group.
  bool in_group = false;
  struct additions {
    bool founded = false; ///< It gets a row, whatever else.
    uint64_t received = 0;
    run_counts counted{};
    size_t events = 0; ///< How many of `published`.
  } added, before_batch;
  std::vector<feed_event> published;
};

/// The tenants that batches were written for, kept from group to group, and what is gathered by
/// tenant: the feed, the counts, where numbers go on.
class tenant_book final : public book {
public:
  void want(const tenant_id& name);
  void load(connection& db) override;

  /// Begins a batch: of a tenant that was asked for.
  tenant_state& begin(const tenant_id& name);
  void publish(const publish_event& op);

  void keep() override {}
  void take_back() override;
  void write(group_statement& into) override;
  void settle() override;
  void discard() override;
  void forget() override;

  /// What was settled since the last call: one chunk for each tenant with events.
  std::vector<feed_chunk> take_published() { return std::exchange(published_, {}); }

private:
  using known = std::pair<const tenant_id, tenant_state>;
  static bool changed(const tenant_state& tenant);
  void add_to_chunk(const tenant_id& name, std::vector<feed_event> events);

  std::unordered_map<tenant_id, tenant_state> tenants_;
  std::vector<known*> group_;   ///< In the order of their first batch.
  std::vector<known*> unknown_; ///< Not yet looked up.
  tenant_state* current_ = nullptr;
  std::vector<feed_chunk> published_;
};

} // namespace steward::store::postgres
