#pragma once

#include "messages/shards.hpp"
#include "store/postgres/connection.hpp"

namespace steward::store::postgres {

/// Changes the rows of one table: data-modifying SQL over unnested arrays $1, $2, ...
struct row_change {
  unsigned number; ///< Unique, less than 32.
  const char* sql;
};

/// Everything that a group changes, as one statement: each table's change is a part of one WITH,
/// and its SELECT is the writer's fence. So a group costs one round trip, is a transaction by
/// itself, and no lock outlives it. PostgreSQL lets the parts see the state before all of them,
/// which is right here: each row is in one part at most.
class group_statement {
public:
  /// `columns` all have the same size; nothing is added when they are empty.
  template <class First, class... Columns>
  void add(const row_change& what, const column<First>& first, const Columns&... columns) {
    if (first.empty()) return;
    parts_.push_back(&what);
    values_.append(parameters::of(first, columns...));
    ends_.push_back(values_.values().size());
  }
  bool empty() const { return parts_.empty(); }
  size_t bytes() const { return values_.bytes(); }

  /// In a cluster: the node must have these.
  void require(const shard_set& shards) { shards_ |= shards; }

  /// Throws `sql_error`: SQLSTATE SW001 when another writer has taken over, SW002 when a required
  /// shard is not this node's.
  void run(connection& on, int64_t epoch, uint64_t number) const;

private:
  statement compose() const;

  std::vector<const row_change*> parts_;
  std::vector<size_t> ends_; ///< Of the parts' values.
  parameters values_;
  shard_set shards_; ///< None: there is no cluster.
};

} // namespace steward::store::postgres
