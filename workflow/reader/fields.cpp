#include "workflow/reader/fields.hpp"

#include "workflow/reader/nearest.hpp"

#include <algorithm>

namespace steward::workflow::reader {

std::string_view describe(const value& v) {
  switch (v.type()) {
  case value::kind::null:
    return "nothing (null)";
  case value::kind::boolean:
    return "true or false";
  case value::kind::integer:
  case value::kind::number:
    return "a number";
  case value::kind::string:
    return "a text";
  case value::kind::array:
    return "an array";
  case value::kind::object:
    return "an object";
  }
  return "nothing";
}

namespace {

void wrong_type(problem_list& problems, const place& where, std::string_view what,
                std::string_view wanted) {
  problems.at(where,
              std::string{what} + " must be " + std::string{wanted} + ", but is " +
                  std::string{describe(where.content())},
              std::string{wanted});
}

} // namespace

fields::fields(problem_list& problems, const place& where, std::string_view what,
               std::span<const std::string_view> known)
    : problems_(problems), where_(where), what_(what) {
  if (!check_object(problems, where, what)) return;
  for (size_t i = 0; i < where.size(); ++i) {
    auto key = where.content().members()[i].key.as_string();
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    problems.at_key(place{where, i},
                    "unknown field \"" + std::string{key} + "\" in " + what_ +
                        suggestion(key, known),
                    enumerate(known));
  }
}

std::optional<place> fields::get(std::string_view name) const { return where_.child(name); }

std::optional<place> fields::require(std::string_view name) const {
  auto found = get(name);
  if (!found && is_object())
    problems_.at(where_, what_ + " lacks \"" + std::string{name} + "\"",
                 "the field \"" + std::string{name} + "\"");
  return found;
}

std::optional<std::string> fields::text(std::string_view name) const {
  auto found = get(name);
  return found ? read_text(problems_, *found, "\"" + std::string{name} + "\"") : std::nullopt;
}

std::optional<std::string> fields::required_text(std::string_view name) const {
  return require(name) ? text(name) : std::nullopt;
}

std::optional<bool> fields::boolean(std::string_view name) const {
  auto found = get(name);
  if (!found) return std::nullopt;
  if (found->content().is_bool()) return found->content().as_bool();
  wrong_type(problems_, *found, "\"" + std::string{name} + "\"", "true or false");
  return std::nullopt;
}

std::optional<std::string> fields::word(std::string_view name,
                                        std::initializer_list<std::string_view> words) const {
  auto found = text(name);
  if (!found || std::find(words.begin(), words.end(), *found) != words.end()) return found;
  auto known = std::span{words.begin(), words.size()};
  problems_.at(*get(name),
               "\"" + *found + "\" is not a value of \"" + std::string{name} + "\"" +
                   suggestion(*found, known),
               enumerate(known));
  return std::nullopt;
}

void fields::unsupported(std::string_view name, std::string_view construct) const {
  if (auto found = get(name))
    problems_.at_key(*found, std::string{construct.empty() ? name : construct} +
                                 " is not supported by this version");
}

std::optional<std::string> read_text(problem_list& problems, const place& where,
                                     std::string_view what) {
  if (where.content().is_string()) return std::string{where.content().as_string()};
  wrong_type(problems, where, what, "a text");
  return std::nullopt;
}

bool check_object(problem_list& problems, const place& where, std::string_view what) {
  if (where.content().is_object()) return true;
  wrong_type(problems, where, what, "an object");
  return false;
}

} // namespace steward::workflow::reader
