#pragma once

#include <string_view>
#include <vector>

namespace steward {

/// One file of folder packs/, as it was when the server was built.
struct pack_file {
  std::string_view name; ///< "salon/agents.yaml"
  std::string_view text;
};
const std::vector<pack_file>& pack_files();

} // namespace steward
