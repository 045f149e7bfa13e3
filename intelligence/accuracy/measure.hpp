#pragma once

#include <functional>
#include <string>

namespace steward::intelligence::accuracy {

/// Trains on the sets of one directory and scores on those of the other (tools/accuracy.cpp has the
/// layout). Reports one JSON object for each set, as a line without its end:
///
///   {"name":"medical-noshow","rows":9886,"metrics":{...},"split":"time"}   or
///   "split":"directories"
///   {"name":"cdnow","skipped":"customers/cdnow.csv is in neither directory"}
///   {"name":"salon-noshow","error":"..."}
///
/// The medical appointments have two lines: as forecast when the day begins, and with what happened
/// earlier on the day (`noshow_set::medical_within_day`). `rows` counts what was scored:
/// appointments or customers. False if there was an error, or no set at all. The same data give the
/// same lines, but for how long predictions took.
bool measure_all(const std::string& train_dir, const std::string& test_dir,
                 const std::function<void(const std::string&)>& report);

} // namespace steward::intelligence::accuracy
