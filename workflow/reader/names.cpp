#include "workflow/reader/names.hpp"

#include "workflow/version.hpp"

#include <algorithm>

namespace steward::workflow::reader {

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && is_word(text.front()) && is_word(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '-'; });
}

} // namespace

std::string read_name(problem_list& problems, const fields& f, std::string_view field) {
  auto text = f.required_text(field);
  if (text && !is_name(*text))
    problems.at(*f.get(field), "\"" + *text + "\" can't be a " + std::string{field},
                "at most 63 letters, digits and dashes, with no dash at the ends");
  return text.value_or("");
}

std::string read_version(problem_list& problems, const fields& f, std::string_view field) {
  auto text = f.required_text(field);
  if (text && !is_version(*text))
    problems.at(*f.get(field), "\"" + *text + "\" is no version",
                "a semantic version such as 1.0.0");
  return text.value_or("");
}

} // namespace steward::workflow::reader
