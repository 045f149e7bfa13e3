#include "workflow/expression.hpp"

#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/order.hpp"
#include "workflow/expression/parser.hpp"

#include <new>

namespace steward::workflow {

struct expression::program : jq::program {
  std::set<std::string, std::less<>> free_variables;
};

outcome<expression, expression_problem> expression::compile(std::string_view source) try {
  auto made = std::make_shared<program>();
  made->source = source;
  jq::parser(*made, made->source, jq::builtin_functions()).read_program();
  made->free_variables = {made->free_names.begin(), made->free_names.end()};
  return expression(std::move(made));
} catch (const expression_problem& problem) {
  return failed{problem};
} catch (const std::runtime_error& problem) { // a constant that is nested too deeply
  return failed{expression_problem{problem.what(), 0}};
}

namespace {

/// Runs the program under its budget and turns whatever ends it early into an error. `take` gets
/// each result and says whether it wants more.
template <class Take>
std::optional<evaluation_error> run(const jq::program& program, const value& input,
                                    const variable_source& variables, int64_t now_us,
                                    const evaluation_budget& budget, Take take) try {
  auto bytes = allocation_budget(budget.bytes);
  auto evaluation = jq::evaluation(program, variables, now_us, budget);
  uint64_t weight = 0;
  evaluation.all(*program.root, input, nullptr, [&](value&& v) {
    // What is small in memory because its parts are shared may be huge as text.
    weight += v.weight();
    if (weight > budget.bytes) throw budget_exceeded("the expression's result is too large");
    return take(std::move(v));
  });
  if (evaluation.failed()) return evaluation_error{jq::error_text(evaluation.take_error()), false};
  return std::nullopt;
} catch (const std::bad_alloc&) {
  return evaluation_error{"the expression needs too much memory", true};
} catch (const std::exception& problem) {
  return evaluation_error{problem.what(), true};
}

} // namespace

outcome<std::vector<value>, evaluation_error>
expression::evaluate(const value& input, const variable_source& variables, int64_t now_us,
                     const evaluation_budget& budget, size_t max_results) const {
  auto results = std::vector<value>{};
  auto too_many = false;
  auto error = run(*program_, input, variables, now_us, budget, [&](value&& v) {
    too_many = results.size() == max_results;
    if (!too_many) results.push_back(std::move(v));
    return !too_many;
  });
  if (error) return failed{std::move(*error)};
  if (too_many)
    return failed{evaluation_error{
        "the expression gives more than " + std::to_string(max_results) + " results", true}};
  return results;
}

outcome<value, evaluation_error> expression::evaluate_one(const value& input,
                                                          const variable_source& variables,
                                                          int64_t now_us,
                                                          const evaluation_budget& budget) const {
  auto result = value{};
  auto count = 0;
  auto error = run(*program_, input, variables, now_us, budget, [&](value&& v) {
    result = std::move(v);
    return ++count == 1;
  });
  if (error) return failed{std::move(*error)};
  if (count == 1) return result;
  return failed{evaluation_error{count == 0 ? "the expression gives no result"
                                            : "the expression gives several results",
                                 false}};
}

const std::set<std::string, std::less<>>& expression::free_variables() const {
  return program_->free_variables;
}

const std::string& expression::source() const { return program_->source; }

} // namespace steward::workflow
