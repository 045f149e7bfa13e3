#pragma once

#include "intelligence/accuracy/csv.hpp"
#include "intelligence/customers/bg_nbd.hpp"
#include "intelligence/customers/visit_summary.hpp"
#include "workflow/value.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace steward::intelligence::accuracy {

/// Purchases by customer: columns customer_id, date (yyyymmdd or RFC 3339), dollars.
struct visits_set {
  std::vector<std::vector<customers::visit_day>> customers; ///< By id, each non-empty.
  int64_t last_day = 0;
  int64_t first_day = 0;

  /// The error is a sentence: a column is missing, no row can be read.
  static outcome<visits_set, std::string> from(const csv_table& table);
};

/// Fits the visit and value models on `train` until the middle of its time, and forecasts for the
/// customers of `test` what they do after the middle of theirs. For cdnow.csv the middle is 30
/// September 1997, as in the papers. Metrics: rmse and mae of the visits of each customer, bias
/// (sum forecast / sum happened), rmse_own_fit (by the model fitted on the test's own first half,
/// as the papers do), churn_auc (churn risk against no visit at all), value_mae, and the
/// parameters.
workflow::value measure_visits(const visits_set& train, const visits_set& test);

} // namespace steward::intelligence::accuracy
