#include "workflow/machine/data_size.hpp"
#include "workflow/machine/interpreter.hpp"

namespace steward::workflow {

namespace {

[[noreturn]] void fail_expression(std::string_view field, const evaluation_error& e) {
  auto detail = std::string{"`"}.append(field).append("`: ");
  if (e.out_of_budget) detail += "a budget of the expression is spent: ";
  fail_task("expression", detail + safe_text(e.reason, 500));
}

} // namespace

value interpreter::evaluate(const value_template& what, const value& input,
                            const variable_source& variables, std::string_view field) const {
  if (what.is_constant()) return what.written();
  auto result = what.evaluate(input, variables, now_us_, limits_.expression);
  if (!result) fail_expression(field, result.error());
  check_size(*result, field);
  return *std::move(result);
}

/// As jq sees it: everything but false and null.
bool interpreter::holds(const expression& condition, const value& input,
                        const scope_view& variables, std::string_view field) const {
  auto result = condition.evaluate_one(input, variables, now_us_, limits_.expression);
  if (!result) fail_expression(field, result.error());
  return !result->is_null() && !(result->is_bool() && !result->as_bool());
}

int64_t interpreter::instant_after(const duration_source& length, int64_t start_us,
                                   const value& input, const scope_view& variables,
                                   std::string_view field) const {
  if (auto known = std::get_if<duration>(&length)) return known->after(start_us);
  auto result =
      std::get<expression>(length).evaluate_one(input, variables, now_us_, limits_.expression);
  if (!result) fail_expression(field, result.error());
  auto read = read_duration(*result);
  if (!read) fail_expression(field, evaluation_error{read.error()});
  return read->after(start_us);
}

/// At least a microsecond away: what starts in an event can't be overdue in the same event.
deadline interpreter::deadline_after(const duration_source& length, const value& input,
                                     std::string_view field) const {
  auto due_us = std::max(instant_after(length, now_us_, input, view(), field), now_us_ + 1);
  return {due_us, 0, now_us_};
}

void interpreter::check(const std::optional<json_schema>& schema, const value& data,
                        std::string_view field) const {
  if (!schema) return;
  auto violations = schema->validate(data);
  if (violations.empty()) return;
  auto detail = std::string{"`"}.append(field).append("` is violated");
  for (const auto& violation : violations) {
    detail += detail.ends_with("violated") ? ": " : "; ";
    detail += violation.instance_pointer.empty() ? "/" : violation.instance_pointer;
    detail += ": " + violation.message;
  }
  fail_task("validation", safe_text(detail, 4'000));
}

/// Parts that a value shares count each time: its JSON text is what has to be sent and stored.
void interpreter::check_size(const value& data, std::string_view field) const {
  if (json_size(data, limits_.data_bytes) > limits_.data_bytes)
    fail_task("runtime", std::string{"`"}.append(field).append("` gives more than ") +
                             std::to_string(limits_.data_bytes) + " bytes of data");
  if (data.depth() > flow_depth_max)
    fail_task("runtime", std::string{"`"}.append(field).append("` gives data nested deeper than ") +
                             std::to_string(flow_depth_max));
}

value interpreter::filter_input(const input_filter& filter, value raw) const {
  check(filter.schema, raw, "input.schema");
  return filter.from ? evaluate(*filter.from, raw, view(), "input.from") : raw;
}

value interpreter::filter_output(const output_filter& filter, value raw) const {
  auto result = filter.as ? evaluate(*filter.as, raw, view().with_output(raw, raw), "output.as")
                          : std::move(raw);
  check(filter.schema, result, "output.schema");
  return result;
}

void interpreter::update_context(const output_filter& filter, const value& output,
                                 const value& raw) {
  if (!filter.as) return check(filter.schema, output, "export.schema");
  auto variables = view().with_output(output, raw);
  auto context = evaluate(*filter.as, output, variables, "export.as");
  check(filter.schema, context, "export.schema");
  if (now_->parent) {
    auto& pending = now_->exports.emplace_back();
    pending.filter = &filter;
    pending.output = output;
    pending.instance = top().what->pointer;
    for (const auto& name : filter.as->free_variables())
      if (name != "context") pending.variables.emplace_back(name, variables.lookup(name));
  }
  now_->context = std::move(context);
}

} // namespace steward::workflow
