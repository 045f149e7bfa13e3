#pragma once

#include "workflow/definition.hpp"
#include "workflow/reader/resource_source.hpp"

namespace steward::workflow {

/// One thing wrong with a definition, for a person to mend.
struct definition_problem {
  std::string pointer;  ///< JSON pointer of the place, "" for the whole document.
  size_t line = 0;      ///< From 1; 0 when there is no place.
  size_t column = 0;    ///< From 1.
  std::string message;  ///< What is wrong.
  std::string expected; ///< What was expected there, or empty.
};

struct reader_limits {
  size_t bytes = 1u << 20;
  uint32_t depth = 400;   ///< Nesting of YAML or JSON; a task inside a task is three levels.
  size_t nodes = 200'000; ///< After aliases are expanded.
  size_t problems = 100;  ///< Reported at most.
  size_t resource_bytes = 16u << 20; ///< Of all documents that the definition refers to.
  size_t resource_nodes = 2'000'000; ///< Of each of them.
};

/// Reads, checks and compiles a definition from YAML 1.2 (core rules) or JSON. Reports every
/// problem at once, in document order. What the language has but this version does not support is a
/// problem that names the construct.
///
/// Documents that the definition refers to are taken from `resources` now, and are kept in
/// `definition::resources`; without one, such a reference is a problem.
outcome<std::shared_ptr<const definition>, std::vector<definition_problem>>
read_definition(std::string_view text, const reader_limits& limits = {},
                resource_source* resources = nullptr);

/// The document alone, as a value: for input files and tests.
outcome<value, std::vector<definition_problem>> read_yaml(std::string_view text,
                                                          const reader_limits& limits = {});

} // namespace steward::workflow
