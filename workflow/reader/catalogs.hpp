#pragma once

#include "workflow/reader/resources.hpp"
#include "workflow/reader/tasks.hpp"

#include <map>

namespace steward::workflow::reader {

/// Functions that tasks call as `name:version@catalog`, or that are Steward's own: each is fetched
/// and read once.
class catalogs {
public:
  /// The functions found get the indexes from `first` on.
  catalogs(const reader_limits& limits, size_t first) : limits_(limits), first_(first) {}

  /// True if that is how the call names a function of a catalog.
  static bool is_reference(std::string_view call);
  /// The index of the function that the text at that place names; none, and problems, if it can't
  /// be had.
  std::optional<size_t> find(reading& r, const place& reference, const variable_scope& scope);

  /// The same for a function of Steward's own, such as steward.approval.
  std::optional<size_t> find_own(reading& r, const place& reference);

  std::vector<task_list> take() && { return std::move(functions_); }

private:
  std::optional<size_t> fetch(reading& r, const place& reference, const std::string& uri);
  std::optional<size_t> read(reading& r, const place& reference, const source_node& tree,
                             const std::string& from);

  reader_limits limits_;
  size_t first_;
  std::vector<task_list> functions_;
  std::map<std::string, std::optional<size_t>, std::less<>> known_; // by address
};

/// `use.catalogs`: reports what is wrong with each.
void check_catalogs(reading& r, const variable_scope& scope);

} // namespace steward::workflow::reader
