#pragma once

#include "workflow/reader/tasks.hpp"

namespace steward::workflow::reader {

/// `use.extensions`: a list of named entries, in the order in which they apply.
std::vector<extension> read_extensions(reading& r, const variable_scope& scope);

} // namespace steward::workflow::reader
