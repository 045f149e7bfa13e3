#include "workflow/schema/validator.hpp"

/// The keywords that apply other schemas: to members, to the same value, to what is left.
namespace steward::workflow::schema {

void validator::check_object(frame& f) {
  const auto& r = f.r;
  auto members = f.v.members();
  if (r.max_properties && members.size() > *r.max_properties)
    fail(f, "/maxProperties",
         "must have at most " + std::to_string(*r.max_properties) + " members");
  if (r.min_properties && members.size() < *r.min_properties)
    fail(f, "/minProperties",
         "must have at least " + std::to_string(*r.min_properties) + " members");
  spend(r.required.size());
  for (const auto& name : r.required)
    if (!f.v.find(name)) fail(f, "/required", "lacks \"" + name + "\"");
  bool looks_at_members = !r.properties.empty() || !r.pattern_properties.empty() ||
                          r.additional_properties || r.property_names;
  for (size_t i = 0; looks_at_members && i < members.size() && !done(f); ++i)
    check_member(f, members[i], i);
  if (!done(f)) check_dependencies(f);
}

void validator::check_member(frame& f, const member& m, size_t i) {
  const auto& r = f.r;
  auto name = m.key.as_string();
  auto at = path{&f.at, name, i};
  spend(1);
  bool known = false;
  if (auto found = r.properties.find(name); found != r.properties.end()) {
    known = true;
    check_child(f, found->second, m.item, at, "/properties");
  }
  for (const auto& [pattern, index] : r.pattern_properties) {
    if (!matches(pattern, name)) continue;
    known = true;
    check_child(f, index, m.item, at, "/patternProperties");
  }
  if (!known && r.additional_properties) {
    known = true;
    check_child(f, *r.additional_properties, m.item, at, "/additionalProperties");
  }
  if (f.seen && known) f.seen->mark(i);
  if (r.property_names && !probe(*r.property_names, m.key, at, f.scope, nullptr))
    fail(f, "/propertyNames", "\"" + std::string{name} + "\" is not allowed as a name", &at);
}

void validator::check_dependencies(frame& f) {
  for (const auto& [name, needed] : f.r.dependent_required) {
    if (!f.v.find(name)) continue;
    spend(needed.size());
    for (const auto& other : needed)
      if (!f.v.find(other))
        fail(f, "/dependentRequired", "lacks \"" + other + "\", which \"" + name + "\" needs");
  }
  for (const auto& [name, index] : f.r.dependent_schemas)
    if (f.v.find(name) && !check(index, f.v, f.at, f.scope, f.seen)) f.valid = false;
}

void validator::check_references(frame& f) {
  if (f.r.ref && !check(*f.r.ref, f.v, f.at, f.scope, f.seen)) f.valid = false;
  if (f.r.dynamic_ref && !check(dynamic_target(f.r, f.scope), f.v, f.at, f.scope, f.seen))
    f.valid = false;
}

/// The outermost resource that has the anchor decides.
rule_index validator::dynamic_target(const rule& r, const dynamic_scope* scope) const {
  auto result = *r.dynamic_ref;
  if (r.dynamic_anchor.empty()) return result;
  for (; scope; scope = scope->outer) {
    const auto& anchors = program_.resources[scope->resource].dynamic_anchors;
    if (auto found = anchors.find(r.dynamic_anchor); found != anchors.end()) result = found->second;
  }
  return result;
}

void validator::check_combinations(frame& f) {
  const auto& r = f.r;
  for (auto index : r.all_of) {
    if (!check(index, f.v, f.at, f.scope, f.seen)) f.valid = false;
    if (done(f)) return;
  }
  if (!r.any_of.empty()) {
    bool any = false;
    for (auto index : r.any_of) {
      // Whoever asks what was seen needs it of every alternative that fits.
      if (any && !f.seen) break;
      any = probe(index, f.v, f.at, f.scope, f.seen) || any;
    }
    if (!any) fail(f, "/anyOf", "fits none of the alternatives");
  }
  if (!r.one_of.empty()) {
    size_t count = 0;
    for (auto index : r.one_of) count += probe(index, f.v, f.at, f.scope, f.seen) ? 1u : 0u;
    if (count != 1)
      fail(f, "/oneOf",
           count == 0 ? "fits none of the alternatives"
                      : "fits " + std::to_string(count) + " alternatives, but must fit one");
  }
  if (r.not_ && probe(*r.not_, f.v, f.at, f.scope, nullptr)) fail(f, "/not", "is what must not be");
  if (!r.if_) return;
  auto next = probe(*r.if_, f.v, f.at, f.scope, f.seen) ? r.then_ : r.else_;
  if (next && !check(*next, f.v, f.at, f.scope, f.seen)) f.valid = false;
}

/// Last, when everything else has said what it looked at.
void validator::check_unevaluated(frame& f) {
  if (f.r.unevaluated_items && f.v.is_array()) {
    auto items = f.v.items();
    for (size_t i = 0; i < items.size() && !done(f); ++i) {
      if (f.seen->seen[i]) continue;
      check_child(f, *f.r.unevaluated_items, items[i], {&f.at, {}, i}, "/unevaluatedItems");
      f.seen->mark(i);
    }
  }
  if (f.r.unevaluated_properties && f.v.is_object()) {
    auto members = f.v.members();
    for (size_t i = 0; i < members.size() && !done(f); ++i) {
      if (f.seen->seen[i]) continue;
      check_child(f, *f.r.unevaluated_properties, members[i].item,
                  {&f.at, members[i].key.as_string(), i}, "/unevaluatedProperties");
      f.seen->mark(i);
    }
  }
}

} // namespace steward::workflow::schema
