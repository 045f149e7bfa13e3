#include "governance/autonomy.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace steward::governance {

namespace {

std::string number_text(double number) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%g", number);
  return {text.data(), static_cast<size_t>(size)};
}

} // namespace

std::string_view to_string(autonomy level) {
  switch (level) {
  case autonomy::full_auto:
    return "full_auto";
  case autonomy::supervised:
    return "supervised";
  case autonomy::manual_only:
    return "manual_only";
  }
  return "supervised";
}

std::optional<autonomy> autonomy_from(std::string_view word) {
  for (const auto level : {autonomy::full_auto, autonomy::supervised, autonomy::manual_only})
    if (word == to_string(level)) return level;
  return std::nullopt;
}

autonomy_table::verdict autonomy_table::judge(const std::string& decision_type,
                                              const workflow::value& details) const {
  const auto known = levels.find(decision_type);
  const auto level = known == levels.end() ? otherwise : known->second;
  verdict result{level, decision_type + " is " + std::string{to_string(level)}};
  for (const auto& rule : rules) {
    if (!rule.decision_type.empty() && rule.decision_type != decision_type) continue;
    const auto* given = details.find(rule.field);
    if (!given || !given->is_number()) continue;
    const auto number = given->as_double();
    // What can't be compared is not less than the bound.
    if (!(number > rule.above) && !std::isnan(number)) continue;
    if (rule.level <= result.level) continue;
    result = {rule.level, rule.field + " " + number_text(number) + " is above " +
                              number_text(rule.above) + ": " + std::string{to_string(rule.level)}};
  }
  return result;
}

} // namespace steward::governance
