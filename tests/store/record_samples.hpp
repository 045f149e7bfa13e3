#pragma once

#include "messages/write_batch.hpp"

#include <random>

/// Made-up collections, records, and questions about them.
namespace steward::store::tests {

put_collection collection(const std::string& name, std::vector<record_index> indexes = {},
                          bool keeps_history = false);
put_record record(const std::string& of, const std::string& id, const std::string& json);

/// Records with few different values, so that questions find some, and the awkward ones among them:
/// 2 and 2.0, texts beyond ASCII, numbers that a double can't hold, fields that are missing.
class record_dice {
public:
  explicit record_dice(uint64_t seed) : random_(seed) {}
  size_t below(size_t end) { return std::uniform_int_distribution<size_t>{0, end - 1}(random_); }

  workflow::value object();
  record_query query(const std::string& collection);
  /// The last question, for people.
  const std::string& told() const { return told_; }

private:
  workflow::value scalar();
  workflow::value content();
  std::string field();
  record_condition condition();
  record_filter filter(size_t depth);

  std::mt19937_64 random_;
  std::string told_;
};

} // namespace steward::store::tests
