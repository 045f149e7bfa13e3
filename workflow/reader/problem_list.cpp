#include "workflow/reader/problem_list.hpp"

#include <algorithm>
#include <tuple>

namespace steward::workflow::reader {

void problem_list::at(const place& where, std::string message, std::string expected) {
  add(where.pointer(), where.node().at, std::move(message), std::move(expected));
}

void problem_list::at_key(const place& where, std::string message, std::string expected) {
  add(where.pointer(), where.key_at(), std::move(message), std::move(expected));
}

void problem_list::in_text(const place& where, size_t offset, std::string message,
                           std::string expected) {
  add(where.pointer(), mark_in(where, offset), std::move(message), std::move(expected));
}

void problem_list::add(std::string pointer, mark where, std::string message, std::string expected) {
  if (problems_.size() >= limit_) return;
  // What several tasks refer to is read once for each of them.
  for (const auto& p : problems_)
    if (p.message == message && p.pointer == pointer && p.line == where.line &&
        p.column == where.column)
      return;
  problems_.push_back(
      {std::move(pointer), where.line, where.column, std::move(message), std::move(expected)});
}

std::vector<definition_problem> problem_list::take() && {
  std::stable_sort(problems_.begin(), problems_.end(), [](const auto& a, const auto& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return std::move(problems_);
}

} // namespace steward::workflow::reader
