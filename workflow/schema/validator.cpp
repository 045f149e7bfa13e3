#include "workflow/schema/validator.hpp"

#include "workflow/pointer.hpp"
#include "workflow/schema/comparison.hpp"

#include <algorithm>

namespace steward::workflow::schema {

namespace {

// A fifth of a second or so; a megabyte of ordinary data under an ordinary schema takes less.
constexpr size_t max_work = 2'000'000;
constexpr uint32_t max_depth = 1000;

uint8_t bits_of(const value& v) {
  switch (v.type()) {
  case value::kind::null:
    return null_bit;
  case value::kind::boolean:
    return boolean_bit;
  case value::kind::integer:
    return integer_bit | number_bit;
  case value::kind::number:
    return is_whole(v) ? integer_bit | number_bit : number_bit;
  case value::kind::string:
    return string_bit;
  case value::kind::array:
    return array_bit;
  case value::kind::object:
    return object_bit;
  }
  return 0;
}

std::string type_names(uint8_t types) {
  std::string out;
  auto add = [&](uint8_t bit, std::string_view name) {
    if (types & bit) out.append(out.empty() ? "" : " or ").append(name);
  };
  add(null_bit, "null");
  add(boolean_bit, "a boolean");
  add(integer_bit, "an integer");
  add(number_bit, "a number");
  add(string_bit, "a string");
  add(array_bit, "an array");
  add(object_bit, "an object");
  return out;
}

} // namespace

std::vector<schema_violation> validate(const program& p, const value& instance, size_t limit) {
  return validator{p, std::max<size_t>(limit, 1)}.run(instance);
}

std::vector<schema_violation> validator::run(const value& instance) {
  try {
    check(program_.root, instance, {}, nullptr, nullptr);
  } catch (const too_much& t) {
    if (full()) violations_.pop_back();
    violations_.push_back({"", "", t.reason});
  }
  return std::move(violations_);
}

bool validator::check(rule_index index, const value& v, const path& at, const dynamic_scope* scope,
                      evaluated* seen) {
  const auto& r = program_.rules[index];
  spend(1);
  if (r.fixed) {
    auto f = frame{r, v, at, scope, nullptr};
    if (!*r.fixed) fail(f, "", "nothing is allowed here");
    return f.valid;
  }
  struct level {
    uint32_t& depth;
    explicit level(uint32_t& d) : depth(d) { ++depth; }
    ~level() { --depth; }
  } here{depth_};
  if (depth_ > max_depth) throw too_much{"the value and the schema are nested too deeply"};
  auto inner = dynamic_scope{scope, r.resource};
  if (!scope || scope->resource != r.resource) scope = &inner;
  evaluated mine;
  bool asks = r.unevaluated_items || r.unevaluated_properties;
  if (seen || asks) mine.seen.resize(v.is_array() || v.is_object() ? v.size() : 0);
  auto f = frame{r, v, at, scope, seen || asks ? &mine : nullptr};
  check_any(f);
  if (!done(f) && v.is_number()) check_number(f);
  if (!done(f) && v.is_string()) check_string(f);
  if (!done(f) && v.is_array()) check_array(f);
  if (!done(f) && v.is_object()) check_object(f);
  if (!done(f)) check_references(f);
  if (!done(f)) check_combinations(f);
  if (!done(f) && asks) check_unevaluated(f);
  if (f.valid && seen) seen->add(mine);
  return f.valid;
}

bool validator::probe(rule_index index, const value& v, const path& at, const dynamic_scope* scope,
                      evaluated* seen) {
  ++quiet_;
  bool valid = check(index, v, at, scope, seen); // an exception ends the whole run
  --quiet_;
  return valid;
}

void validator::check_child(frame& f, rule_index index, const value& v, const path& at,
                            std::string_view keyword) {
  const auto& child = program_.rules[index];
  if (child.fixed) { // says more than "nothing is allowed here" at the child
    if (!*child.fixed)
      fail(f, keyword,
           at.key.data() == nullptr ? "this element is not allowed"
                                    : "\"" + std::string{at.key} + "\" is not allowed",
           &at);
    return;
  }
  if (!check(index, v, at, f.scope, nullptr)) f.valid = false;
}

void validator::check_any(frame& f) {
  const auto& r = f.r;
  if (r.types && !(r.types & bits_of(f.v))) fail(f, "/type", "must be " + type_names(r.types));
  if (r.constant && !(f.v == *r.constant)) fail(f, "/const", "must be the constant of the schema");
  if (r.enumeration) {
    spend(r.enumeration->size());
    if (std::find(r.enumeration->begin(), r.enumeration->end(), f.v) == r.enumeration->end())
      fail(f, "/enum", "must be one of the values that the schema lists");
  }
}

void validator::check_number(frame& f) {
  const auto& r = f.r;
  if (r.multiple_of && !is_multiple(f.v, *r.multiple_of))
    fail(f, "/multipleOf", "is not a multiple of what the schema says");
  if (r.maximum && compare_numbers(f.v, *r.maximum) > 0) fail(f, "/maximum", "is too large");
  if (r.exclusive_maximum && compare_numbers(f.v, *r.exclusive_maximum) >= 0)
    fail(f, "/exclusiveMaximum", "is too large");
  if (r.minimum && compare_numbers(f.v, *r.minimum) < 0) fail(f, "/minimum", "is too small");
  if (r.exclusive_minimum && compare_numbers(f.v, *r.exclusive_minimum) <= 0)
    fail(f, "/exclusiveMinimum", "is too small");
}

void validator::check_string(frame& f) {
  const auto& r = f.r;
  if (r.max_length || r.min_length) {
    spend(f.v.size() / 64);
    auto length = count_characters(f.v.as_string());
    if (r.max_length && length > *r.max_length)
      fail(f, "/maxLength", "must have at most " + std::to_string(*r.max_length) + " characters");
    if (r.min_length && length < *r.min_length)
      fail(f, "/minLength", "must have at least " + std::to_string(*r.min_length) + " characters");
  }
  if (r.text && !matches(*r.text, f.v.as_string()))
    fail(f, "/pattern", "does not match the pattern " + r.text->source());
}

void validator::check_array(frame& f) {
  const auto& r = f.r;
  auto items = f.v.items();
  if (r.max_items && items.size() > *r.max_items)
    fail(f, "/maxItems", "must have at most " + std::to_string(*r.max_items) + " elements");
  if (r.min_items && items.size() < *r.min_items)
    fail(f, "/minItems", "must have at least " + std::to_string(*r.min_items) + " elements");
  if (r.unique_items) check_unique(f);
  auto first = std::min(r.prefix_items.size(), items.size());
  for (size_t i = 0; i < first && !done(f); ++i) {
    check_child(f, r.prefix_items[i], items[i], {&f.at, {}, i}, "/prefixItems");
    if (f.seen) f.seen->mark(i);
  }
  for (size_t i = first; r.items && i < items.size() && !done(f); ++i) {
    check_child(f, *r.items, items[i], {&f.at, {}, i}, "/items");
    if (f.seen) f.seen->mark(i);
  }
  if (r.contains && !done(f)) check_contains(f);
}

void validator::check_contains(frame& f) {
  auto items = f.v.items();
  uint64_t found = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    if (!probe(*f.r.contains, items[i], {&f.at, {}, i}, f.scope, nullptr)) continue;
    ++found;
    if (f.seen) f.seen->mark(i);
  }
  auto least = f.r.min_contains.value_or(1);
  if (found < least)
    fail(f, f.r.min_contains ? "/minContains" : "/contains",
         "must contain at least " + std::to_string(least) + " matching elements");
  if (f.r.max_contains && found > *f.r.max_contains)
    fail(f, "/maxContains",
         "must contain at most " + std::to_string(*f.r.max_contains) + " matching elements");
}

