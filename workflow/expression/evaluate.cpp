#include "workflow/expression/access.hpp"
#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"

#include <array>
#include <pthread.h>

/// Evaluation of nodes that may give any number of results.
namespace steward::workflow::jq {

namespace {

native_stack find_stack() {
  auto attributes = pthread_attr_t{};
  void* lowest = nullptr;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return {};
  auto known = pthread_attr_getstack(&attributes, &lowest, &size) == 0;
  pthread_attr_destroy(&attributes);
  if (!known) return {};
  const auto* begin = static_cast<const char*>(lowest);
  return {begin + size / 4, begin + 64 * 1024};
}

native_stack this_stack() {
  static thread_local const auto found = find_stack();
  return found;
}

} // namespace

evaluation::evaluation(const program& p, const variable_source& variables, int64_t now_us,
                       const evaluation_budget& budget)
    : program_(p), variables_(variables), now_us_(now_us), fuel_(budget.fuel),
      depth_limit_(budget.call_depth), stack_(this_stack()) {}

bool evaluation::fail(value error) {
  error_ = std::move(error);
  has_error_ = true;
  ++errors_;
  return false;
}

value evaluation::take_error() {
  has_error_ = false;
  return std::move(error_);
}

evaluation::stop evaluation::take_stop() {
  auto reason = stop{std::nullopt, std::exchange(breaking_, nullptr)};
  if (has_error_) reason.error = take_error();
  return reason;
}

bool evaluation::stop_again(stop reason) {
  breaking_ = reason.breaking;
  return reason.error ? fail(std::move(*reason.error)) : false;
}

void evaluation::spend(uint64_t steps) {
  if (steps > fuel_) throw budget_exceeded("the expression takes too many steps");
  fuel_ -= steps;
}

void evaluation::require_stack(size_t bytes) const {
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  if (stack_.lowest && static_cast<size_t>(here - stack_.lowest) < bytes)
    throw budget_exceeded("a value is nested too deeply to work on it here");
}

/// Passes the one result on, if there is one.
bool evaluation::pass(step s, value& result, sink out) {
  return s == step::gave ? out(std::move(result)) : s == step::none;
}

/// Whatever comes last is not called but followed in this loop, so that recursion in a tail
/// position
/// (`def f: if . > 9 then . else . + 1 | f end`) takes no native stack, as deep as the fuel allows.
bool evaluation::all(const node& start, input in, const binding* env, sink out) {
  if (start.single) return pass_one(start, in, env, out);
  auto guard = nesting(*this);
  auto tail = tail_position{&start, env, {}};
  auto held = value{}; // what `in` refers to once it is no longer the caller's
  for (;; spend(1)) {
    const auto& n = *tail.at;
    if (n.single) return pass_one(n, in, tail.env, out);
    switch (n.kind) {
    case node_kind::pipe: {
      auto source = settle(*n.a, tail.env);
      if (!source.body->single) return all_piped(n, in, tail.env, out);
      auto between = value{};
      if (auto s = one(*source.body, in, source.env, between); s != step::gave)
        return s == step::none;
      held = std::move(between);
      in = input(std::move(held));
      tail.at = n.b;
      break;
    }
    case node_kind::comma:
      if (!all(*n.a, in.get(), tail.env, out)) return false;
      tail.at = n.b;
      break;
    case node_kind::conditional: {
      auto condition = settle(*n.a, tail.env);
      if (!condition.body->single) return all_conditional(n, in, tail.env, out);
      auto s = step::gave;
      tail.at = truth(*condition.body, in.get(), condition.env, s) ? n.b : n.c;
      if (s != step::gave) return s == step::none;
      if (!tail.at) return out(in.take());
      break;
    }
    case node_kind::bind: {
      auto source = settle(*n.a, tail.env);
      if (!source.body->single || !n.plan->simple()) return all_bound(n, in, tail.env, out);
      auto item = value{};
      if (auto s = one(*source.body, in.get(), source.env, item); s != step::gave)
        return s == step::none;
      tail.extend({tail.env, std::move(item)});
      tail.at = n.b;
      break;
    }
    case node_kind::define:
      tail.extend({tail.env});
      tail.at = n.a;
      break;
    case node_kind::call_parameter: {
      const auto* target = link(tail.env, n.number);
      tail.at = target->body;
      tail.leave_for(target->env);
      break;
    }
    case node_kind::call_function:
    case node_kind::call_builtin:
      follow_call(n, tail);
      break;
    case node_kind::alternative: {
      auto any = false;
      auto ok = all(*n.a, in.get(), tail.env, [&](value&& v) {
        if (!is_true(v)) return true;
        any = true;
        return out(std::move(v));
      });
      if (!ok || any) return ok;
      tail.at = n.b;
      break;
    }
    default:
      return all_of_kind(n, in, tail.env, out);
    }
  }
}

/// A parameter stands for what was passed: that, where it came from.
evaluation::resolved evaluation::settle(const node& n, const binding* env) const {
  auto found = resolved{&n, env};
  while (found.body->kind == node_kind::call_parameter) {
    const auto* target = link(found.env, found.body->number);
    found = {target->body, target->env};
  }
  return found;
}

/// Goes on in the body of a function. What the calls before have bound is dropped as soon as
/// nothing can see it: a loop that passes no expressions of its own on runs in constant memory.
void evaluation::follow_call(const node& n, tail_position& tail) {
  const auto* definition = n.kind == node_kind::call_builtin ? nullptr : link(tail.env, n.number);
  auto closures = std::vector<binding>{};
  closures.reserve(n.list.size());
  auto seen = tail.owns(definition);
  for (const auto* argument : n.list) {
    closures.push_back(closure_of(*argument, tail.env));
    seen = seen || tail.owns(closures.back().env);
  }
  if (!seen) tail.links.clear();
  tail.env = definition;
  for (auto& closure : closures) {
    closure.outer = tail.env;
    tail.extend(std::move(closure));
  }
  tail.at = n.fn->body;
}

/// How an access ended that did or did not succeed.
step evaluation::accessed(const node& n, bool ok) {
  if (ok) return step::gave;
  if (!n.optional) return step::stopped;
  take_error();
  return step::none;
}

bool evaluation::pass_one(const node& n, input in, const binding* env, sink out) {
  auto result = value{};
  auto s = one(n, in, env, result);
  return pass(s, result, out);
}

bool evaluation::all_of_kind(const node& n, input in, const binding* env, sink out) {
  switch (n.kind) {
  case node_kind::field:
    return all(*n.a, in, env, [&](value&& target) {
      auto result = value{};
      return pass(accessed(n, get(*this, target, n.constant, result)), result, out);
    });
  case node_kind::index:
  case node_kind::slice:
    return all_indexed(n, in.get(), env, out);
  case node_kind::iterate:
    return all_iterated(n, in, env, out);
  case node_kind::negate:
    return all(*n.a, in, env, [&](value&& v) {
      auto result = value{};
      if (!v.is_number()) return fail(described(v) + " cannot be negated");
      return operate(*this, binary_op::multiply, std::move(v), -1, result) &&
             out(std::move(result));
    });
  case node_kind::binary:
    return all(*n.b, in.get(), env, [&](value&& right) {
      return all(*n.a, in.get(), env, [&](value&& left) {
        auto result = value{};
        return operate(*this, n.op, std::move(left), right, result) && out(std::move(result));
      });
    });
  case node_kind::both:
  case node_kind::either:
    return all(*n.a, in.get(), env, [&](value&& left) {
      auto decided = n.kind == node_kind::either;
      if (is_true(left) == decided) return out(decided);
      return all(*n.b, in.get(), env, [&](value&& right) { return out(is_true(right)); });
    });
  case node_kind::object:
    return all_objects(n, 0, value::empty_object(), in.get(), env, out);
  case node_kind::text:
    return all_texts(n, n.list.size(), {}, in.get(), env, out);
  case node_kind::reduce:
    return reduce(n, in, env, out);
  case node_kind::foreach_:
    return foreach (n, in, env, out);
  case node_kind::call_native: {
    auto arguments = std::array<value, 4>{};
    return all_arguments(n, n.list.size(), arguments.data(), in.get(), env, out);
  }
  case node_kind::special:
    return all_special(n, in, env, out);
  case node_kind::label: {
    auto here = binding{env};
    if (all(*n.a, in, &here, out)) return true;
    if (breaking_ != &here) return false;
    breaking_ = nullptr;
    return true;
  }
  case node_kind::attempt:
    return all_attempts(n, in, env, out);
  case node_kind::assign:
    return assign(n, in, env, out);
  case node_kind::update_with:
    return update_with(n, in, env, out);
  default:
    throw std::logic_error("a node of the expression was misjudged"); // the rest is always single
  }
}

bool evaluation::all_piped(const node& n, input in, const binding* env, sink out) {
  return all(*n.a, in, env,
             [&](value&& between) { return all(*n.b, std::move(between), env, out); });
}

bool evaluation::all_conditional(const node& n, input in, const binding* env, sink out) {
  return all(*n.a, in.get(), env, [&](value&& condition) {
    const auto* branch = is_true(condition) ? n.b : n.c;
    return branch ? all(*branch, in.get(), env, out) : out(value(in.get()));
  });
}

bool evaluation::all_bound(const node& n, input in, const binding* env, sink out) {
  return all(*n.a, in.get(), env, [&](value&& v) {
    return bind(*n.plan, v, env,
                [&](const binding* inner) { return all(*n.b, in.get(), inner, out); });
  });
}

/// `a[b]` and `a[b:c]`: the keys are found first, the target last.
bool evaluation::all_indexed(const node& n, const value& in, const binding* env, sink out) {
  auto each = [&](const node* part, sink then) {
    return part ? all(*part, in, env, then) : then(value{});
  };
  if (n.kind == node_kind::index)
    return all(*n.b, in, env, [&](value&& key) {
      return all(*n.a, in, env, [&](value&& target) {
        auto result = value{};
        return pass(accessed(n, get(*this, target, key, result)), result, out);
      });
    });
  return each(n.b, [&](value&& from) {
    return each(n.c, [&](value&& to) {
      return all(*n.a, in, env, [&](value&& target) {
        auto result = value{};
        return pass(accessed(n, slice(*this, target, from, to, result)), result, out);
      });
    });
  });
}

bool evaluation::all_iterated(const node& n, input in, const binding* env, sink out) {
  return all(*n.a, in, env, [&](value&& target) {
    if (target.is_array()) {
      for (const auto& item : target.items()) {
        spend(1);
        if (!out(value(item))) return false;
      }
      return true;
    }
    if (!target.is_object()) return n.optional || fail("Cannot iterate over " + described(target));
    for (const auto& m : target.members()) {
      spend(1);
      if (!out(value(m.item))) return false;
    }
    return true;
  });
}

/// Catches errors of the body, but not those of whoever takes its results.
bool evaluation::all_attempts(const node& n, input in, const binding* env, sink out) {
  auto foreign = uint64_t{0};
  auto ok = all(*n.a, in, env, [&](value&& v) {
    if (out(std::move(v))) return true;
    foreign = errors_;
    return false;
  });
  if (ok || !has_error_ || errors_ == foreign) return ok;
  auto error = take_error();
  return !n.b || all(*n.b, std::move(error), env, out);
}

/// Entry by entry, key before item: the last entry varies fastest.
bool evaluation::all_objects(const node& n, size_t entry, value made, const value& in,
                             const binding* env, sink out) {
  if (entry == n.list.size()) return out(std::move(made));
  auto guard = nesting(*this);
  return all(*n.list[entry], in, env, [&](value&& key) {
    return all(*n.list[entry + 1], in, env, [&](value&& item) {
      if (!key.is_string()) return fail("Cannot use " + described(key) + " as object key");
      auto next = made;
      next.set(key.as_string(), std::move(item));
      return all_objects(n, entry + 2, std::move(next), in, env, out);
    });
  });
}

/// From the last part to the first: the first part varies fastest.
bool evaluation::all_texts(const node& n, size_t part, std::string tail, const value& in,
                           const binding* env, sink out) {
  if (part == 0) return out(value(tail));
  const auto& here = *n.list[part - 1];
  auto guard = nesting(*this);
  return all(here, in, env, [&](value&& v) {
    auto text = value{};
    if (here.kind == node_kind::literal)
      text = std::move(v);
    else if (!n.nat->call(*this, v, nullptr, text))
      return false;
    allocation_budget::charge(text.size() + tail.size());
    return all_texts(n, part - 1, std::string(text.as_string()) + tail, in, env, out);
  });
}

/// Arguments of a native function: the first varies fastest.
bool evaluation::all_arguments(const node& n, size_t missing, value* arguments, const value& in,
                               const binding* env, sink out) {
  if (missing == 0) {
    auto result = value{};
    return n.nat->call(*this, in, arguments, result) && out(std::move(result));
  }
  return all(*n.list[missing - 1], in, env, [&](value&& v) {
    arguments[missing - 1] = std::move(v);
    return all_arguments(n, missing - 1, arguments, in, env, out);
  });
}

} // namespace steward::workflow::jq
