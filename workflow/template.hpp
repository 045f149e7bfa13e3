#pragma once

#include "workflow/expression.hpp"

#include <functional>
#include <memory>
#include <set>

namespace steward::workflow {

/// A JSON value in which every string that is `${ ... }` as a whole is an expression, at any depth:
/// the strict mode of the language. Text with an embedded `${ }` is refused by the reader; text
/// without is data, and results of expressions are never evaluated again.
class value_template {
public:
  /// Strings are data unless they are `${ ... }`.
  static outcome<value_template, expression_problem> compile(const value& v);
  /// A field that is an expression by type (`as`, `from`, `in`, ...): a bare string is a program
  /// too; an object is a template.
  static outcome<value_template, expression_problem> compile_bare(const value& v);
  /// The loose mode of the language: a text that compiles, and whose program is usable, is an
  /// expression too; where its evaluation fails, it stands for itself.
  using usable = std::function<bool(const expression&)>;
  static outcome<value_template, expression_problem> compile_loose(const value& v,
                                                                   const usable& is_usable);
  static value_template constant(value v);
  /// The text `written` that was compiled already.
  static value_template of(expression program, value written);

  /// The constant itself when there is no expression inside, else the value with each expression
  /// replaced by its one result.
  outcome<value, evaluation_error> evaluate(const value& input, const variable_source& variables,
                                            int64_t now_us,
                                            const evaluation_budget& budget = {}) const;
  bool is_constant() const;
  /// The constant, or the value as written.
  const value& written() const;
  std::set<std::string, std::less<>> free_variables() const;

private:
  struct node;
  struct evaluation_call;
  static outcome<std::shared_ptr<const node>, expression_problem>
  compile_node(const value& v, const usable* loose = nullptr);
  static outcome<value, evaluation_error> evaluate_node(const node& n, const evaluation_call& call);
  static void collect_free_variables(const node& n, std::set<std::string, std::less<>>& names);

  std::shared_ptr<const node> root_;
};

/// True for `${ ... }` as a whole; `program` is then the text inside.
bool is_expression_text(std::string_view text, std::string_view& program);
/// True for text that has `${` somewhere but is not an expression as a whole.
bool has_embedded_expression(std::string_view text);

} // namespace steward::workflow