void validator::check_unique(frame& f) {
  auto items = f.v.items();
  auto pay = spend_function{[this](size_t n) { spend(n); }};
  std::vector<std::pair<size_t, size_t>> hashes; // and the element's index
  for (size_t i = 0; i < items.size(); ++i) hashes.emplace_back(hash_value(items[i], pay), i);
  std::sort(hashes.begin(), hashes.end());
  for (size_t i = 1; i < hashes.size(); ++i)
    for (size_t j = i; j-- > 0 && hashes[j].first == hashes[i].first;)
      if (same_value(items[hashes[i].second], items[hashes[j].second], pay))
        return fail(f, "/uniqueItems",
                    "elements " + std::to_string(hashes[j].second) + " and " +
                        std::to_string(hashes[i].second) + " are equal");
}

void validator::spend(size_t work) {
  work_ += work;
  if (work_ > max_work) throw too_much{"checking the value against the schema takes too long"};
}

bool validator::matches(const pattern& p, std::string_view text) {
  spend(1 + text.size() / 16);
  return p.matches(text);
}

void validator::fail(frame& f, std::string_view keyword, std::string message, const path* at) {
  f.valid = false;
  if (quiet_ > 0 || full()) return;
  violations_.push_back(
      {to_pointer(at ? *at : f.at), f.r.pointer + std::string{keyword}, std::move(message)});
}

std::string validator::to_pointer(const path& at) {
  if (!at.up) return {};
  return to_pointer(*at.up) + "/" +
         (at.key.data() ? escape_pointer_step(at.key) : std::to_string(at.index));
}

void validator::evaluated::add(const evaluated& other) {
  for (size_t i = 0; i < other.seen.size(); ++i)
    if (other.seen[i]) seen[i] = true;
}

} // namespace steward::workflow::schema
