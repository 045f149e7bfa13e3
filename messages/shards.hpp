#pragma once

#include "messages/ids.hpp"

#include <bitset>
#include <cstdint>

/// Tenants are dealt out to nodes by shards: a node that has a shard has all tenants in it.
namespace steward {

using shard = uint16_t;
constexpr shard shard_count = 256;
using shard_set = std::bitset<shard_count>;

/// Never changes: what is stored is found by it. The first byte of the SHA-256 of its name.
shard shard_of(const tenant_id& tenant);

} // namespace steward
