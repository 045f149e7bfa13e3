#pragma once

#include "intelligence/noshow/booking_history.hpp"
#include "intelligence/noshow/model.hpp"
#include "intelligence/salon/plan.hpp"
#include "intelligence/salon/salon.hpp"

#include <string>
#include <vector>

namespace steward::intelligence::salon {

/// The risk that appointments to come are missed, learned from the salon's own past (the observed
/// query `history`: appointments that were completed or missed; others in it are passed over).
/// With fewer than 200 of them it is the shrunken rate of the salon and the customer. Trees are
/// trained at most once in `train_hours` on the latest `rows_most`, and kept as the record
/// `forecasts/no_show`.
class missed_risk {
public:
  missed_risk(const skill_input& in, const salon& s);

  struct forecast {
    double risk = 0; ///< 0 to 1.
    noshow::booking_history::features seen;
  };
  /// Of each, at the moment of looking.
  std::vector<forecast> of(const std::vector<const appointment*>& coming) const;

  /// Writes the model if it is a new one.
  void keep(plan& p) const;

private:
  void train(const std::vector<noshow::booking>& past, size_t rows_most);

  const skill_input& in_;
  const salon& s_;
  noshow::booking_history history_;
  noshow::risk_model model_;
  size_t rows_ = 0;
  bool is_new_ = false;
};

} // namespace steward::intelligence::salon
