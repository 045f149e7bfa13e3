#pragma once

#include "governance/autonomy.hpp"

namespace steward::governance {

/// What an owner agreed to: when a decision type may go from supervised to full_auto, and when it
/// goes back.
struct earning_terms {
  bool consent = false;   ///< Without it nothing moves up.
  double approvals = 0.9; ///< The lower confidence bound of the approval rate must reach it ...
  double successes = 0.8; ///< ... and that of the success rate.
  uint32_t decisions_least = 20; ///< Of each.
  uint32_t bad_most = 5;         ///< So many bad outcomes among the last `bad_among` end it.
  uint32_t bad_among = 20;
};

/// Lower bound of a rate at 95 % confidence (Wilson, 1927): with few trials it is low, whatever
/// they gave. 0 without trials.
double wilson_lower_bound(uint64_t good, uint64_t trials);

/// The record of one decision type. Pure: it says when a move is due; who keeps it makes the move a
/// decision of its own.
class earned_autonomy {
public:
  enum class move : uint8_t { none, up, down };

  /// A person has approved a decision, or not.
  move answered(bool approved, const earning_terms& terms);
  /// What came of one.
  move turned_out(bool good, const earning_terms& terms);

  bool is_earned() const { return earned_; }
  /// To be kept between restarts, and back; what is unreadable begins anew.
  workflow::value document() const;
  static earned_autonomy from_document(const workflow::value& v);
  /// For people: the numbers behind the last move, or behind none.
  std::string explain(const earning_terms& terms) const;

private:
  move judge(const earning_terms& terms);
  uint32_t recent_bad(const earning_terms& terms) const;

  uint64_t approved_ = 0, answered_ = 0, good_ = 0, outcomes_ = 0;
  std::vector<bool> recent_; ///< Whether the last outcomes since it was earned were bad.
  bool earned_ = false;
};

} // namespace steward::governance
