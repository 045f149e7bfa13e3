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
    return recurse(f, nullptr, in, env, out);
  case special_form::repeat:
    for (;;) {
      spend(1);
      if (!all(*f, in.get(), env, out)) return false;
    }
  case special_form::while_:
  case special_form::until:
    // A condition with several results branches: rare enough for jq's definition.
    if (!f->single)
      return call(*n.fn, nullptr, n.list, env, [&](const node& body, const binding* inner) {
        return all(body, in, inner, out);
      });
    return n.form == special_form::until ? until(n, in.take(), env, out)
                                         : recurse(g, f, in, env, out);
  case special_form::range:
    return all_ranges(n, in.get(), env, out);
  case special_form::limit:
  case special_form::skip:
    return counted(
        n, in.get(), env,
        [&](path_sink each) {
          return all(*g, in.get(), env, [&](value&& v) { return each(value{}, std::move(v)); });
        },
        [&](value&&, value&& v) { return out(std::move(v)); });
  default:
    break;
  }
  auto result = value{};
  auto s = one_special(n, in, env, result);
  return pass(s, result, out);
}

/// `limit` and `skip` of what the source gives: values, or places with their paths.
bool evaluation::counted(const node& n, const value& in, const binding* env,
                         function_ref<bool(path_sink)> source, path_sink out) {
  auto limits = n.form == special_form::limit;
  auto negative = std::string(limits ? "limit" : "skip") + " doesn't support negative count";
  return all(*n.list[0], in, env, [&](value&& count) {
    if (!count.is_number()) { // what jq's definition makes of it
      if (compare(*this, count, 0) <= 0) return fail(negative);
      return source([&](value&&, value&&) {
        return fail(described(count) + " and number (1) cannot be subtracted");
      });
    }
    auto left = count.as_double();
    if (!(left >= 0)) return fail(negative);
    if (left == 0) return limits || source(out);
    if (!limits)
      return source([&](value&& path, value&& v) {
        return --left >= 0 || out(std::move(path), std::move(v));
      });
    auto enough = false;
    auto ok = source([&](value&& path, value&& v) {
      enough = --left <= 0;
      return out(std::move(path), std::move(v)) ? !enough : (enough = false);
    });
    return ok || enough;
  });
}

/// Results of the update are followed one after the other, the last one in this very loop.
bool evaluation::until(const node& n, value state, const binding* env, sink out) {
  auto guard = nesting(*this);
  for (;; spend(1)) {
    auto s = step::gave;
    auto done = truth(*n.list[0], state, env, s);
    if (s != step::gave) return s == step::none;
    if (done) return out(std::move(state));
    auto held = std::optional<value>{};
    auto ok = all(*n.list[1], state, env, [&](value&& next) {
      auto before = std::exchange(held, std::nullopt);
      if (before && !until(n, std::move(*before), env, out)) return false;
      held = std::move(next);
      return true;
    });
    if (!held) return ok;
    if (!ok) { // what came before it stopped counts
      auto reason = take_stop();
      return until(n, std::move(*held), env, out) && stop_again(std::move(reason));
    }
    state = std::move(*held);
  }
}

/// `., (f | recurse)`, while the condition, which has at most one result, holds. The last result of
/// each `f` is followed in a loop, so a chain of any length takes no native stack.
bool evaluation::recurse(const node* f, const node* condition, input in, const binding* env,
                         sink out) {
  auto guard = nesting(*this);
  auto at = in.take();
  for (;;) {
    spend(1);
    if (condition) {
      auto s = step::gave;
      auto holds = truth(*condition, at, env, s);
      if (!holds) return s != step::stopped;
    }
    if (!out(value(at))) return false;
    auto held = std::optional<value>{};
    auto follow = [&](value&& next) {
      auto before = std::exchange(held, std::nullopt);
      if (before && !recurse(f, condition, std::move(*before), env, out)) return false;
      held = std::move(next);
      return true;
    };
    if (f) {
      if (!all(*f, at, env, follow)) {
        if (!held) return false;
        auto reason = take_stop(); // what came before it counts
        return recurse(f, condition, std::move(*held), env, out) && stop_again(std::move(reason));
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
    return all(*n.list[0], in, env, [&](value&& to) { return range(0, to, out); });
  return all(*n.list[0], in, env, [&](value&& from) {
    return all(*n.list[1], in, env, [&](value&& to) {
      if (n.list.size() == 2) return range(from, to, out);
      return all(*n.list[2], in, env, [&](value&& by) { return range(from, to, by, out); });
    });
  });
}

/// From one number up to another; by steps of one.
bool evaluation::range(const value& from, const value& to, sink out) {
  if (!from.is_number() || !to.is_number()) return fail("Range bounds must be numeric");
  auto end = to.as_double();
  if (from.is_int() && std::fabs(end) < 9e18) {
    for (auto i = from.as_int(); static_cast<double>(i) < end; ++i) {
      spend(1);
      if (!out(i)) return false;
    }
    return true;
  }
  // NaN is less than any number: no end.
  for (auto d = from.as_double(); !(d >= end); d += 1) {
    spend(1);
    if (!out(d)) return false;
  }
  return true;
}

/// `$from | while(. < $to; . + $by)`, or downwards: of anything that can be added and compared.
bool evaluation::range(const value& from, const value& to, const value& by, sink out) {
  auto direction = compare(*this, by, 0);
  if (direction == 0) return true;
  for (auto at = from;;) {
    auto order = compare(*this, at, to);
    if (direction > 0 ? order >= 0 : order <= 0) return true;
    spend(1);
    if (!out(value(at))) return false;
    auto next = value{};
    if (!operate(*this, binary_op::add, std::move(at), by, next)) return false;
    at = std::move(next);
  }
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

/// `[f]`
bool evaluation::collect_results(const node& f, const value& in, const binding* env, value& out) {
  out = value::empty_array();
  return all(f, in, env, [&](value&& v) {
    out.push_back(std::move(v));
    return true;
  });
}

/// `sort_by` and its relatives: each item gets the array of all results of `f` as its key.
bool evaluation::one_keyed(const node& n, const value& in, const binding* env, value& out) {
  struct keyed {
    value key;
    value item;
  };
  auto rows = std::vector<keyed>{};
  if (!in.is_array() && !in.is_object()) return fail("Cannot iterate over " + described(in));
  if (in.is_object()) {
    auto keys = value::empty_array();
    for (const auto& m : in.members()) {
      auto key = value{};
      if (!collect_results(*n.list[0], m.item, env, key)) return false;
      keys.push_back(std::move(key));
    }
    auto extreme = n.form == special_form::min_by || n.form == special_form::max_by;
    return fail(
        described(in) + " and " + described(keys) +
        (extreme ? " cannot be iterated over" : " cannot be sorted, as they are not both arrays"));
  }
  allocation_budget::charge(in.size() * sizeof(keyed));
  rows.reserve(in.size());
  for (const auto& item : in.items()) {
    auto key = value{};
    if (!collect_results(*n.list[0], item, env, key)) return false;
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
