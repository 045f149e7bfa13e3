#include "workflow/expression/access.hpp"
#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/order.hpp"

#include <algorithm>
#include <cmath>

/// Functions that take their arguments unevaluated.
namespace steward::workflow::jq {

bool evaluation::all_special(const node& n, input in, const binding* env, sink out) {
  const auto* f = n.list.empty() ? nullptr : n.list[0];
  const auto* g = n.list.size() < 2 ? nullptr : n.list[1];
  switch (n.form) {
  case special_form::path:
    return each_path(*f, in.get(), env, [&](const value& p) { return out(value(p)); });
  case special_form::select:
    return all(*f, in.get(), env,
               [&](value&& condition) { return !is_true(condition) || out(value(in.get())); });
  case special_form::recurse:
  case special_form::repeat:
    return recurse(f, nullptr, in, env, out);
  case special_form::while_:
    return recurse(g, f, in, env, out);
  case special_form::range:
    return all_ranges(n, in.get(), env, out);
  case special_form::limit:
    return all(*f, in.get(), env, [&](value&& count) {
      auto left = count.is_number() ? count.as_double() : 0;
      if (!count.is_number()) return fail("limit needs a number, not " + described(count));
      if (left < 0) return fail("limit doesn't support negative count");
      if (left == 0) return true;
      auto enough = false;
      auto ok = all(*g, in.get(), env, [&](value&& v) {
        enough = --left <= 0;
        return out(std::move(v)) ? !enough : (enough = false);
      });
      return ok || enough;
    });
  case special_form::skip:
    return all(*f, in.get(), env, [&](value&& count) {
      auto left = count.is_number() ? count.as_double() : 0;
      if (!count.is_number()) return fail("skip needs a number, not " + described(count));
      if (left < 0) return fail("skip doesn't support negative count");
      return all(*g, in.get(), env, [&](value&& v) { return left-- > 0 || out(std::move(v)); });
    });
  case special_form::until: {
    // Results of the update are followed one after the other, the last one in this very loop.
    auto state = in.take();
    for (;;) {
      auto held = std::optional<value>{};
      auto done = false;
      auto ok = all(*f, state, env, [&](value&& stop) {
        if (is_true(stop)) {
          done = true;
          return out(value(state));
        }
        return all(*g, state, env, [&](value&& next) {
          if (held && !all_special(n, std::move(*held), env, out)) return false;
          held = std::move(next);
          return true;
        });
      });
      if (!ok || !held) return ok;
      if (done) return all_special(n, std::move(*held), env, out);
      state = std::move(*held);
      spend(1);
    }
  }
  default:
    break;
  }
  auto result = value{};
  auto s = one_special(n, in, env, result);
  return pass(s, result, out);
}

/// `., (f | recurse)`, while the condition holds. The last result of each `f` is followed in a
/// loop, so a chain of any length takes no native stack.
bool evaluation::recurse(const node* f, const node* condition, input in, const binding* env,
                         sink out) {
  auto guard = nesting(*this);
  auto at = in.take();
  for (;;) {
    spend(1);
    auto holds = true;
    if (condition) {
      auto s = step::gave;
      auto scratch = value{};
      holds = false;
      auto ok = condition->single
                    ? (holds = truth(*condition, at, env, s), s != step::stopped)
                    : all(*condition, at, env, [&](value&& v) { return holds = is_true(v), true; });
      if (!ok) return false;
    }
    if (!holds) return true;
    if (!out(value(at))) return false;
    auto held = std::optional<value>{};
    auto follow = [&](value&& next) {
      if (held && !recurse(f, condition, std::move(*held), env, out)) return false;
      held = std::move(next);
      return true;
    };
    if (f) {
      if (!all(*f, at, env, follow)) {
        // What came before an error counts.
        if (!held || !has_error_) return false;
        auto error = take_error();
        return recurse(f, condition, std::move(*held), env, out) && fail(std::move(error));
      }
    } else if (at.is_array()) {
      for (const auto& item : at.items())
        if (!follow(value(item))) return false;
    } else if (at.is_object()) {
      for (const auto& m : at.members())
        if (!follow(value(m.item))) return false;
    }
    if (!held) return true;
    at = std::move(*held);
  }
}

bool evaluation::all_ranges(const node& n, const value& in, const binding* env, sink out) {
  if (n.list.size() == 1)
    return all(*n.list[0], in, env, [&](value&& to) { return range(0, to, 1, out); });
  return all(*n.list[0], in, env, [&](value&& from) {
    return all(*n.list[1], in, env, [&](value&& to) {
      if (n.list.size() == 2) return range(from, to, 1, out);
      return all(*n.list[2], in, env, [&](value&& by) { return range(from, to, by, out); });
    });
  });
}

bool evaluation::range(const value& from, const value& to, const value& by, sink out) {
  if (!from.is_number() || !to.is_number() || !by.is_number())
    return fail("Range bounds must be numeric");
  if (from.is_int() && by.is_int() && std::fabs(to.as_double()) < 9e18) {
    auto end = to.as_double();
    auto step = by.as_int();
    if (step == 0 && from.as_double() >= end) return true;
    for (auto i = from.as_int();
         step >= 0 ? static_cast<double>(i) < end : static_cast<double>(i) > end;) {
      spend(1);
      if (!out(i)) return false;
      if (__builtin_add_overflow(i, step, &i)) return true;
    }
    return true;
  }
  auto end = to.as_double(), step = by.as_double();
  for (auto d = from.as_double(); step >= 0 ? d < end : d > end; d += step) {
    spend(1);
    if (!out(d)) return false;
  }
  return true;
}

step evaluation::one_special(const node& n, input in, const binding* env, value& out) {
  const auto* f = n.list.empty() ? nullptr : n.list[0];
  const auto* g = n.list.size() < 2 ? nullptr : n.list[1];
  auto found = false;
  auto done = [](bool ok) { return ok ? step::gave : step::stopped; };
  switch (n.form) {
  case special_form::empty:
    return step::none;
  case special_form::map:
    return done(one_map(n, in, env, out));
  case special_form::select: {
    auto s = step::gave;
    auto chosen = truth(*f, in.get(), env, s);
    if (s != step::gave || !chosen) return s == step::stopped ? s : step::none;
    out = in.take();
    return s;
  }
  case special_form::first: {
    auto ok = all(*f, in, env, [&](value&& v) {
      out = std::move(v);
      found = true;
      return false;
    });
    return found ? step::gave : (ok ? step::none : step::stopped);
  }
  case special_form::last: {
    auto last = value{};
    auto ok = all(*f, in, env, [&](value&& v) {
      last = std::move(v);
      return found = true;
    });
    out = std::move(last);
    return ok ? (found ? step::gave : step::none) : step::stopped;
  }
  case special_form::isempty: {
    auto ok = all(*f, in, env, [&](value&&) { return !(found = true); });
    out = !found;
    return done(ok || found);
  }
  case special_form::any:
  case special_form::all: {
    // The first result that decides ends the search.
    auto wanted = n.form == special_form::any;
    auto ok = all(*f, in.get(), env, [&](value&& v) {
      return all(*g, std::move(v), env, [&](value&& condition) {
        found = is_true(condition) == wanted;
        return !found;
      });
    });
    out = found == wanted;
    return done(ok || found);
  }
  case special_form::add: {
    auto sum = value{};
    auto ok = all(*f, in, env, [&](value&& v) {
      auto before = std::move(sum);
      return operate(*this, binary_op::add, std::move(before), v, sum);
    });
    out = std::move(sum);
    return done(ok);
  }
  case special_form::del: {
    auto paths = value::empty_array();
    auto ok = each_path(*f, in.get(), env, [&](const value& p) {
      paths.push_back(p);
      return true;
    });
    auto result = in.take();
    ok = ok && delete_paths(*this, result, paths);
    out = std::move(result);
    return done(ok);
  }
  default:
    return done(one_keyed(n, in.get(), env, out));
  }
}

bool evaluation::one_map(const node& n, input in, const binding* env, value& out) {
  const auto& f = *n.list[0];
  auto source = in.take();
  auto results = value::empty_array();
  auto each = [&](const value& item) {
    spend(1);
    if (f.single) {
      auto result = value{};
      auto s = one(f, item, env, result);
      if (s == step::gave) results.push_back(std::move(result));
      return s != step::stopped;
    }
    return all(f, item, env, [&](value&& v) {
      results.push_back(std::move(v));
      return true;
    });
  };
  if (source.is_array()) {
    for (const auto& item : source.items())
      if (!each(item)) return false;
  } else if (source.is_object()) {
    for (const auto& m : source.members())
      if (!each(m.item)) return false;
  } else {
    return fail("Cannot iterate over " + described(source));
  }
  out = std::move(results);
  return true;
}

/// `sort_by` and its relatives: each item gets the array of all results of `f` as its key.
bool evaluation::one_keyed(const node& n, const value& in, const binding* env, value& out) {
  struct keyed {
    value key;
    value item;
  };
  auto rows = std::vector<keyed>{};
  if (!in.is_array()) {
    auto what = n.form == special_form::sort_by    ? "sorted"
                : n.form == special_form::group_by ? "grouped"
                                                   : "iterated over";
    return fail(described(in) + " cannot be " + what + ", as it is not an array");
  }
  allocation_budget::charge(in.size() * sizeof(keyed));
  rows.reserve(in.size());
  for (const auto& item : in.items()) {
    auto key = value::empty_array();
    auto ok = all(*n.list[0], item, env, [&](value&& v) {
      key.push_back(std::move(v));
      return true;
    });
    if (!ok) return false;
    rows.push_back({std::move(key), item});
  }
  auto before = [&](const keyed& a, const keyed& b) { return precedes(*this, a.key, b.key); };
  if (n.form == special_form::min_by || n.form == special_form::max_by) {
    auto best = rows.begin();
    for (auto row = rows.begin(); row != rows.end(); ++row)
      if (n.form == special_form::min_by ? before(*row, *best) : !before(*row, *best)) best = row;
    out = best == rows.end() ? value{} : best->item;
    return true;
  }
  std::stable_sort(rows.begin(), rows.end(), before);
  auto result = value::empty_array();
  auto group = value::empty_array();
  for (size_t i = 0; i < rows.size(); ++i) {
    auto begins = i == 0 || compare(*this, rows[i - 1].key, rows[i].key) != 0;
    if (n.form == special_form::sort_by || (n.form == special_form::unique_by && begins))
      result.push_back(rows[i].item);
    if (n.form != special_form::group_by) continue;
    if (begins && i != 0) result.push_back(std::exchange(group, value::empty_array()));
    group.push_back(rows[i].item);
  }
  if (group.size() != 0) result.push_back(std::move(group));
  out = std::move(result);
  return true;
}

} // namespace steward::workflow::jq
