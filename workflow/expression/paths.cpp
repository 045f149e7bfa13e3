#include "workflow/expression/access.hpp"
#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"

/// Evaluation for places instead of values, and what is built on it: `path`, `del`, assignments.
namespace steward::workflow::jq {

namespace {

value longer(const value& path, value key) {
  auto result = path;
  result.push_back(std::move(key));
  return result;
}

} // namespace

bool evaluation::paths(const node& n, const value& path, const value& in, const binding* env,
                       path_sink out) {
  auto guard = nesting(*this);
  auto go = [&](const node& next, const value& at, const value& v, const binding* inner) {
    return paths(next, at, v, inner, out);
  };
  switch (n.kind) {
  case node_kind::identity:
    return out(value(path), value(in));
  case node_kind::field:
  case node_kind::index:
  case node_kind::slice:
  case node_kind::iterate:
    return paths_of_access(n, path, in, env, out);
  case node_kind::pipe:
    return paths(*n.a, path, in, env, [&](value&& at, value&& v) { return go(*n.b, at, v, env); });
  case node_kind::comma:
    return go(*n.a, path, in, env) && go(*n.b, path, in, env);
  case node_kind::conditional:
    return all(*n.a, in, env, [&](value&& condition) {
      const auto* branch = is_true(condition) ? n.b : n.c;
      return branch ? go(*branch, path, in, env) : out(value(path), value(in));
    });
  case node_kind::alternative: {
    auto any = false;
    auto ok = paths(*n.a, path, in, env, [&](value&& at, value&& v) {
      if (!is_true(v)) return true;
      any = true;
      return out(std::move(at), std::move(v));
    });
    return ok && (any || go(*n.b, path, in, env));
  }
  case node_kind::attempt: {
    auto foreign = uint64_t{0};
    auto ok = paths(*n.a, path, in, env, [&](value&& at, value&& v) {
      if (out(std::move(at), std::move(v))) return true;
      foreign = errors_;
      return false;
    });
    if (ok || !has_error_ || errors_ == foreign) return ok;
    auto error = take_error();
    return !n.b || paths(*n.b, value{}, error, env, out);
  }
  case node_kind::bind:
    return all(*n.a, in, env, [&](value&& v) {
      return bind(*n.plan, v, env, [&](const binding* inner) { return go(*n.b, path, in, inner); });
    });
  case node_kind::reduce:
  case node_kind::foreach_:
    return paths_of_loop(n, path, in, env, out);
  case node_kind::define: {
    auto definition = binding{env};
    return go(*n.a, path, in, &definition);
  }
  case node_kind::call_parameter: {
    const auto* target = link(env, n.number);
    return go(*target->body, path, in, target->env);
  }
  case node_kind::call_function:
  case node_kind::call_builtin: {
    const auto* definition = n.kind == node_kind::call_builtin ? nullptr : link(env, n.number);
    return call(*n.fn, definition, n.list, env,
                [&](const node& body, const binding* inner) { return go(body, path, in, inner); });
  }
  case node_kind::special:
    if (n.form == special_form::empty) return true;
    if (n.form == special_form::limit || n.form == special_form::skip)
      return counted(
          n, in, env, [&](path_sink each) { return paths(*n.list[1], path, in, env, each); }, out);
    if (n.fn)
      return call(*n.fn, nullptr, n.list, env, [&](const node& body, const binding* inner) {
        return go(body, path, in, inner);
      });
    break;
  case node_kind::label: {
    auto here = binding{env};
    if (go(*n.a, path, in, &here)) return true;
    if (breaking_ != &here) return false;
    breaking_ = nullptr;
    return true;
  }
  case node_kind::call_native:
    if (n.nat->name != "getpath") break;
    return all(*n.list[0], in, env, [&](value&& rest) {
      auto found = value{};
      if (!get_path(*this, in, rest, found)) return false;
      auto at = path;
      if (path.is_array())
        for (const auto& key : rest.items()) at.push_back(key);
      return out(std::move(at), std::move(found));
    });
  default:
    break;
  }
  // Anything else is a value that lies nowhere: fine, as long as nobody asks for its path.
  return all(n, in, env, [&](value&& v) { return out(value{}, std::move(v)); });
}

/// One step further from what `n.a` reaches.
bool evaluation::paths_of_access(const node& n, const value& path, const value& in,
                                 const binding* env, path_sink out) {
  auto from = [&](const value& key) {
    return paths(*n.a, path, in, env,
                 [&](value&& at, value&& v) { return step_into(n, at, v, key, out); });
  };
  if (n.kind == node_kind::field) return from(n.constant);
  if (n.kind == node_kind::index) return all(*n.b, in, env, [&](value&& key) { return from(key); });
  if (n.kind == node_kind::iterate)
    return paths(*n.a, path, in, env,
                 [&](value&& at, value&& v) { return iterate_paths(n, at, v, out); });
  auto each = [&](const node* part, sink then) {
    return part ? all(*part, in, env, then) : then(value{});
  };
  return each(n.b, [&](value&& start) {
    return each(n.c, [&](value&& end) {
      return from(value::object({{"start", start}, {"end", end}}));
    });
  });
}

bool evaluation::step_into(const node& n, const value& path, const value& v, const value& key,
                           path_sink out) {
  if (!path.is_array())
    return fail("Invalid path expression near attempt to access element " + shortened(key) +
                " of " + shortened(v));
  auto found = value{};
  auto s = accessed(n, get(*this, v, key, found));
  return s == step::gave ? out(longer(path, key), std::move(found)) : s == step::none;
}

bool evaluation::iterate_paths(const node& n, const value& path, const value& v, path_sink out) {
  if (!path.is_array())
    return fail("Invalid path expression near attempt to iterate through " + shortened(v));
  if (v.is_array()) {
    for (size_t i = 0; i < v.size(); ++i) {
      spend(1);
      if (!out(longer(path, static_cast<int64_t>(i)), value(v.items()[i]))) return false;
    }
    return true;
  }
  if (!v.is_object()) return n.optional || fail("Cannot iterate over " + described(v));
  for (const auto& m : v.members()) {
    spend(1);
    if (!out(longer(path, m.key), value(m.item))) return false;
  }
  return true;
}

/// The state of the loop is a place.
bool evaluation::paths_of_loop(const node& n, const value& path, const value& in,
                               const binding* env, path_sink out) {
  return paths(*n.b, path, in, env, [&](value&& at, value&& state) {
    auto ok = all(*n.a, in, env, [&](value&& item) {
      return bind(*n.plan, item, env, [&](const binding* inner) {
        auto from = std::exchange(at, value{});
        auto before = std::exchange(state, value{});
        return paths(*n.c, from, before, inner, [&](value&& next, value&& v) {
          at = next;
          state = v;
          if (n.kind == node_kind::reduce) return true;
          return n.d ? paths(*n.d, next, v, inner, out) : out(std::move(next), std::move(v));
        });
      });
    });
    return ok && (n.kind == node_kind::foreach_ || out(std::move(at), std::move(state)));
  });
}

bool evaluation::each_path(const node& n, const value& in, const binding* env,
                           function_ref<bool(const value& path)> out) {
  return paths(n, value::empty_array(), in, env, [&](value&& path, value&& v) {
    return path.is_array() ? out(path)
                           : fail("Invalid path expression with result " + shortened(v));
  });
}

// --- assignments ---------------------------------------------------------------------------------

/// Changes what lies at each path of `n` in `state`, which starts as the input. `how` may give
/// nothing: then that place stays, for the caller to delete.
///
/// An input that was given away is changed in place: its paths are found first, so that nothing
/// else holds it, and what lies there is taken out. A loop that grows a value then stays linear.
bool evaluation::change(const node& n, input in, const binding* env, value& state,
                        function_ref<step(const value& path, value& place)> how) {
  auto each = [&](const value& path, bool last) {
    auto before = value{};
    if (!get_path(*this, state, path, before)) return false;
    auto container = before.is_array() || before.is_object();
    auto place = path.size() != 0 && !path.items().back().is_object();
    auto taken = in.given() && container && place;
    if (taken && !set_path(*this, state, path, value{})) return false;
    auto kept = taken && !last ? before : value{};
    auto s = how(path, before);
    if (s == step::gave) return set_path(*this, state, path, std::move(before));
    // Paths further on may lead through a place that stays.
    return s == step::none && (!taken || last || set_path(*this, state, path, std::move(kept)));
  };
  if (!in.given()) {
    state = in.get();
    return each_path(n, in.get(), env, [&](const value& path) { return each(path, false); });
  }
  auto found = value::empty_array();
  auto ok = each_path(n, in.get(), env, [&](const value& path) {
    found.push_back(path);
    return true;
  });
  // What goes wrong at these places comes before whatever ended the search for more.
  auto reason = take_stop();
  state = in.take();
  auto left = found.size();
  for (const auto& path : found.items())
    if (!each(path, --left == 0)) return false;
  return ok || stop_again(std::move(reason));
}

bool evaluation::assign(const node& n, input in, const binding* env, sink out) {
  return all(*n.b, in.get(), env, [&](value&& item) {
    auto state = value{};
    auto from = n.b->single ? in : input(in.get());
    return change(*n.a, from, env, state,
                  [&](const value&, value& place) {
                    place = item;
                    return step::gave;
                  }) &&
           out(std::move(state));
  });
}

/// Places for which the update gives nothing are deleted in the end.
bool evaluation::update(const node& n, input in, const binding* env, value& out) {
  auto state = value{};
  auto deleted = value::empty_array();
  auto ok = change(*n.a, in, env, state, [&](const value& path, value& place) {
    auto found = false;
    auto before = std::exchange(place, value{});
    auto done = all(*n.b, std::move(before), env, [&](value&& v) {
      place = std::move(v);
      found = true;
      return false;
    });
    if (found) return step::gave;
    deleted.push_back(path);
    return done ? step::none : step::stopped;
  });
  ok = ok && (deleted.size() == 0 || delete_paths(*this, state, deleted));
  out = std::move(state);
  return ok;
}

bool evaluation::update_with(const node& n, input in, const binding* env, sink out) {
  return all(*n.b, in.get(), env, [&](value&& operand) {
    auto state = value{};
    auto from = n.b->single ? in : input(in.get());
    return change(*n.a, from, env, state,
                  [&](const value&, value& place) {
                    auto before = std::exchange(place, value{});
                    auto ok = operate(*this, n.op, std::move(before), operand, place);
                    return ok ? step::gave : step::stopped;
                  }) &&
           out(std::move(state));
  });
}

} // namespace steward::workflow::jq
