#pragma once

#include "workflow/reader/api_document.hpp"
#include "workflow/reader/common_fields.hpp"
#include "workflow/reader/resource_source.hpp"

#include <map>

namespace steward::workflow::reader {

/// The documents that one definition refers to: each is fetched once, and kept for the caller.
class resources {
public:
  /// Without a source every document is missing. The limits are those of one document, and of all
  /// documents together.
  resources(resource_source* source, const reader_limits& limits)
      : source_(source), limits_(limits) {}

  /// The text at the address; none, and a problem at that place, if it can't be had.
  const std::string* find(problem_list& problems, const place& where, const std::string& uri);
  /// The same as a tree of JSON or YAML.
  const source_node* find_tree(problem_list& problems, const place& where, const std::string& uri);
  /// The same as an OpenAPI or Swagger document.
  const api_document* find_api(problem_list& problems, const place& where, const std::string& uri);

  const stored_resources::texts& texts() const { return texts_; }

private:
  resource_source* source_;
  reader_limits limits_;
  size_t bytes_ = 0;
  stored_resources::texts texts_;
  std::map<std::string, source_node, std::less<>> trees_;
  std::map<std::string, api_document, std::less<>> apis_;
};

/// The address in an external resource (`{name, endpoint}`), which must be a constant because no
/// run is there yet whose data could fill it in; none, and problems, if it is not.
std::optional<std::string> read_resource(reading& r, const place& where,
                                         const variable_scope& scope);
/// The address in an endpoint, for the same use.
std::optional<std::string> read_constant_endpoint(reading& r, const place& where,
                                                  const variable_scope& scope);

/// Reports what is wrong with an external resource that is not used.
void check_resource(reading& r, const place& where, const variable_scope& scope);
/// The same of an endpoint, which may be an expression.
void check_endpoint(reading& r, const place& where, const variable_scope& scope);

} // namespace steward::workflow::reader
