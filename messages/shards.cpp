#include "messages/shards.hpp"

#include "messages/digest.hpp"

namespace steward {

shard shard_of(const tenant_id& tenant) {
  const auto digest = sha256_digest(tenant); // "sha256:" and hex
  const auto nibble = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  return static_cast<shard>(nibble(digest[7]) * 16 + nibble(digest[8]));
}

} // namespace steward
