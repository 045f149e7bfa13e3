#pragma once

#include "workflow/outcome.hpp"

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

namespace steward::workflow::schema {

/// A regular expression of JSON Schema: ECMA-262 with the `u` flag, matched anywhere in the text.
/// Runs on RE2, so matching is linear in the text. What RE2 has not (lookaround, references back to
/// groups, repetition past 1000) is refused.
class pattern {
public:
  static outcome<pattern, std::string> compile(std::string_view source);
  bool matches(std::string_view text) const;
  const std::string& source() const { return source_; }

private:
  std::string source_;
  std::shared_ptr<const re2::RE2> program_;
};

/// The same expression in RE2's spelling, or why there is none.
outcome<std::string, std::string> translate_pattern(std::string_view source);

} // namespace steward::workflow::schema
