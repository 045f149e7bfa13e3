#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

/// Functions on arrays and objects.
namespace steward::workflow::jq {

namespace {

/// jq's limit for what is compared or searched.
constexpr uint32_t depth_limit = compare_depth_limit;

bool not_an_array(evaluation& e, const value& v, std::string_view what) {
  return e.fail(described(v) + " cannot be " + std::string(what) + ", as it is not an array");
}

bool length(evaluation& e, const value& in, const value*, value& out) {
  switch (in.type()) {
  case value::kind::null:
    out = 0;
    return true;
  case value::kind::boolean:
    return e.fail(described(in) + " has no length");
  case value::kind::integer:
    if (in.as_int() != std::numeric_limits<int64_t>::min()) {
      out = std::abs(in.as_int());
      return true;
    }
    [[fallthrough]];
  case value::kind::number:
    out = std::fabs(in.as_double());
    return true;
  case value::kind::string: {
    e.spend(in.size() / 64);
    auto text = in.as_string();
    out = static_cast<int64_t>(std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
    return true;
  }
  default:
    out = static_cast<int64_t>(in.size());
    return true;
  }
}

bool negation(evaluation&, const value& in, const value*, value& out) {
  out = !is_true(in);
  return true;
}

bool type(evaluation&, const value& in, const value*, value& out) {
  out = type_name(in);
  return true;
}

bool raise(evaluation& e, const value& in, const value*, value&) { return e.fail(in); }

bool raise_with(evaluation& e, const value&, const value* args, value&) { return e.fail(args[0]); }

bool keys_in_order(evaluation& e, const value& in, value& out, bool sorted) {
  e.spend(in.size() / 8);
  auto keys = value::empty_array();
  if (in.is_array()) {
    for (size_t i = 0; i < in.size(); ++i) keys.push_back(static_cast<int64_t>(i));
  } else if (!in.is_object()) {
    return e.fail(described(in) + " has no keys");
  } else if (sorted) {
    for (auto key : sorted_keys(in)) keys.push_back(key);
  } else {
    for (const auto& m : in.members()) keys.push_back(m.key);
  }
  out = std::move(keys);
  return true;
}

bool keys(evaluation& e, const value& in, const value*, value& out) {
  return keys_in_order(e, in, out, true);
}

bool keys_unsorted(evaluation& e, const value& in, const value*, value& out) {
  return keys_in_order(e, in, out, false);
}

bool has(evaluation& e, const value& in, const value* args, value& out) {
  const auto& key = args[0];
  if (in.is_null())
    out = false;
  else if (in.is_object() && key.is_string())
    out = in.find(key.as_string()) != nullptr;
  else if (in.is_array() && key.is_number())
    out = key.as_double() > -1 && std::trunc(key.as_double()) < static_cast<double>(in.size());
  else
    return e.fail("Cannot check whether " + std::string(type_name(in)) + " has a " +
                  std::string(type_name(key)) + " key");
  return true;
}

/// jq tells `true` from `false` here as it tells a text from a number.
bool alike(const value& a, const value& b) {
  if (a.is_bool() && b.is_bool()) return a.as_bool() == b.as_bool();
  return type_name(a) == type_name(b);
}

bool contains_value(evaluation& e, const value& whole, const value& part) {
  e.spend(1);
  if (!alike(whole, part)) return false;
  if (whole.is_object())
    return std::all_of(part.members().begin(), part.members().end(), [&](const member& m) {
      const auto* mine = whole.find(m.key.as_string());
      return mine && contains_value(e, *mine, m.item);
    });
  if (whole.is_array())
    return std::all_of(part.items().begin(), part.items().end(), [&](const value& wanted) {
      return std::any_of(whole.items().begin(), whole.items().end(),
                         [&](const value& item) { return contains_value(e, item, wanted); });
    });
  if (!whole.is_string()) return compare(e, whole, part) == 0;
  e.spend(whole.size() / 16);
  return whole.as_string().find(part.as_string()) != std::string_view::npos;
}

bool contains(evaluation& e, const value& in, const value* args, value& out) {
  auto depth = std::min(in.depth(), args[0].depth());
  if (!alike(in, args[0]))
    return e.fail(described(in) + " and " + described(args[0]) +
                  " cannot have their containment checked");
  if (depth > depth_limit) return e.fail("Containment check too deep");
  e.require_stack(depth * size_t{512});
  out = contains_value(e, in, args[0]);
  return true;
}

bool add(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_array() && !in.is_object()) return e.fail("Cannot iterate over " + described(in));
  auto sum = value{};
  auto include = [&](const value& item) {
    e.spend(1);
    auto before = std::move(sum);
    return operate(e, binary_op::add, std::move(before), item, sum);
  };
  // Many texts are joined in one go: adding them one by one would copy each again and again.
  auto only_text = in.is_array() && in.size() > 2;
  auto size = size_t{0};
  if (only_text)
    for (const auto& item : in.items()) {
      only_text = only_text && item.is_string();
      size += item.size();
    }
  if (only_text) {
    e.spend(in.size() + size / 64);
    allocation_budget::charge(size);
    auto text = std::string{};
    text.reserve(size);
    for (const auto& item : in.items()) text += item.as_string();
    out = value(text);
    return true;
  }
  if (in.is_array()) {
    for (const auto& item : in.items())
      if (!include(item)) return false;
  } else {
    for (const auto& m : in.members())
      if (!include(m.item)) return false;
  }
  out = std::move(sum);
  return true;
}

void flatten_into(evaluation& e, const value& in, double levels, value& flat) {
  for (const auto& item : in.items()) {
    e.spend(1);
    if (item.is_array() && levels != 0)
      flatten_into(e, item, levels - 1, flat);
    else
      flat.push_back(item);
  }
}

bool flatten_to(evaluation& e, const value& in, double levels, value& out) {
  if (!in.is_array() && !in.is_object()) return e.fail("Cannot iterate over " + described(in));
  e.require_stack(in.depth() * size_t{256});
  auto flat = value::empty_array();
  if (in.is_array()) {
    flatten_into(e, in, levels, flat);
  } else {
    for (const auto& m : in.members())
      if (m.item.is_array() && levels != 0)
        flatten_into(e, m.item, levels - 1, flat);
      else
        flat.push_back(m.item);
  }
  out = std::move(flat);
  return true;
}

bool flatten(evaluation& e, const value& in, const value*, value& out) {
  return flatten_to(e, in, 1e9, out);
}

bool flatten_levels(evaluation& e, const value& in, const value* args, value& out) {
  const auto& levels = args[0];
  if (compare(e, levels, 0) < 0) return e.fail("flatten depth must not be negative");
  if (levels.is_number()) return flatten_to(e, in, levels.as_double(), out);
  // What is no number is only missed where there is something to flatten.
  if (!in.is_array() && !in.is_object()) return e.fail("Cannot iterate over " + described(in));
  auto items = value{};
  if (!flatten_to(e, in, 0, items)) return false;
  for (const auto& item : items.items())
    if (item.is_array()) return e.fail(described(levels) + " and number (1) cannot be subtracted");
  out = std::move(items);
  return true;
}

/// The items in jq's order.
bool sorted_items(evaluation& e, const value& in, std::vector<value>& items) {
  if (!in.is_array()) return not_an_array(e, in, "sorted");
  if (in.size() > 1 && in.depth() > depth_limit + 1) return e.fail("Comparison too deep");
  allocation_budget::charge(in.size() * sizeof(value));
  items.assign(in.items().begin(), in.items().end());
  std::stable_sort(items.begin(), items.end(),
                   [&](const value& a, const value& b) { return precedes(e, a, b); });
  return true;
}

bool sort(evaluation& e, const value& in, const value*, value& out) {
  auto items = std::vector<value>{};
  if (!sorted_items(e, in, items)) return false;
  out = value::array(std::move(items));
  return true;
}

bool unique(evaluation& e, const value& in, const value*, value& out) {
  auto items = std::vector<value>{};
  if (!sorted_items(e, in, items)) return false;
  auto kept = value::empty_array();
  for (size_t i = 0; i < items.size(); ++i)
    if (i == 0 || compare(e, items[i - 1], items[i]) != 0) kept.push_back(items[i]);
  out = std::move(kept);
  return true;
}

bool extreme(evaluation& e, const value& in, value& out, bool largest) {
  if (!in.is_array())
    return e.fail(described(in) + " and " + described(in) + " cannot be iterated over");
  const value* best = nullptr;
  for (const auto& item : in.items())
    if (!best || (largest ? !precedes(e, item, *best) : precedes(e, item, *best))) best = &item;
  out = best ? *best : value{};
  return true;
}

bool min(evaluation& e, const value& in, const value*, value& out) {
  return extreme(e, in, out, false);
}
bool max(evaluation& e, const value& in, const value*, value& out) {
  return extreme(e, in, out, true);
}

/// Follows jq's definition, `[.[length - 1 - range(0; length)]]`, in what it makes of other kinds.
bool reverse(evaluation& e, const value& in, const value*, value& out) {
  e.spend(in.size() / 8);
  if (in.is_array()) {
    allocation_budget::charge(in.size() * sizeof(value));
    out = value::array(std::vector<value>(in.items().rbegin(), in.items().rend()));
    return true;
  }
  auto count = value{};
  if (!length(e, in, nullptr, count)) return false;
  out = value::empty_array();
  if (count.as_double() <= 0) return true;
  auto last = count.is_int() ? value(count.as_int() - 1) : value(count.as_double() - 1);
  return e.fail("Cannot index " + std::string(type_name(in)) + " with " + described(last));
}

bool to_entries(evaluation& e, const value& in, const value*, value& out) {
  auto entries = value::empty_array();
  auto add_entry = [&](const value& key, const value& item) {
    e.spend(1);
    entries.push_back(value::object({{"key", key}, {"value", item}}));
  };
  if (in.is_object()) {
    for (const auto& m : in.members()) add_entry(m.key, m.item);
  } else if (in.is_array()) {
    for (size_t i = 0; i < in.size(); ++i) add_entry(static_cast<int64_t>(i), in.items()[i]);
  } else {
    return e.fail(described(in) + " has no keys");
  }
  out = std::move(entries);
  return true;
}

/// Each entry is `{(.key // .Key // .name // .Name): if has("value") then .value else .Value end}`.
bool from_entries(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_array() && !in.is_object()) return e.fail("Cannot iterate over " + described(in));
  auto made = value::empty_object();
  auto include = [&](const value& entry) {
    e.spend(1);
    if (!entry.is_object() && !entry.is_null())
      return e.fail("Cannot index " + std::string(type_name(entry)) + " with string (\"key\")");
    auto key = value{};
    for (auto name : {"key", "Key", "name", "Name"}) {
      const auto* found = entry.find(name);
      if (found && is_true(*found)) {
        key = *found;
        break;
      }
      if (found && std::string_view(name) == "Name") key = *found;
    }
    if (!key.is_string()) return e.fail("Cannot use " + described(key) + " as object key");
    const auto* item = entry.find("value");
    if (!item) item = entry.find("Value");
    made.set(key.as_string(), item ? *item : value{});
    return true;
  };
  if (in.is_array()) {
    for (const auto& entry : in.items())
      if (!include(entry)) return false;
  } else {
    for (const auto& m : in.members())
      if (!include(m.item)) return false;
  }
  out = std::move(made);
  return true;
}

bool bsearch(evaluation& e, const value& in, const value* args, value& out) {
  if (!in.is_array()) return e.fail(described(in) + " cannot be searched from");
  auto items = in.items();
  size_t low = 0, high = items.size();
  while (low < high) {
    auto middle = low + (high - low) / 2;
    auto order = compare(e, items[middle], args[0]);
    if (order == 0) {
      out = static_cast<int64_t>(middle);
      return true;
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  out = -1 - static_cast<int64_t>(low);
  return true;
}

bool toarray(evaluation&, const value& in, const value*, value& out) {
  out = in.is_array() ? in : value::array({in});
  return true;
}

constexpr auto rows = std::to_array<native>({
    {"length", 0, length},
    {"not", 0, negation},
    {"type", 0, type},
    {"error", 0, raise},
    {"error", 1, raise_with},
    {"keys", 0, keys},
    {"keys_unsorted", 0, keys_unsorted},
    {"has", 1, has},
    {"contains", 1, contains},
    {"add", 0, add},
    {"flatten", 0, flatten},
    {"flatten", 1, flatten_levels},
    {"sort", 0, sort},
    {"unique", 0, unique},
    {"min", 0, min},
    {"max", 0, max},
    {"reverse", 0, reverse},
    {"to_entries", 0, to_entries},
    {"from_entries", 0, from_entries},
    {"bsearch", 1, bsearch},
    {"toarray", 0, toarray},
});

} // namespace

native_rows collection_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
