#include "intelligence/accuracy/measure.hpp"

#include "intelligence/accuracy/csv.hpp"
#include "intelligence/accuracy/noshow_set.hpp"
#include "intelligence/accuracy/visits_set.hpp"
#include "workflow/json.hpp"

#include <filesystem>
#include <optional>

namespace steward::intelligence::accuracy {

namespace {

namespace fs = std::filesystem;
using workflow::value;

constexpr uint64_t seed = 1;

/// Of both files, or of the one that both are.
struct data_files {
  std::string name;
  std::string train;
  std::string test;
  bool same = false;
};

value line_of(const data_files& files, value metrics, const char* rows) {
  return value::object({{"name", files.name},
                        {"rows", metrics.get(rows)},
                        {"split", files.same ? "time" : "directories"},
                        {"metrics", metrics}});
}

value error_of(const data_files& files, const std::string& what) {
  return value::object({{"name", files.name}, {"error", what}});
}

/// Reads both files with `read`, and gives them to `measure`; false: an error was reported.
template <class Read, class Measure>
bool compare(const data_files& files, const char* rows, Read read, Measure measure,
             const std::function<void(const std::string&)>& report) {
  const auto load = [&](const std::string& path) {
    auto table = csv_table::read(path);
    if (!table) return decltype(read(*table)){failed{table.error()}};
    auto set = read(*table);
    if (!set) set.error() = path + ": " + set.error();
    return set;
  };
  const auto train = load(files.train);
  if (!train) {
    report(workflow::to_json(error_of(files, train.error())));
    return false;
  }
  if (files.same) {
    report(workflow::to_json(line_of(files, measure(*train, nullptr), rows)));
    return true;
  }
  const auto test = load(files.test);
  if (!test) {
    report(workflow::to_json(error_of(files, test.error())));
    return false;
  }
  report(workflow::to_json(line_of(files, measure(*train, &*test), rows)));
  return true;
}

} // namespace

bool measure_all(const std::string& train_dir, const std::string& test_dir,
                 const std::function<void(const std::string&)>& report) {
  std::error_code ignored;
  const auto same = fs::equivalent(train_dir, test_dir, ignored);
  bool good = true;
  size_t measured = 0;
  /// The set's files, or none if one is not there.
  const auto find = [&](const char* name, const char* path) -> std::optional<data_files> {
    data_files files{name, (fs::path{train_dir} / path).string(),
                     (fs::path{test_dir} / path).string(), same};
    for (const auto& file : {files.train, files.test})
      if (!fs::is_regular_file(file, ignored)) {
        report(workflow::to_json(
            value::object({{"name", name}, {"skipped", file + " is not there"}})));
        return std::nullopt;
      }
    ++measured;
    return files;
  };
  const auto noshow = [](const noshow_set& train, const noshow_set* test) {
    return test ? measure_noshow(train, *test, seed) : measure_noshow(train, seed);
  };
  const auto visits = [](const visits_set& train, const visits_set* test) {
    return measure_visits(train, test ? *test : train);
  };
  if (auto files = find("medical-noshow", "appointments/medical-noshow.csv")) {
    good &= compare(*files, "test_rows", noshow_set::medical, noshow, report);
    files->name = "medical-noshow-within-day";
    good &= compare(*files, "test_rows", noshow_set::medical_within_day, noshow, report);
  }
  if (const auto files = find("salon-noshow", "appointments/salon-noshow-features.csv"))
    good &= compare(*files, "test_rows", noshow_set::salon, noshow, report);
  if (const auto files = find("cdnow", "customers/cdnow.csv"))
    good &= compare(*files, "customers", visits_set::from, visits, report);
  return good && measured > 0;
}

} // namespace steward::intelligence::accuracy
