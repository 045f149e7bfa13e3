#pragma once

#include "workflow/expression/builtins.hpp"
#include "workflow/expression/lexer.hpp"
#include "workflow/expression/node.hpp"

#include <optional>
#include <string_view>

namespace steward::workflow::jq {

/// Reads a source and compiles it in one pass: names become distances along the environment,
/// constants become values. Throws `expression_problem`.
///
/// Recursive descent with a bound on nesting, so no source can exhaust the native stack.
class parser {
public:
  static constexpr size_t source_limit = 64 * 1024;
  static constexpr int nesting_limit = 200;
  static constexpr int suffix_limit = 500; ///< Steps of one path such as `.a.b[0]`.

  /// `builtins` may grow while a library is read; both must outlive the parser.
  parser(program& target, std::string_view source, const function_table& builtins);
  /// The whole source as one program; sets `program::root`.
  void read_program();
  /// A row of `def`s, each given to `declared(function)` before its body is read.
  template <class Sink>
  void read_library(Sink declared) {
    while (current_.kind != token_kind::end) read_function(declared);
  }

private:
  enum class binding_kind : uint8_t { variable, closure, function, label };
  /// Mirrors one link of the environment at run time.
  struct scope_entry {
    binding_kind kind;
    std::string name;
    const function* fn = nullptr;
  };
  struct nesting_guard;

  // parser.cpp: what holds terms together
  const node* read_pipe();
  const node* read_comma();
  const node* read_comma_item();
  const node* read_operators(int loosest);
  const node* read_unary();
  const node* read_definition();
  template <class Sink>
  const function* read_function(Sink declared);
  const node* parameter_closure(std::string_view name);
  const node* read_binding(const node* source);
  const bind_plan* read_plan();
  std::unique_ptr<pattern> read_pattern(bind_plan& plan);
  void read_pattern_entry(bind_plan& plan, pattern& into);
  size_t declare(bind_plan& plan, const std::string& name);

  // parse_term.cpp
  const node* read_postfix();
  const node* read_suffixes(const node* term);
  bool take_question();
  const node* read_optional(const node* access);
  const node* read_brackets(const node* target);
  const node* read_word();
  const node* read_conditional();
  const node* read_loop(node_kind kind);
  const node* read_attempt();
  const function* find_builtin(std::string_view full_name) const;
  const node* read_call(std::string_view name, size_t offset);
  const node* read_variable(std::string_view name, size_t offset);
  const node* read_break();
  const node* read_string(std::string_view format);
  const node* read_object();
  void read_object_entry(node& object);
  const node* read_object_item();

  // make.cpp: nodes, with constants folded and `single` found
  node& make(node_kind kind);
  const node* literal(value v);
  const node* identity();
  const node* finish(node& n);
  const node* make_two(node_kind kind, const node* a, const node* b);
  const node* make_binary(binary_op op, const node* a, const node* b);
  const node* make_update_with(binary_op op, const node* a, const node* b);
  const node* make_field(const node* target, value key);

  // tokens
  void advance();
  bool take(std::string_view symbol);
  bool take_word(std::string_view word);
  void expect(std::string_view symbol);
  void expect_word(std::string_view word);
  std::string expect_variable();
  [[noreturn]] void fail(std::string reason) const;
  [[noreturn]] void fail(std::string reason, size_t offset) const;
  void push(binding_kind kind, std::string name, const function* fn = nullptr);
  void pop_to(size_t size);

  program& program_;
  std::string_view source_;
  const function_table& builtins_;
  lexer lexer_;
  token current_;
  std::vector<scope_entry> scope_;
  int nesting_ = 0;
};

struct parser::nesting_guard {
  explicit nesting_guard(parser& p) : p_(p) {
    if (++p_.nesting_ > nesting_limit) p_.fail("the expression is nested too deeply");
  }
  ~nesting_guard() { --p_.nesting_; }
  nesting_guard(const nesting_guard&) = delete;
  nesting_guard& operator=(const nesting_guard&) = delete;

private:
  parser& p_;
};

/// `def name(a; $b): body;`. A parameter `$b` is a closure `b` and a variable `$b` of its results.
template <class Sink>
const function* parser::read_function(Sink declared) {
  expect_word("def");
  if (current_.kind != token_kind::word) fail("expected the name of a function");
  auto name = std::string(current_.text);
  advance();
  auto parameters = std::vector<std::string>{};
  auto variables = std::vector<std::string>{};
  if (take("(")) {
    do {
      auto is_variable = current_.kind == token_kind::variable;
      if (!is_variable && current_.kind != token_kind::word) fail("expected a parameter's name");
      parameters.emplace_back(current_.text);
      if (is_variable) variables.emplace_back(current_.text);
      advance();
    } while (take(";"));
    expect(")");
  }
  expect(":");
  auto& fn = program_.functions.emplace_front();
  fn.name = name + "/" + std::to_string(parameters.size());
  fn.parameters = parameters.size();
  declared(fn);
  auto outer = scope_.size();
  for (const auto& p : parameters) push(binding_kind::closure, p);
  auto binds = std::vector<node*>{};
  for (const auto& v : variables) {
    auto& plan = program_.plans.emplace_front();
    plan.patterns.push_back(std::make_unique<pattern>());
    plan.variables.push_back(v);
    auto& bind = make(node_kind::bind);
    bind.a = parameter_closure(v);
    bind.plan = &plan;
    push(binding_kind::variable, v);
    binds.push_back(&bind);
  }
  const auto* body = read_pipe();
  for (auto bind = binds.rbegin(); bind != binds.rend(); ++bind) {
    (*bind)->b = body;
    body = finish(**bind);
  }
  pop_to(outer);
  expect(";");
  fn.body = body;
  return &fn;
}

} // namespace steward::workflow::jq
