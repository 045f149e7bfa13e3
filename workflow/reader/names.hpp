#pragma once

#include "workflow/reader/fields.hpp"

namespace steward::workflow::reader {

/// A required namespace or name of a workflow: letters, digits and inner dashes, at most 63.
/// Reported if it is anything else.
std::string read_name(problem_list& problems, const fields& f, std::string_view field);

/// A required semantic version.
std::string read_version(problem_list& problems, const fields& f, std::string_view field);

} // namespace steward::workflow::reader
