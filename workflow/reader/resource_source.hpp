#pragma once

#include "workflow/outcome.hpp"

#include <map>
#include <string>
#include <string_view>

namespace steward::workflow {

/// Where documents come from that a definition refers to (schemas, OpenAPI documents, functions of
/// catalogs). Asked only while a definition is read, never by a run.
class resource_source {
public:
  virtual ~resource_source() = default;
  /// The text at that absolute http or https address, or a sentence that says why there is none.
  virtual outcome<std::string, std::string> fetch(std::string_view uri) = 0;
};

/// Documents that were fetched before, by address: `definition::resources`. Reading a definition
/// again with them gives the same definition, without a network.
class stored_resources final : public resource_source {
public:
  using texts = std::map<std::string, std::string, std::less<>>;
  explicit stored_resources(const texts& stored) : stored_(stored) {}
  outcome<std::string, std::string> fetch(std::string_view uri) override {
    auto found = stored_.find(uri);
    if (found == stored_.end()) return failed{std::string{"it was not stored with the definition"}};
    return found->second;
  }

private:
  const texts& stored_;
};

} // namespace steward::workflow
