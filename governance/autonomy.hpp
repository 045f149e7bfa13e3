#pragma once

#include "workflow/value.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace steward::governance {

/// How much an agent may decide alone. In order of strictness.
enum class autonomy : uint8_t {
  full_auto,   ///< It acts.
  supervised,  ///< It acts when a person has approved.
  manual_only, ///< It proposes; whether a person approves is not counted for earning more.
};
std::string_view to_string(autonomy level);
/// full_auto, supervised or manual_only; nothing for other words.
std::optional<autonomy> autonomy_from(std::string_view word);

/// What an owner says about decisions whose details have such a value: {decision_type:
/// discount_offer, field: discount_percent, above: 20, level: manual_only}.
struct value_rule {
  std::string decision_type; ///< Empty: all.
  std::string field;         ///< Of the decision's details; one that is no number does not fit.
  double above = 0;          ///< It applies to greater ones.
  autonomy level = autonomy::manual_only;
};

/// The table of an owner. The strictest of all that applies holds, so that a rule for a special
/// case can't loosen another by its place.
struct autonomy_table {
  std::map<std::string, autonomy> levels; ///< By decision type.
  autonomy otherwise = autonomy::supervised;
  std::vector<value_rule> rules;

  struct verdict {
    autonomy level = autonomy::supervised;
    std::string because; ///< For people: which line of the table.
  };
  verdict judge(const std::string& decision_type, const workflow::value& details) const;
};

} // namespace steward::governance
