#pragma once

#include "workflow/machine/frames.hpp"

#include <span>

namespace steward::workflow {

/// RFC 3339 with milliseconds, in UTC.
std::string instant_text(int64_t time_us);

/// The `$` variables that an expression sees, built only when it asks for one. Loop and catch
/// variables of inner scopes shadow those of outer ones, and all of them shadow the standard names.
///
/// Looks into the run: use it at once, and don't keep it.
class scope_view final : public variable_source {
public:
  /// The expression is one of the branch's topmost frame, or of the one at `depth`.
  scope_view(const run_facts& run, const branch& where)
      : scope_view(run, where, where.frames.size() - 1) {}
  scope_view(const run_facts& run, const branch& where, size_t depth)
      : run_(run), branch_(where), open_(std::span{where.frames}.first(depth + 1)) {}

  /// Also `$output`, and `$task.output`: the same before `output.as`. They must outlive the view.
  scope_view& with_output(const value& output, const value& raw) {
    output_ = &output;
    raw_output_ = &raw;
    return *this;
  }
  /// Also `$error` and, under the name the author chose, the same.
  scope_view& with_error(std::string_view as, const value& error) {
    error_name_ = as;
    error_ = &error;
    return *this;
  }

  /// `$task` has the members of the task's definition too: what an extension's `when` looks at.
  scope_view& with_definition() {
    spread_definition_ = true;
    return *this;
  }

  value lookup(std::string_view name) const override;

private:
  const value* local(std::string_view name, value& made) const;
  static const value* local(const frame& f, std::string_view name, value& made);
  const value& secrets() const;
  value describe_task() const;
  value describe_workflow() const;

  const run_facts& run_;
  const branch& branch_;
  std::span<const frame> open_;
  const value* output_ = nullptr;
  const value* raw_output_ = nullptr;
  const value* error_ = nullptr;
  std::string_view error_name_;
  bool spread_definition_ = false;
};

} // namespace steward::workflow
