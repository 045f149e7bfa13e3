#pragma once

#include "messages/shards.hpp"
#include "store/store.hpp"

#include <array>
#include <chrono>
#include <functional>

/// Several servers on one database: who is there, and who may write for which tenants. The leases
/// are rows of the database, and its clock alone says when one is over.
namespace steward::store {

/// Who a server says it is when it joins.
struct cluster_identity {
  std::string cluster; ///< All servers on one database are in one cluster.
  std::string name;    ///< No two living members have the same.
  std::string address; ///< host:port where the others reach it.
  std::string version;
  std::chrono::milliseconds lease{5'000}; ///< So long after its last renewal it is given up.
};

enum class member_state : uint8_t { active, draining, gone };

struct member {
  int64_t id = 0; ///< Of this life of the server: one that was given up comes back with another.
  std::string name, address, version;
  member_state state = member_state::active;
  int64_t epoch = 0; ///< Its writer's; 0: it has not written yet.
  std::chrono::milliseconds expires_in{0};
};

/// Grows each time the shard gets an owner, so that what was said to an earlier one is known.
struct shard_lease {
  int64_t node = 0; ///< 0: nobody's.
  uint64_t epoch = 0;
};

struct cluster_view {
  int64_t me = 0; ///< 0: this server was given up, and may write nothing until it has joined anew.
  std::vector<member> members; ///< Those that have not gone, by id.
  std::array<shard_lease, shard_count> shards;
  int64_t clock_us = 0; ///< The database's, when this was read.
  std::string incident; ///< Why nobody may go on before a person has looked; empty: none.
};

/// This server's part in the cluster. One thread at a time, but for `held` and `went_back`.
class membership {
public:
  virtual ~membership() = default;

  /// Renews the lease and looks around.
  virtual result<cluster_view> renew() = 0;
  /// In one transaction, which nobody else's is beside: gives up the members whose leases are over
  /// (only when this server has been in touch with the database for a whole lease without a gap:
  /// else it may be the database that was away), then takes of the free shards those that `take`
  /// names.
  virtual result<cluster_view>
  settle(const std::function<std::vector<shard>(const cluster_view&)>& take) = 0;
  /// After it was given up: a member again, with a new id. `conflict` while another has its name.
  virtual result<cluster_view> join_again() = 0;
  /// Gives back all shards in time: `draining` is shown to the others.
  virtual result<cluster_view> drain() = 0;
  /// At once and for good.
  virtual std::optional<store_error> leave() = 0;

  /// Whether this server may write for the tenants of that shard, as far as it knows. The database
  /// decides with each commit. Thread-safe.
  virtual bool held(shard s) const = 0;
};

} // namespace steward::store
