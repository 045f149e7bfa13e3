#pragma once

#include "workflow/reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace steward::app {

/// The whole file, or standard input for "-". Nothing, with the reason on stderr, if it can't be
/// read.
std::optional<std::string> read_file(const std::string& path);

/// `file:line:column: message` and, indented below, the pointer and what was expected: on stderr.
void print_problems(const std::string& file,
                    const std::vector<workflow::definition_problem>& problems);

} // namespace steward::app
