#pragma once

#include "agents/pack.hpp"

#include <mutex>
#include <unordered_map>

namespace steward::agents {

/// Packs that were read, by their text: many tenants have the same one, which is read, and stands
/// in memory, once. Thread-safe.
class pack_shelf {
public:
  outcome<pack_ptr, std::vector<field_problem>> read(const workflow::value& document);
  /// Of a text that was stored; one that is no JSON is a problem like others.
  outcome<pack_ptr, std::vector<field_problem>> read_text(const std::string& json);

private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<const pack>> known_; ///< By the text's digest.
};

} // namespace steward::agents
