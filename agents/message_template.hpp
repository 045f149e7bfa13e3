#pragma once

#include "agents/pack.hpp"

namespace steward::agents {

/// The text of a template in that language, else in `otherwise`, else in its first language, with
/// each "{name}" replaced by that field. The error names the template and the field that is missing
/// or has no text. Braces that are doubled stand for themselves.
outcome<std::string, std::string> rendered(const std::string& name, const texts_by_language& texts,
                                           std::string_view language, std::string_view otherwise,
                                           const workflow::value& fields);

} // namespace steward::agents
