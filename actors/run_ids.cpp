#include "actors/run_ids.hpp"

#include "messages/digest.hpp"

namespace steward {

run_id derived_run_id(const run_id& from, const std::string& key) {
  const auto digest = sha256_digest(from.text() + '\n' + key).substr(sizeof("sha256:") - 1);
  int64_t created_ms = 0;
  for (size_t i = 0; i < 6; ++i) created_ms = created_ms << 8 | from.bytes[i];
  return run_id::make(created_ms * 1000, std::stoull(digest.substr(0, 16), nullptr, 16),
                      std::stoull(digest.substr(16, 16), nullptr, 16));
}

} // namespace steward
