#include "workflow/expression/access.hpp"
#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/order.hpp"

/// Variables, functions and the loops that bind variables.
namespace steward::workflow::jq {

// --- variables -----------------------------------------------------------------------------------

bool evaluation::bind(const bind_plan& plan, const value& v, const binding* env, env_sink body) {
  if (plan.simple()) {
    auto variable = binding{env, v};
    return body(&variable);
  }
  auto links = std::vector<binding>(plan.variables.size());
  for (size_t i = 0; i < links.size(); ++i) links[i].outer = i == 0 ? env : &links[i - 1];
  const auto* inner = links.empty() ? env : &links.back();
  for (size_t i = 0; i < plan.patterns.size(); ++i) {
    for (auto& link : links) link.item = value{};
    if (destructure(*plan.patterns[i], v, links, env, [&] { return body(inner); })) return true;
    // An error, be it of the pattern or of the body, leads to the next pattern.
    if (i + 1 == plan.patterns.size() || !has_error_) return false;
    take_error();
  }
  return true;
}

bool evaluation::destructure(const pattern& p, const value& v, std::vector<binding>& links,
                             const binding* env, function_ref<bool()> body) {
  switch (p.what) {
  case pattern::shape::variable:
    links[p.variable].item = v;
    return body();
  case pattern::shape::array:
    return destructure_items(p, 0, v, links, env, body);
  case pattern::shape::object:
    break;
  }
  return destructure_entries(p, 0, v, links, env, body);
}

bool evaluation::destructure_items(const pattern& p, size_t at, const value& v,
                                   std::vector<binding>& links, const binding* env,
                                   function_ref<bool()> body) {
  if (at == p.items.size()) return body();
  auto guard = nesting(*this);
  auto item = value{};
  auto place = p.items.size() - 1 - at; // jq goes from the last to the first
  return get(*this, v, static_cast<int64_t>(place), item) &&
         destructure(*p.items[place], item, links, env,
                     [&] { return destructure_items(p, at + 1, v, links, env, body); });
}

bool evaluation::destructure_entries(const pattern& p, size_t at, const value& v,
                                     std::vector<binding>& links, const binding* env,
                                     function_ref<bool()> body) {
  if (at == p.entries.size()) return body();
  auto guard = nesting(*this);
  const auto& entry = p.entries[at];
  auto with_key = [&](value&& key) {
    auto item = value{};
    if (!get(*this, v, key, item)) return false;
    if (entry.variable >= 0) links[static_cast<size_t>(entry.variable)].item = item;
    auto rest = [&] { return destructure_entries(p, at + 1, v, links, env, body); };
    return entry.inner ? destructure(*entry.inner, item, links, env, rest) : rest();
  };
  if (!entry.key) return with_key(value(entry.name));
  const auto* visible = entry.visible == 0 ? env : &links[entry.visible - 1];
  return all(*entry.key, v, visible, with_key);
}

// --- functions -----------------------------------------------------------------------------------

/// An argument that only passes a parameter on becomes that parameter's closure itself, so that
/// recursion does not pile up one link per level.
binding evaluation::closure_of(const node& argument, const binding* env) const {
  if (argument.kind != node_kind::call_parameter) return {nullptr, {}, &argument, env};
  const auto* passed_on = link(env, argument.number);
  return {nullptr, {}, passed_on->body, passed_on->env};
}

bool evaluation::call(const function& fn, const binding* definition,
                      const std::vector<const node*>& args, const binding* env,
                      function_ref<bool(const node& body, const binding* env)> run) {
  if (args.empty()) return run(*fn.body, definition);
  if (args.size() == 1) {
    auto closure = closure_of(*args[0], env);
    closure.outer = definition;
    return run(*fn.body, &closure);
  }
  auto closures = std::vector<binding>(args.size());
  for (size_t i = 0; i < args.size(); ++i) {
    closures[i] = closure_of(*args[i], env);
    closures[i].outer = i == 0 ? definition : &closures[i - 1];
  }
  return run(*fn.body, &closures.back());
}

// --- loops ---------------------------------------------------------------------------------------

bool evaluation::reduce(const node& n, input in, const binding* env, sink out) {
  return all(*n.b, in.get(), env, [&](value&& state) {
    auto ok = all(*n.a, in.get(), env, [&](value&& item) {
      return bind(*n.plan, item, env, [&](const binding* inner) {
        // The state is given away, so that an update that changes it need not copy it.
        auto before = std::move(state);
        state = value{};
        if (n.c->single) {
          auto s = one(*n.c, std::move(before), inner, state);
          if (s == step::none) state = value{};
          return s != step::stopped;
        }
        return all(*n.c, std::move(before), inner, [&](value&& next) {
          state = std::move(next);
          return true;
        });
      });
    });
    return ok && out(std::move(state));
  });
}

bool evaluation::foreach (const node& n, input in, const binding* env, sink out) {
  return all(*n.b, in.get(), env, [&](value&& state) {
    return all(*n.a, in.get(), env, [&](value&& item) {
      return bind(*n.plan, item, env, [&](const binding* inner) {
        auto before = std::move(state);
        state = value{};
        return all(*n.c, std::move(before), inner, [&](value&& next) {
          state = next;
          return n.d ? all(*n.d, std::move(next), inner, out) : out(std::move(next));
        });
      });
    });
  });
}

} // namespace steward::workflow::jq
