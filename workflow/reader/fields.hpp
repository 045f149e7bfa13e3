#pragma once

#include "workflow/reader/problem_list.hpp"

#include <initializer_list>
#include <optional>
#include <span>

namespace steward::workflow::reader {

/// "a text", "an object", ...: how problems name what was found.
std::string_view describe(const value& v);

/// Reads an object of known fields. What is no object, and each unknown field, is reported when
/// this is made; the readers then ask for one field after the other.
class fields {
public:
  fields(problem_list& problems, const place& where, std::string_view what,
         std::span<const std::string_view> known);
  fields(problem_list& problems, const place& where, std::string_view what,
         std::initializer_list<std::string_view> known)
      : fields(problems, where, what, std::span{known.begin(), known.size()}) {}

  bool is_object() const { return where_.content().is_object(); }
  bool has(std::string_view name) const { return is_object() && where_.content().find(name); }
  /// None if the field is not there.
  std::optional<place> get(std::string_view name) const;
  /// The same, and reports the missing field.
  std::optional<place> require(std::string_view name) const;
  /// The field's text; none if it is missing or, reported, no text.
  std::optional<std::string> text(std::string_view name) const;
  std::optional<std::string> required_text(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  /// One of these words; anything else is reported.
  std::optional<std::string> word(std::string_view name,
                                  std::initializer_list<std::string_view> words) const;
  /// Reports the field, if it is there, as one that this version does not support.
  void unsupported(std::string_view name, std::string_view construct = {}) const;

private:
  problem_list& problems_;
  const place& where_;
  std::string what_;
};

/// The text at that place; none, and a problem, if it is something else.
std::optional<std::string> read_text(problem_list& problems, const place& where,
                                     std::string_view what);
/// False, and a problem, unless it is an object.
bool check_object(problem_list& problems, const place& where, std::string_view what);

} // namespace steward::workflow::reader
