#pragma once

#include "messages/ids.hpp"
#include "workflow/value.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace steward::connectors {

/// Secrets as container platforms mount them: one file `<directory>/<tenant>/<name>` each. A file
/// whose text is a JSON object is that object, any other its text without the last line end.
/// Read anew each time: platforms change the files while the server runs.
class secret_directory {
public:
  /// Empty: there are no secrets.
  explicit secret_directory(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Nothing when there is none: no file, one that can't be read or is larger than 1 MiB,
  /// text that is not UTF-8, or a name that is none (letters, digits, `-`, `_` and `.`, which it
  /// does not begin with).
  std::optional<workflow::value> read(const tenant_id& tenant, const std::string& name) const;

  struct found {
    workflow::value secrets;          ///< An object by name, of those that are there.
    std::vector<std::string> missing; ///< The others.
  };
  found read_all(const tenant_id& tenant, const std::vector<std::string>& names) const;

private:
  std::filesystem::path directory_;
};

} // namespace steward::connectors
