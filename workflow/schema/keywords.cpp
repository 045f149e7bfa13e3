#include "workflow/pointer.hpp"
#include "workflow/schema/compiler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

/// How each keyword of draft 2020-12 is read. Formats and contents are annotations and not listed.
namespace steward::workflow::schema {

namespace {

using problem = json_schema::problem;

void need_object(const compiler::keyword& k) {
  if (!k.content.is_object()) throw problem{k.pointer, "must be an object"};
}

std::vector<std::string> read_texts(const value& list, const std::string& pointer) {
  if (!list.is_array()) throw problem{pointer, "must be an array of texts"};
  std::vector<std::string> result;
  for (const auto& item : list.items()) {
    if (!item.is_string()) throw problem{pointer, "must be an array of texts"};
    result.emplace_back(item.as_string());
  }
  return result;
}

pattern compile_pattern(std::string_view source, const std::string& pointer) {
  auto compiled = pattern::compile(source);
  if (!compiled)
    throw problem{pointer, "the pattern \"" + std::string{source} +
                               "\" is not supported: " + compiled.error()};
  return *std::move(compiled);
}

uint8_t type_of(std::string_view name, const std::string& pointer) {
  static constexpr std::array<std::pair<std::string_view, type_bit>, 7> types{
      {{"null", null_bit},
       {"boolean", boolean_bit},
       {"integer", integer_bit},
       {"number", number_bit},
       {"string", string_bit},
       {"array", array_bit},
       {"object", object_bit}}};
  for (const auto& [known, bit] : types)
    if (known == name) return bit;
  throw problem{pointer, "\"" + std::string{name} + "\" is no type"};
}

} // namespace

const std::unordered_map<std::string_view, compiler::reader>& compiler::readers() {
  using c = compiler;
  static const std::unordered_map<std::string_view, reader> all{
      // core
      {"$schema", &c::read_dialect},
      {"$ref", &c::read_ref},
      {"$dynamicRef", &c::read_dynamic_ref},
      {"$anchor", &c::read_anchor},
      {"$dynamicAnchor", &c::read_dynamic_anchor},
      {"$defs", &c::read_definitions},
      // applicators
      {"allOf", &c::read_schemas<&rule::all_of>},
      {"anyOf", &c::read_schemas<&rule::any_of>},
      {"oneOf", &c::read_schemas<&rule::one_of>},
      {"not", &c::read_schema<&rule::not_>},
      {"if", &c::read_schema<&rule::if_>},
      {"then", &c::read_schema<&rule::then_>},
      {"else", &c::read_schema<&rule::else_>},
      {"prefixItems", &c::read_schemas<&rule::prefix_items>},
      {"items", &c::read_schema<&rule::items>},
      {"contains", &c::read_schema<&rule::contains>},
      {"properties", &c::read_properties},
      {"patternProperties", &c::read_pattern_properties},
      {"additionalProperties", &c::read_schema<&rule::additional_properties>},
      {"propertyNames", &c::read_schema<&rule::property_names>},
      {"dependentSchemas", &c::read_dependent_schemas},
      {"unevaluatedItems", &c::read_schema<&rule::unevaluated_items>},
      {"unevaluatedProperties", &c::read_schema<&rule::unevaluated_properties>},
      // validation
      {"type", &c::read_type},
      {"const", &c::read_constant},
      {"enum", &c::read_enumeration},
      {"multipleOf", &c::read_multiple_of},
      {"maximum", &c::read_number<&rule::maximum>},
      {"exclusiveMaximum", &c::read_number<&rule::exclusive_maximum>},
      {"minimum", &c::read_number<&rule::minimum>},
      {"exclusiveMinimum", &c::read_number<&rule::exclusive_minimum>},
      {"maxLength", &c::read_count<&rule::max_length>},
      {"minLength", &c::read_count<&rule::min_length>},
      {"pattern", &c::read_pattern},
      {"maxItems", &c::read_count<&rule::max_items>},
      {"minItems", &c::read_count<&rule::min_items>},
      {"uniqueItems", &c::read_unique_items},
      {"maxContains", &c::read_count<&rule::max_contains>},
      {"minContains", &c::read_count<&rule::min_contains>},
      {"maxProperties", &c::read_count<&rule::max_properties>},
      {"minProperties", &c::read_count<&rule::min_properties>},
      {"required", &c::read_required},
      {"dependentRequired", &c::read_dependent_required},
      // Earlier drafts gave these a meaning that an author would miss.
      {"$recursiveRef", &c::refuse_keyword},
      {"$recursiveAnchor", &c::refuse_keyword},
      {"additionalItems", &c::refuse_keyword},
      {"dependencies", &c::refuse_keyword},
  };
  return all;
}

template <link rule::*Member>
void compiler::read_schema(const keyword& k) {
  k.into.*Member = add(k.content, k.pointer, k.into.resource, k.depth + 1);
}

template <links rule::*Member>
void compiler::read_schemas(const keyword& k) {
  if (!k.content.is_array() || k.content.size() == 0)
    throw problem{k.pointer, "must be an array of at least one schema"};
  for (size_t i = 0; i < k.content.size(); ++i)
    (k.into.*Member)
        .push_back(add(k.content.items()[i], k.pointer + "/" + std::to_string(i), k.into.resource,
                       k.depth + 1));
}

template <std::optional<uint64_t> rule::*Member>
void compiler::read_count(const keyword& k) {
  const auto& n = k.content;
  if (n.is_int() && n.as_int() >= 0) {
    k.into.*Member = static_cast<uint64_t>(n.as_int());
  } else if (n.is_number() && n.as_double() >= 0 && std::trunc(n.as_double()) == n.as_double()) {
    constexpr auto most = std::numeric_limits<uint64_t>::max();
    k.into.*Member = n.as_double() < 1e18 ? static_cast<uint64_t>(n.as_double()) : most;
  } else {
    throw problem{k.pointer, "must be a whole number, not negative"};
  }
}

template <std::optional<value> rule::*Member>
void compiler::read_number(const keyword& k) {
  if (!k.content.is_number()) throw problem{k.pointer, "must be a number"};
  k.into.*Member = k.content;
}

void compiler::read_multiple_of(const keyword& k) {
  if (!k.content.is_number() || k.content.as_double() <= 0)
    throw problem{k.pointer, "must be a number above 0"};
  k.into.multiple_of = k.content;
}

void compiler::read_type(const keyword& k) {
  if (k.content.is_string()) {
    k.into.types = type_of(k.content.as_string(), k.pointer);
    return;
  }
  auto names = read_texts(k.content, k.pointer);
  if (names.empty()) throw problem{k.pointer, "must name at least one type"};
  for (const auto& name : names) k.into.types |= type_of(name, k.pointer);
}

void compiler::read_constant(const keyword& k) { k.into.constant = k.content; }

void compiler::read_enumeration(const keyword& k) {
  if (!k.content.is_array()) throw problem{k.pointer, "must be an array"};
  auto items = k.content.items();
  k.into.enumeration.emplace(items.begin(), items.end());
}

void compiler::read_pattern(const keyword& k) {
  if (!k.content.is_string()) throw problem{k.pointer, "must be a text"};
  k.into.text = compile_pattern(k.content.as_string(), k.pointer);
}

void compiler::read_unique_items(const keyword& k) {
  if (!k.content.is_bool()) throw problem{k.pointer, "must be true or false"};
  k.into.unique_items = k.content.as_bool();
}

void compiler::read_required(const keyword& k) {
  k.into.required = read_texts(k.content, k.pointer);
}

void compiler::read_dependent_required(const keyword& k) {
  need_object(k);
  for (const auto& m : k.content.members()) {
    auto name = m.key.as_string();
    k.into.dependent_required.emplace_back(
        name, read_texts(m.item, k.pointer + "/" + escape_pointer_step(name)));
  }
}

void compiler::read_properties(const keyword& k) {
  need_object(k);
  for (const auto& m : k.content.members()) {
    auto name = m.key.as_string();
    k.into.properties.emplace(name, add(m.item, k.pointer + "/" + escape_pointer_step(name),
                                        k.into.resource, k.depth + 1));
  }
}

void compiler::read_pattern_properties(const keyword& k) {
  need_object(k);
  for (const auto& m : k.content.members()) {
    auto name = m.key.as_string();
    auto pointer = k.pointer + "/" + escape_pointer_step(name);
    auto compiled = compile_pattern(name, pointer);
    k.into.pattern_properties.emplace_back(std::move(compiled),
                                           add(m.item, pointer, k.into.resource, k.depth + 1));
  }
}

void compiler::read_dependent_schemas(const keyword& k) {
  need_object(k);
  for (const auto& m : k.content.members()) {
    auto name = m.key.as_string();
    k.into.dependent_schemas.emplace_back(
        name,
        add(m.item, k.pointer + "/" + escape_pointer_step(name), k.into.resource, k.depth + 1));
  }
}

void compiler::read_definitions(const keyword& k) {
  need_object(k);
  for (const auto& m : k.content.members())
    add(m.item, k.pointer + "/" + escape_pointer_step(m.key.as_string()), k.into.resource,
        k.depth + 1);
}

} // namespace steward::workflow::schema
