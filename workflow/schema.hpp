#pragma once

#include "workflow/outcome.hpp"
#include "workflow/value.hpp"

#include <memory>
#include <string>
#include <vector>

namespace steward::workflow {

/// One way in which a value breaks a schema.
struct schema_violation {
  std::string instance_pointer; ///< JSON pointer into the value.
  std::string schema_pointer;   ///< JSON pointer into the schema.
  std::string message;
};

/// A compiled JSON Schema (draft 2020-12). Immutable and shared. `$ref` stays inside the document,
/// patterns run on RE2 (linear time), `format` is an annotation. `compile` refuses what it does not
/// implement, by keyword.
class json_schema {
public:
  struct problem {
    std::string pointer; ///< Into the schema.
    std::string reason;
  };
  static outcome<json_schema, problem> compile(const value& schema);

  /// Empty when valid; at most `limit` violations. Stops with one violation that says so when the
  /// work exceeds a bound, so that no schema and value together can hang a run.
  std::vector<schema_violation> validate(const value& instance, size_t limit = 20) const;

private:
  struct program;
  std::shared_ptr<const program> program_;
};

} // namespace steward::workflow
