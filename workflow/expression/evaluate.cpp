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
  return false;
}

value evaluation::take_error() {
  has_error_ = false;
  return std::move(error_);
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

bool evaluation::all(const node& n, input in, const binding* env, sink out) {
  if (n.single) {
    auto result = value{};
    auto s = one(n, in, env, result);
    return pass(s, result, out);
  }
  auto guard = nesting(*this);
  switch (n.kind) {
  case node_kind::pipe:
    return all(*n.a, in, env,
               [&](value&& between) { return all(*n.b, std::move(between), env, out); });
  case node_kind::comma:
    return all(*n.a, in.get(), env, out) && all(*n.b, in, env, out);
  case node_kind::field:
    return all(*n.a, in, env, [&](value&& target) {
      auto result = value{};
      return get(*this, target, n.constant, result) && out(std::move(result));
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
  case node_kind::alternative:
    return all_alternatives(n, in, env, out);
  case node_kind::object:
    return all_objects(n, 0, value::empty_object(), in.get(), env, out);
  case node_kind::text:
    return all_texts(n, n.list.size(), {}, in.get(), env, out);
  case node_kind::conditional:
    return all(*n.a, in.get(), env, [&](value&& condition) {
      const auto* branch = is_true(condition) ? n.b : n.c;
      return branch ? all(*branch, in.get(), env, out) : out(value(in.get()));
    });
  case node_kind::reduce:
    return reduce(n, in, env, out);
  case node_kind::foreach_:
    return foreach (n, in, env, out);
  case node_kind::bind:
    return all(*n.a, in.get(), env, [&](value&& v) {
      return bind(*n.plan, v, env,
                  [&](const binding* inner) { return all(*n.b, in.get(), inner, out); });
    });
  case node_kind::define: {
    auto definition = binding{env, {}, nullptr, nullptr};
    return all(*n.a, in, &definition, out);
  }
  case node_kind::call_parameter:
  case node_kind::call_function:
  case node_kind::call_builtin:
    return all_calls(n, in, env, out);
  case node_kind::call_native: {
    auto arguments = std::array<value, 4>{};
    return all_arguments(n, n.list.size(), arguments.data(), in.get(), env, out);
  }
  case node_kind::special:
    return all_special(n, in, env, out);
  case node_kind::label: {
    auto here = binding{env, {}, nullptr, nullptr};
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
  case node_kind::identity:
  case node_kind::literal:
  case node_kind::variable:
  case node_kind::free_variable:
  case node_kind::collect:
  case node_kind::break_:
  case node_kind::update:
    break; // always single
  }
  throw std::logic_error("a node of the expression was misjudged");
}

bool evaluation::all_calls(const node& n, input in, const binding* env, sink out) {
  auto run = [&](const node& body, const binding* inner) { return all(body, in, inner, out); };
  if (n.kind == node_kind::call_builtin) return call(*n.fn, nullptr, n.list, env, run);
  const auto* target = link(env, n.number);
  if (n.kind == node_kind::call_parameter) return run(*target->body, target->env);
  return call(*n.fn, target, n.list, env, run);
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
        return get(*this, target, key, result) && out(std::move(result));
      });
    });
  return each(n.b, [&](value&& from) {
    return each(n.c, [&](value&& to) {
      return all(*n.a, in, env, [&](value&& target) {
        auto result = value{};
        return slice(*this, target, from, to, result) && out(std::move(result));
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
    if (!target.is_object()) return fail("Cannot iterate over " + described(target));
    for (const auto& m : target.members()) {
      spend(1);
      if (!out(value(m.item))) return false;
    }
    return true;
  });
}

/// All results of the left side that are true, or else the right side. Errors of the left side end
/// it without a word.
bool evaluation::all_alternatives(const node& n, input in, const binding* env, sink out) {
  auto any = false;
  auto downstream = false;
  auto ok = all(*n.a, in.get(), env, [&](value&& v) {
    if (!is_true(v)) return true;
    any = true;
    downstream = !out(std::move(v));
    return !downstream;
  });
  if (!ok && (downstream || !has_error_)) return false;
  if (!ok) take_error();
  return any || all(*n.b, in, env, out);
}

/// Catches errors of the body, but not those of whoever takes its results.
bool evaluation::all_attempts(const node& n, input in, const binding* env, sink out) {
  auto downstream = false;
  auto ok = all(*n.a, in, env, [&](value&& v) {
    downstream = !out(std::move(v));
    return !downstream;
  });
  if (ok || downstream || !has_error_) return ok;
  auto error = take_error();
  return !n.b || all(*n.b, std::move(error), env, out);
}

/// Entry by entry, key before item: the last entry varies fastest.
bool evaluation::all_objects(const node& n, size_t entry, value made, const value& in,
                             const binding* env, sink out) {
  if (entry == n.list.size()) return out(std::move(made));
  auto guard = nesting(*this);
  return all(*n.list[entry], in, env, [&](value&& key) {
    if (!key.is_string()) return fail("Object keys must be strings");
    return all(*n.list[entry + 1], in, env, [&](value&& item) {
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
