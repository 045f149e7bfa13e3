#pragma once

#include "workflow/value.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace steward::workflow {

/// Why an expression can't be compiled: what was found or is not supported, and where.
struct expression_problem {
  std::string reason;
  size_t offset = 0; ///< Byte offset into the source.
};

/// Why an evaluation gave no single result. `out_of_budget` tells a spent budget (fuel, bytes,
/// depth) from an error of the program.
struct evaluation_error {
  std::string reason;
  bool out_of_budget = false;
};

/// Gives `$name` (without the dollar sign) on demand. Only names in `free_variables()` are asked.
class variable_source {
public:
  virtual ~variable_source() = default;
  virtual value lookup(std::string_view name) const = 0;
};

/// What one evaluation may use up.
struct evaluation_budget {
  uint64_t fuel = 1'000'000;       ///< Steps of the evaluator.
  size_t bytes = 256u << 20;       ///< Heap bytes allocated for values, freed ones included.
  uint32_t call_depth = 10'000;    ///< Nested evaluations; bounds the native stack too.
};

/// One compiled jq program over `value`. Immutable; share and evaluate it from any thread.
///
/// Source: the jq 1.8 manual. Supported is what `workflow/expression/` implements; anything else
/// (unknown functions, environment, files, input, modules) is refused by `compile`, by name.
class expression {
public:
  static outcome<expression, expression_problem> compile(std::string_view source);

  /// All results, at most `max_results` of them.
  outcome<std::vector<value>, evaluation_error> evaluate(const value& input,
                                                         const variable_source& variables,
                                                         int64_t now_us,
                                                         const evaluation_budget& budget = {},
                                                         size_t max_results = 1000) const;
  /// Exactly one result; none or several is an error.
  outcome<value, evaluation_error> evaluate_one(const value& input,
                                                const variable_source& variables, int64_t now_us,
                                                const evaluation_budget& budget = {}) const;

  /// Names used as `$name` that the program itself does not bind, without the dollar sign.
  const std::set<std::string, std::less<>>& free_variables() const;
  const std::string& source() const;

private:
  struct program;
  explicit expression(std::shared_ptr<const program> p) : program_(std::move(p)) {}
  std::shared_ptr<const program> program_;
};

} // namespace steward::workflow
