#include "workflow/expression/parser.hpp"

#include <array>

namespace steward::workflow::jq {

namespace {

struct operator_info {
  std::string_view text;
  int tightness; // of `//` 1 up to `*` 7
  node_kind kind;
  binary_op op = binary_op::add;
};

constexpr int assignment_tightness = 2;
constexpr int comparison_tightness = 5;

constexpr std::array operators = {
    operator_info{"//", 1, node_kind::alternative},
    operator_info{"=", 2, node_kind::assign},
    operator_info{"|=", 2, node_kind::update},
    operator_info{"+=", 2, node_kind::update_with, binary_op::add},
    operator_info{"-=", 2, node_kind::update_with, binary_op::subtract},
    operator_info{"*=", 2, node_kind::update_with, binary_op::multiply},
    operator_info{"/=", 2, node_kind::update_with, binary_op::divide},
    operator_info{"%=", 2, node_kind::update_with, binary_op::modulo},
    operator_info{"//=", 2, node_kind::update_with, binary_op::alternative},
    operator_info{"or", 3, node_kind::either},
    operator_info{"and", 4, node_kind::both},
    operator_info{"==", 5, node_kind::binary, binary_op::equal},
    operator_info{"!=", 5, node_kind::binary, binary_op::unequal},
    operator_info{"<", 5, node_kind::binary, binary_op::less},
    operator_info{"<=", 5, node_kind::binary, binary_op::less_equal},
    operator_info{">", 5, node_kind::binary, binary_op::greater},
    operator_info{">=", 5, node_kind::binary, binary_op::greater_equal},
    operator_info{"+", 6, node_kind::binary, binary_op::add},
    operator_info{"-", 6, node_kind::binary, binary_op::subtract},
    operator_info{"*", 7, node_kind::binary, binary_op::multiply},
    operator_info{"/", 7, node_kind::binary, binary_op::divide},
    operator_info{"%", 7, node_kind::binary, binary_op::modulo},
};

const operator_info* operator_at(const token& t) {
  if (t.kind != token_kind::symbol && t.kind != token_kind::word) return nullptr;
  for (const auto& o : operators)
    if (o.text == t.text) return &o;
  return nullptr;
}

} // namespace

parser::parser(program& target, std::string_view source, const function_table& builtins)
    : program_(target), source_(source), builtins_(builtins), lexer_(source) {
  if (source.size() > source_limit) fail("the expression is too long", source_limit);
  advance();
}

void parser::read_program() {
  for (auto word : {"import", "include", "module"})
    if (current_.is_word(word)) fail(std::string("'") + word + "' is not supported");
  program_.root = read_pipe();
  if (current_.kind != token_kind::end) fail("unexpected '" + std::string(current_.text) + "'");
}

// --- pipes, commas, operators --------------------------------------------------------------------

/// Long pipes are read in a loop: only real nesting counts as nesting.
const node* parser::read_pipe() {
  auto guard = nesting_guard(*this);
  auto stages = std::vector{read_comma()};
  while (take("|")) stages.push_back(read_comma());
  const auto* result = stages.back();
  for (size_t i = stages.size() - 1; i-- > 0;)
    result = make_two(node_kind::pipe, stages[i], result);
  return result;
}

const node* parser::read_comma() {
  const auto* result = read_comma_item();
  while (take(",")) result = make_two(node_kind::comma, result, read_comma_item());
  return result;
}

const node* parser::read_comma_item() {
  if (current_.is_word("def")) return read_definition();
  if (take_word("label")) {
    auto& n = make(node_kind::label);
    push(binding_kind::label, expect_variable());
    expect("|");
    n.a = read_pipe();
    pop_to(scope_.size() - 1);
    return finish(n);
  }
  const auto* item = read_operators(1);
  return take_word("as") ? read_binding(item) : item;
}

const node* parser::read_operators(int loosest) {
  const auto* left = read_unary();
  auto last = 0; // tightness of a non-associative operator that was just read
  for (;;) {
    const auto* o = operator_at(current_);
    if (!o || o->tightness < loosest) return left;
    auto once = o->tightness == assignment_tightness || o->tightness == comparison_tightness;
    if (once && last == o->tightness)
      fail("'" + std::string(o->text) + "' can't follow an operator of its kind");
    last = once ? o->tightness : 0;
    advance();
    // `//` groups to the right, all others to the left.
    auto guard = nesting_guard(*this);
    const auto* right = read_operators(o->tightness == 1 ? 1 : o->tightness + 1);
    if (o->kind == node_kind::binary)
      left = make_binary(o->op, left, right);
    else if (o->kind == node_kind::update_with)
      left = make_update_with(o->op, left, right);
    else
      left = make_two(o->kind, left, right);
  }
}

const node* parser::read_unary() {
  if (!take("-")) return read_postfix();
  auto guard = nesting_guard(*this);
  auto& n = make(node_kind::negate);
  n.a = read_unary();
  return finish(n);
}

// --- names ---------------------------------------------------------------------------------------

const node* parser::read_definition() {
  auto guard = nesting_guard(*this);
  auto& n = make(node_kind::define);
  n.fn = read_function([this](const function& fn) { push(binding_kind::function, fn.name, &fn); });
  n.a = read_pipe();
  pop_to(scope_.size() - 1);
  return finish(n);
}

const node* parser::parameter_closure(std::string_view name) {
  auto& n = make(node_kind::call_parameter);
  for (size_t i = scope_.size(); i-- > 0;)
    if (scope_[i].kind == binding_kind::closure && scope_[i].name == name) {
      n.number = static_cast<uint32_t>(scope_.size() - 1 - i);
      break;
    }
  return &n;
}

/// Behind `source as`.
const node* parser::read_binding(const node* source) {
  auto guard = nesting_guard(*this);
  auto outer = scope_.size();
  auto& n = make(node_kind::bind);
  n.a = source;
  n.plan = read_plan();
  expect("|");
  n.b = read_pipe();
  pop_to(outer);
  return finish(n);
}

/// Leaves the variables in scope.
const bind_plan* parser::read_plan() {
  auto& plan = program_.plans.emplace_front();
  do plan.patterns.push_back(read_pattern(plan));
  while (take("?//"));
  return &plan;
}

std::unique_ptr<pattern> parser::read_pattern(bind_plan& plan) {
  auto guard = nesting_guard(*this);
  auto made = std::make_unique<pattern>();
  if (take("[")) {
    made->what = pattern::shape::array;
    do made->items.push_back(read_pattern(plan));
    while (take(","));
    expect("]");
  } else if (take("{")) {
    made->what = pattern::shape::object;
    do read_pattern_entry(plan, *made);
    while (take(","));
    expect("}");
  } else {
    made->variable = declare(plan, expect_variable());
  }
  return made;
}

void parser::read_pattern_entry(bind_plan& plan, pattern& into) {
  auto entry = pattern::entry{};
  entry.visible = plan.variables.size();
  if (current_.kind == token_kind::variable) {
    entry.name = expect_variable();
    entry.variable = static_cast<int64_t>(declare(plan, entry.name));
    if (take(":")) entry.inner = read_pattern(plan);
  } else {
    if (current_.kind == token_kind::word) {
      entry.key = literal(current_.text);
      advance();
    } else if (current_.kind == token_kind::quote) {
      entry.key = read_string({});
    } else {
      auto offset = current_.offset;
      expect("(");
      entry.key = read_pipe();
      expect(")");
      if (entry.key->kind == node_kind::literal && !entry.key->constant.is_string())
        fail("an object's key must be a string", offset);
    }
    expect(":");
    entry.inner = read_pattern(plan);
  }
  into.entries.push_back(std::move(entry));
}

/// The place of the variable in the plan; alternatives share the variables of one name.
size_t parser::declare(bind_plan& plan, const std::string& name) {
  for (size_t i = 0; i < plan.variables.size(); ++i)
    if (plan.variables[i] == name) return i;
  plan.variables.push_back(name);
  push(binding_kind::variable, name);
  return plan.variables.size() - 1;
}

// --- tokens --------------------------------------------------------------------------------------

void parser::advance() { current_ = lexer_.next(); }

bool parser::take(std::string_view symbol) {
  if (!current_.is(symbol)) return false;
  advance();
  return true;
}

bool parser::take_word(std::string_view word) {
  if (!current_.is_word(word)) return false;
  advance();
  return true;
}

void parser::expect(std::string_view symbol) {
  if (!take(symbol)) fail("expected '" + std::string(symbol) + "'");
}

void parser::expect_word(std::string_view word) {
  if (!take_word(word)) fail("expected '" + std::string(word) + "'");
}

std::string parser::expect_variable() {
  if (current_.kind != token_kind::variable) fail("expected a variable such as '$name'");
  auto name = std::string(current_.text);
  advance();
  return name;
}

void parser::fail(std::string reason) const { fail(std::move(reason), current_.offset); }

void parser::fail(std::string reason, size_t offset) const {
  throw expression_problem{std::move(reason), offset};
}

void parser::push(binding_kind kind, std::string name, const function* fn) {
  scope_.push_back({kind, std::move(name), fn});
}

void parser::pop_to(size_t size) { scope_.resize(size); }

} // namespace steward::workflow::jq
