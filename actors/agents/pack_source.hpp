#pragma once

#include "workflow/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace steward {

/// The packs that are built into the server (folder packs/), as documents.
std::optional<workflow::value> own_pack(const std::string& name);
std::vector<std::string> own_packs();

} // namespace steward
