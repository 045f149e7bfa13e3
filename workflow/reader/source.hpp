#pragma once

#include "workflow/reader.hpp"
#include "workflow/reader/source_tree.hpp"

#include <optional>

namespace steward::workflow::reader {

/// Reads one YAML 1.2 document into a tree. None, with at least one problem, when the text has no
/// tree; a tree with problems when keys are duplicated only. Time and memory are linear in the
/// text's size and in `limits.nodes`, whatever the text.
std::optional<source_node> read_yaml_source(std::string_view text, const reader_limits& limits,
                                            std::vector<source_problem>& problems);

/// The same for JSON (RFC 8259).
std::optional<source_node> read_json_source(std::string_view text, const reader_limits& limits,
                                            std::vector<source_problem>& problems);

/// Either, after the checks that concern both: size, UTF-8, a byte order mark. Text is JSON if it
/// begins with `{` and then a quoted key or `}`.
std::optional<source_node> read_source(std::string_view text, const reader_limits& limits,
                                       std::vector<source_problem>& problems);

/// Nesting never goes deeper than this, whatever `reader_limits` say: the tree is built and
/// destroyed recursively.
constexpr uint32_t depth_cap = 1000;

} // namespace steward::workflow::reader
