#pragma once

#include "workflow/outcome.hpp"
#include "workflow/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// The audit log of a tenant: records of collection `audit_logs`, which are only ever added. Each
/// has a `sequence` from 1 and a `hash` over its own content and the hash before, so that whoever
/// has all of them can tell that none was changed, left out or put in between (a hash chain, as in
/// S. Haber and W. S. Stornetta, "How to Time-Stamp a Digital Document", 1991).
namespace steward::agents {

class audit_chain {
public:
  audit_chain() = default;
  /// Goes on after that entry.
  audit_chain(uint64_t sequence, std::string hash) : sequence_(sequence), hash_(std::move(hash)) {}

  struct entry {
    std::string id; ///< Of the record: "log_" and the sequence, so that ids sort by it.
    workflow::value document;
  };
  /// The next entry, of a document without `id`, `sequence`, `previous_hash` and `hash`.
  entry add(workflow::value document);

  uint64_t sequence() const { return sequence_; }
  const std::string& hash() const { return hash_; }

private:
  uint64_t sequence_ = 0;
  std::string hash_; ///< Empty before the first.
};

/// Checks entries in order, one after the other.
class audit_check {
public:
  /// Empty when the entry fits behind those before, else what is wrong with it.
  std::string next(const std::string& id, const workflow::value& document);
  uint64_t entries() const { return chain_sequence_; }
  const std::string& hash() const { return hash_; }

private:
  uint64_t chain_sequence_ = 0;
  std::string hash_;
};

/// What is hashed of an entry: its document without `hash`, members sorted by name at every level.
std::string hashed_text(const workflow::value& document);
std::string audit_id(uint64_t sequence);

} // namespace steward::agents
