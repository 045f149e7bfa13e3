#pragma once

#include "workflow/machine/frames.hpp"

#include <span>

namespace steward::workflow {

/// The `$` variables that an expression sees, built only when it asks for one. Loop and catch
/// variables of inner scopes shadow those of outer ones, and all of them shadow the standard names.
///
/// Looks into the run: use it at once, and don't keep it.
class scope_view final : public variable_source {
public:
  /// The last frame is the one whose expression is evaluated.
  scope_view(const run_facts& run, std::span<const frame> open) : run_(run), open_(open) {}

  /// Also `$output` and `$task.output`. The value must outlive the view.
  scope_view& with_output(const value& output) {
    output_ = &output;
    return *this;
  }
  /// Also `$error` and, under the name the author chose, the same.
  scope_view& with_error(std::string_view as, const value& error) {
    error_name_ = as;
    error_ = &error;
    return *this;
  }

  value lookup(std::string_view name) const override;

private:
  const value* local(std::string_view name, value& made) const;
  value describe_task() const;
  value describe_workflow() const;

  const run_facts& run_;
  std::span<const frame> open_;
  const value* output_ = nullptr;
  const value* error_ = nullptr;
  std::string_view error_name_;
};

} // namespace steward::workflow
