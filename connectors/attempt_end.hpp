#pragma once

#include <cstdint>
#include <string>

namespace steward::connectors {

/// How one attempt to hand a message to a service ended.
struct attempt_end {
  enum class kind : uint8_t {
    taken,
    refused, ///< For good: another attempt would end alike.
    may_pass
  };
  kind how = kind::may_pass;
  std::string words; ///< Taken: the service's id of it. Otherwise why not, for people.
};

} // namespace steward::connectors
