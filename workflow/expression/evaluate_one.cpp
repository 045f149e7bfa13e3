#include "workflow/expression/access.hpp"
#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"

#include <array>

/// Evaluation of nodes that give at most one result: most of what workflows are made of, and
/// several times as fast as sinks.
namespace steward::workflow::jq {

namespace {
const value null_value;
}

/// The node's result where it already is, or null if it must be made (or fails).
const value* evaluation::borrow(const node& n, const value& in, const binding* env) {
  switch (n.kind) {
  case node_kind::identity:
    return &in;
  case node_kind::literal:
    return &n.constant;
  case node_kind::variable:
    return &link(env, n.number)->item;
  case node_kind::free_variable:
    return &free_variable(n.number);
  case node_kind::field: {
    const auto* target = borrow(*n.a, in, env);
    if (!target || target->is_null()) return target;
    if (!target->is_object()) return nullptr;
    const auto* found = target->find(n.constant.as_string());
    return found ? found : &null_value;
  }
  default:
    return nullptr;
  }
}

/// The node's result, borrowed where that is possible, else made in `scratch`.
step evaluation::one_or(const node& n, const value& in, const binding* env, value& scratch,
                        const value*& result) {
  result = borrow(n, in, env);
  if (result) return step::gave;
  result = &scratch;
  return one(n, in, env, scratch);
}

step evaluation::one(const node& n, input in, const binding* env, value& out) {
  if (n.kind == node_kind::identity) {
    out = in.take();
    return step::gave;
  }
  if (const auto* found = borrow(n, in.get(), env)) {
    spend(1);
    out = *found;
    return step::gave;
  }
  auto guard = nesting(*this);
  auto done = [](bool ok) { return ok ? step::gave : step::stopped; };
  auto scratch = value{};
  const value* part = nullptr;
  switch (n.kind) {
  case node_kind::field: {
    auto s = one_or(*n.a, in.get(), env, scratch, part);
    return s == step::gave ? accessed(n, get(*this, *part, n.constant, out)) : s;
  }
  case node_kind::index: {
    auto key = value{};
    if (auto s = one(*n.b, in.get(), env, key); s != step::gave) return s;
    auto s = one_or(*n.a, in.get(), env, scratch, part);
    return s == step::gave ? accessed(n, get(*this, *part, key, out)) : s;
  }
  case node_kind::slice: {
    auto from = value{}, to = value{};
    if (n.b)
      if (auto s = one(*n.b, in.get(), env, from); s != step::gave) return s;
    if (n.c)
      if (auto s = one(*n.c, in.get(), env, to); s != step::gave) return s;
    auto s = one_or(*n.a, in.get(), env, scratch, part);
    return s == step::gave ? accessed(n, slice(*this, *part, from, to, out)) : s;
  }
  case node_kind::pipe: {
    auto between = value{};
    auto s = one(*n.a, in, env, between);
    return s == step::gave ? one(*n.b, std::move(between), env, out) : s;
  }
  case node_kind::negate: {
    auto s = one(*n.a, in, env, scratch);
    if (s != step::gave) return s;
    if (!scratch.is_number()) return done(fail(described(scratch) + " cannot be negated"));
    return done(operate(*this, binary_op::multiply, std::move(scratch), -1, out));
  }
  case node_kind::binary:
    return one_binary(n, in, env, out);
  case node_kind::both:
  case node_kind::either: {
    auto s = step::gave;
    auto left = truth(*n.a, in.get(), env, s);
    if (s != step::gave) return s;
    auto decided = n.kind == node_kind::either;
    auto result = left == decided ? left : truth(*n.b, in.get(), env, s);
    out = result;
    return s;
  }
  case node_kind::alternative: {
    auto s = one(*n.a, in.get(), env, out);
    if (s == step::stopped || (s == step::gave && is_true(out))) return s;
    return one(*n.b, in, env, out);
  }
  case node_kind::object:
    return one_object(n, in.get(), env, out);
  case node_kind::collect:
    return one_collected(n, in, env, out);
  case node_kind::conditional: {
    auto s = step::gave;
    auto condition = truth(*n.a, in.get(), env, s);
    if (s != step::gave) return s;
    const auto* branch = condition ? n.b : n.c;
    if (branch) return one(*branch, in, env, out);
    out = in.take();
    return s;
  }
  case node_kind::bind: {
    auto variable = binding{env};
    auto s = one(*n.a, in.get(), env, variable.item);
    return s == step::gave ? one(*n.b, in, &variable, out) : s;
  }
  case node_kind::define: {
    auto definition = binding{env};
    return one(*n.a, in, &definition, out);
  }
  case node_kind::call_function:
  case node_kind::call_builtin: {
    auto s = step::gave;
    const auto* definition = n.kind == node_kind::call_builtin ? nullptr : link(env, n.number);
    call(*n.fn, definition, n.list, env, [&](const node& body, const binding* inner) {
      s = one(body, in, inner, out);
      return true;
    });
    return s;
  }
  case node_kind::call_native:
    return one_native(n, in.get(), env, out);
  case node_kind::special:
    return one_special(n, in, env, out);
  case node_kind::text:
    return one_text(n, in.get(), env, out);
  case node_kind::label: {
    auto here = binding{env};
    auto s = one(*n.a, in, &here, out);
    if (s != step::stopped || breaking_ != &here) return s;
    breaking_ = nullptr;
    return step::none;
  }
  case node_kind::break_:
    breaking_ = link(env, n.number);
    return step::stopped;
  case node_kind::attempt: {
    auto s = one(*n.a, in, env, out);
    if (s != step::stopped || !has_error_) return s;
    auto error = take_error();
    return n.b ? one(*n.b, std::move(error), env, out) : step::none;
  }
  case node_kind::update:
    return done(update(n, in, env, out));
  default:
    break; // the rest has no short cut
  }
  auto s = step::none;
  auto take_it = [&](value&& v) {
    out = std::move(v);
    s = step::gave;
    return true;
  };
  auto ok = n.kind == node_kind::reduce   ? reduce(n, in, env, take_it)
            : n.kind == node_kind::assign ? assign(n, in, env, take_it)
                                          : update_with(n, in, env, take_it);
  return ok ? s : step::stopped;
}

step evaluation::one_binary(const node& n, input in, const binding* env, value& out) {
  auto right_scratch = value{};
  const value* right = nullptr;
  if (auto s = one_or(*n.b, in.get(), env, right_scratch, right); s != step::gave) return s;
  // What is borrowed may lie in the input: it must not be given away then.
  auto borrowed = right != &right_scratch && n.b->kind != node_kind::literal;
  if (n.op < binary_op::equal) {
    auto left = value{};
    auto s = borrowed ? one(*n.a, in.get(), env, left) : one(*n.a, in, env, left);
    if (s != step::gave) return s;
    return operate(*this, n.op, std::move(left), *right, out) ? s : step::stopped;
  }
  auto left_scratch = value{};
  const value* left = nullptr;
  if (auto s = one_or(*n.a, in.get(), env, left_scratch, left); s != step::gave) return s;
  return operate(*this, n.op, *left, *right, out) ? step::gave : step::stopped;
}

step evaluation::one_object(const node& n, const value& in, const binding* env, value& out) {
  auto members = std::vector<member>{};
  members.reserve(n.list.size() / 2);
  for (size_t i = 0; i < n.list.size(); i += 2) {
    auto key = value{}, item = value{};
    if (auto s = one(*n.list[i], in, env, key); s != step::gave) return s;
    if (auto s = one(*n.list[i + 1], in, env, item); s != step::gave) return s;
    if (!key.is_string()) {
      fail("Cannot use " + described(key) + " as object key");
      return step::stopped;
    }
    members.emplace_back(std::move(key), std::move(item));
  }
  out = value::object(std::move(members));
  return step::gave;
}

step evaluation::one_text(const node& n, const value& in, const binding* env, value& out) {
  auto text = std::string{};
  for (const auto* part : n.list) {
    auto scratch = value{}, formatted = value{};
    const value* result = nullptr;
    if (auto s = one_or(*part, in, env, scratch, result); s != step::gave) return s;
    if (part->kind != node_kind::literal && !n.nat->call(*this, *result, nullptr, formatted))
      return step::stopped;
    const auto& piece = part->kind == node_kind::literal ? *result : formatted;
    allocation_budget::charge(piece.size());
    text += piece.as_string();
  }
  out = value(text);
  return step::gave;
}

step evaluation::one_native(const node& n, const value& in, const binding* env, value& out) {
  auto arguments = std::array<value, 4>{};
  for (size_t i = n.list.size(); i-- > 0;)
    if (auto s = one(*n.list[i], in, env, arguments[i]); s != step::gave) return s;
  auto result = value{};
  if (!n.nat->call(*this, in, arguments.data(), result)) return step::stopped;
  out = std::move(result);
  return step::gave;
}

step evaluation::one_collected(const node& n, input in, const binding* env, value& out) {
  auto items = value::empty_array();
  auto ok = all(*n.a, in, env, [&](value&& v) {
    items.push_back(std::move(v));
    return true;
  });
  if (!ok) return step::stopped;
  out = std::move(items);
  return step::gave;
}

bool evaluation::truth(const node& n, const value& in, const binding* env, step& s) {
  auto scratch = value{};
  const value* result = nullptr;
  s = one_or(n, in, env, scratch, result);
  return s == step::gave && is_true(*result);
}

/// Asked for once in an evaluation.
const value& evaluation::free_variable(uint32_t index) {
  if (free_values_.empty()) free_values_.resize(program_.free_names.size());
  auto& known = free_values_[index];
  if (!known) known = variables_.lookup(program_.free_names[index]);
  return *known;
}

} // namespace steward::workflow::jq
