#include "workflow/expression/builtins.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/parser.hpp"

#include <algorithm>

namespace steward::workflow::jq {

/// A term and what follows it closely: `.a`, `[...]`, `?`.
const node* parser::read_postfix() {
  auto guard = nesting_guard(*this);
  const node* term = nullptr;
  auto here = current_;
  switch (here.kind) {
  case token_kind::number:
    advance();
    term = literal(std::move(here.number));
    break;
  case token_kind::quote:
    term = read_string({});
    break;
  case token_kind::format:
    advance();
    if (!find_native(here.text, 0))
      fail("the format '" + std::string(here.text) + "' is not known", here.offset);
    if (current_.kind == token_kind::quote) {
      term = read_string(here.text);
    } else {
      auto& call = make(node_kind::call_native);
      call.nat = find_native(here.text, 0);
      term = finish(call);
    }
    break;
  case token_kind::field:
    advance();
    term = read_optional(make_field(identity(), here.text));
    break;
  case token_kind::variable:
    advance();
    term = read_variable(here.text, here.offset);
    break;
  case token_kind::word:
    term = read_word();
    break;
  case token_kind::end:
    fail("the expression ends too early");
  case token_kind::symbol:
    if (take("(")) {
      term = read_pipe();
      expect(")");
    } else if (take("[")) {
      auto& n = make(node_kind::collect);
      if (!current_.is("]")) n.a = read_pipe();
      expect("]");
      term = finish(n);
    } else if (current_.is("{")) {
      term = read_object();
    } else if (take("..")) {
      term = read_call("recurse", here.offset);
    } else if (take(".")) {
      term = identity();
      if (current_.kind == token_kind::quote) {
        auto& index = make(node_kind::index);
        index.a = term;
        index.b = read_string({});
        term =
            read_optional(index.b->kind == node_kind::literal ? make_field(term, index.b->constant)
                                                              : finish(index));
      }
    } else {
      fail("unexpected '" + std::string(here.text) + "'");
    }
  }
  return read_suffixes(term);
}

const node* parser::read_suffixes(const node* term) {
  for (auto count = 0;; ++count) {
    if (count > suffix_limit) fail("the path is too long");
    if (current_.kind == token_kind::field) {
      term = make_field(term, current_.text);
      advance();
      term = read_optional(term);
    } else if (current_.is("[")) {
      term = read_optional(read_brackets(term));
    } else if (take_question()) {
      auto& n = make(node_kind::attempt);
      n.a = term;
      term = finish(n);
    } else if (current_.is(".")) {
      advance();
      if (current_.kind == token_kind::quote) {
        auto& n = make(node_kind::index);
        n.a = term;
        n.b = read_string({});
        term = read_optional(finish(n));
      } else if (current_.is("[")) {
        term = read_optional(read_brackets(term));
      } else {
        fail("expected a key or '[' behind '.'");
      }
    } else {
      return term;
    }
  }
}

/// Outside of patterns `?//` is `?` and `//`.
bool parser::take_question() {
  if (!current_.is("?//")) return take("?");
  current_.text.remove_prefix(1);
  return true;
}

/// Behind an access `?` is about that one step: errors of what it goes out from stay errors.
const node* parser::read_optional(const node* access) {
  if (!take_question()) return access;
  auto& n = make(access->kind);
  n = *access;
  n.optional = true;
  return &n;
}

/// `[]`, `[i]`, `[from:to]`.
const node* parser::read_brackets(const node* target) {
  expect("[");
  if (take("]")) {
    auto& n = make(node_kind::iterate);
    n.a = target;
    return finish(n);
  }
  auto& n = make(node_kind::slice);
  n.a = target;
  if (!current_.is(":")) n.b = read_pipe();
  if (take(":")) {
    if (!current_.is("]")) n.c = read_pipe();
    if (!n.b && !n.c) fail("expected a number before or behind ':'");
  } else {
    n.kind = node_kind::index;
    if (n.b->kind == node_kind::literal && n.b->constant.is_string()) {
      expect("]");
      return make_field(target, n.b->constant);
    }
  }
  expect("]");
  return finish(n);
}

// --- words ---------------------------------------------------------------------------------------

const node* parser::read_word() {
  auto word = current_;
  if (word.is_word("if")) return read_conditional();
  if (word.is_word("reduce")) return read_loop(node_kind::reduce);
  if (word.is_word("foreach")) return read_loop(node_kind::foreach_);
  if (word.is_word("try")) return read_attempt();
  if (word.is_word("break")) return read_break();
  for (auto keyword : {"then", "elif", "else", "end", "as", "catch", "and", "or", "def", "label"})
    if (word.is_word(keyword)) fail("unexpected '" + std::string(word.text) + "'");
  advance();
  return read_call(word.text, word.offset);
}

/// From `if` or `elif` to `end`.
const node* parser::read_conditional() {
  auto guard = nesting_guard(*this);
  advance();
  auto& n = make(node_kind::conditional);
  n.a = read_pipe();
  expect_word("then");
  n.b = read_pipe();
  if (current_.is_word("elif")) {
    n.c = read_conditional();
    return finish(n);
  }
  if (take_word("else")) n.c = read_pipe();
  expect_word("end");
  return finish(n);
}

const node* parser::read_loop(node_kind kind) {
  advance();
  auto& n = make(kind);
  n.a = read_operators(1);
  expect_word("as");
  auto outer = scope_.size();
  n.plan = read_plan();
  auto inner = std::vector(scope_.begin() + static_cast<ptrdiff_t>(outer), scope_.end());
  pop_to(outer);
  expect("(");
  n.b = read_pipe(); // sees no variable of the pattern
  expect(";");
  scope_.insert(scope_.end(), inner.begin(), inner.end());
  n.c = read_pipe();
  if (kind == node_kind::foreach_ && take(";")) n.d = read_pipe();
  pop_to(outer);
  expect(")");
  return finish(n);
}

const node* parser::read_attempt() {
  advance();
  auto& n = make(node_kind::attempt);
  auto read_body = [this]() -> const node* {
    if (!take("-")) return read_postfix();
    auto& negated = make(node_kind::negate);
    negated.a = read_postfix();
    return finish(negated);
  };
  n.a = read_body();
  if (take_word("catch")) n.b = read_body();
  return finish(n);
}

const node* parser::read_break() {
  advance();
  auto offset = current_.offset;
  auto name = expect_variable();
  for (size_t i = scope_.size(); i-- > 0;)
    if (scope_[i].kind == binding_kind::label && scope_[i].name == name) {
      auto& n = make(node_kind::break_);
      n.number = static_cast<uint32_t>(scope_.size() - 1 - i);
      return finish(n);
    }
  fail("there is no label '$" + name + "' around this", offset);
}

const node* parser::read_variable(std::string_view name, size_t offset) {
  for (size_t i = scope_.size(); i-- > 0;)
    if (scope_[i].kind == binding_kind::variable && scope_[i].name == name) {
      auto& n = make(node_kind::variable);
      n.number = static_cast<uint32_t>(scope_.size() - 1 - i);
      return finish(n);
    }
  if (name == "__loc__") {
    auto line =
        1 + std::count(source_.begin(), source_.begin() + static_cast<ptrdiff_t>(offset), '\n');
    return literal(value::object({{"file", "<top-level>"}, {"line", static_cast<int64_t>(line)}}));
  }
  if (name == "ENV" || name.starts_with("__") || name.find(':') != name.npos)
    fail("'$" + std::string(name) + "' is not supported", offset);
  auto& names = program_.free_names;
  auto known = std::find(names.begin(), names.end(), name);
  auto& n = make(node_kind::free_variable);
  n.number = static_cast<uint32_t>(known - names.begin());
  if (known == names.end()) names.emplace_back(name);
  return finish(n);
}

const function* parser::find_builtin(std::string_view full_name) const {
  auto found = builtins_.find(full_name);
  return found == builtins_.end() ? nullptr : found->second;
}

/// A function's name has been read: its arguments, and what it means here.
const node* parser::read_call(std::string_view name, size_t offset) {
  auto arguments = std::vector<const node*>{};
  if (take("(")) {
    do arguments.push_back(read_pipe());
    while (take(";"));
    expect(")");
  }
  auto full_name = std::string(name) + "/" + std::to_string(arguments.size());
  auto complete = [&](node& n) {
    n.list = std::move(arguments);
    return finish(n);
  };
  for (size_t i = scope_.size(); i-- > 0;) {
    const auto& entry = scope_[i];
    auto is_closure =
        entry.kind == binding_kind::closure && arguments.empty() && entry.name == name;
    auto is_function = entry.kind == binding_kind::function && entry.name == full_name;
    if (!is_closure && !is_function) continue;
    auto& n = make(is_closure ? node_kind::call_parameter : node_kind::call_function);
    n.number = static_cast<uint32_t>(scope_.size() - 1 - i);
    n.fn = entry.fn;
    return complete(n);
  }
  if (name == "null" || name == "true" || name == "false") {
    if (!arguments.empty()) fail("'" + full_name + "' is not a function", offset);
    return literal(name == "null" ? value{} : value{name == "true"});
  }
  if (const auto* form = find_special(name, arguments.size())) {
    auto& n = make(node_kind::special);
    n.form = *form;
    n.fn = find_builtin(full_name);
    return complete(n);
  }
  if (const auto* nat = find_native(name, arguments.size())) {
    auto& n = make(node_kind::call_native);
    n.nat = nat;
    return complete(n);
  }
  if (const auto* fn = find_builtin(full_name)) {
    auto& n = make(node_kind::call_builtin);
    n.fn = fn;
    return complete(n);
  }
  if (is_refused(name)) fail("'" + std::string(name) + "' is not supported", offset);
  fail("there is no function '" + full_name + "'", offset);
}

// --- strings and objects -------------------------------------------------------------------------

/// At the opening quote. Interpolations pass through the format, or through `tostring`.
const node* parser::read_string(std::string_view format) {
  auto& n = make(node_kind::text);
  n.nat = find_native(format.empty() ? "tostring" : format, 0);
  auto piece = std::string{};
  while (lexer_.next_piece(piece)) {
    if (!piece.empty()) n.list.push_back(literal(piece));
    piece.clear();
    advance();
    n.list.push_back(read_pipe());
    // A literal here would be taken for plain text.
    if (n.list.back()->kind == node_kind::literal)
      n.list.back() = make_two(node_kind::pipe, identity(), n.list.back());
    if (!current_.is(")")) fail("expected ')' behind what is interpolated");
  }
  if (n.list.empty()) {
    advance();
    return literal(piece);
  }
  if (!piece.empty()) n.list.push_back(literal(piece));
  advance();
  return finish(n);
}

const node* parser::read_object() {
  auto guard = nesting_guard(*this);
  expect("{");
  auto& n = make(node_kind::object);
  if (!current_.is("}")) {
    do read_object_entry(n);
    while (take(","));
  }
  expect("}");
  return finish(n);
}

void parser::read_object_entry(node& object) {
  auto here = current_;
  const node* key = nullptr;
  const node* item = nullptr; // what stands for the item when none is written
  switch (here.kind) {
  case token_kind::variable:
    advance();
    // `{$x}` is named after the variable, `{$x: 1}` after what it holds.
    item = read_variable(here.text, here.offset);
    key = current_.is(":") ? item : literal(here.text);
    break;
  case token_kind::word:
    advance();
    key = literal(here.text);
    break;
  case token_kind::quote:
    key = read_string({});
    break;
  case token_kind::format:
    advance();
    if (current_.kind != token_kind::quote || !find_native(here.text, 0)) fail("expected a string");
    key = read_string(here.text);
    break;
  default:
    expect("(");
    key = read_pipe();
    expect(")");
    if (key->kind == node_kind::literal && !key->constant.is_string())
      fail("an object's key must be a string", here.offset);
    if (!current_.is(":")) fail("expected ':'");
  }
  if (take(":")) {
    item = read_object_item();
  } else if (!item && key->kind == node_kind::literal) {
    item = make_field(identity(), key->constant);
  } else if (!item) {
    item = make_two(node_kind::index, identity(), key);
  }
  object.list.push_back(key);
  object.list.push_back(item);
}

/// Everything but a comma, which ends the item.
const node* parser::read_object_item() {
  auto guard = nesting_guard(*this);
  const auto* item = read_operators(1);
  return take("|") ? make_two(node_kind::pipe, item, read_object_item()) : item;
}

} // namespace steward::workflow::jq
