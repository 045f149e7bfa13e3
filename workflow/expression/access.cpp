#include "workflow/expression/access.hpp"

#include "workflow/expression/order.hpp"

#include <algorithm>
#include <cmath>

namespace steward::workflow::jq {

namespace {

constexpr size_t path_limit = 10'000;
/// Native stack for one level of a path.
constexpr size_t frame_estimate = 512;
/// jq's limit for an index that an array grows to.
constexpr double index_limit = 536870911;

struct span_of {
  size_t from;
  size_t to;
};

/// The bounds of a slice as a key: `{start, end}`, both of which there must be.
bool read_bounds(evaluation& e, const value& key, value& from, value& to) {
  const auto* start = key.find("start");
  const auto* end = key.find("end");
  if (!start || !end) return e.fail("Array/string slice indices must be integers");
  from = *start;
  to = *end;
  return true;
}

/// Negative bounds count from the end, null stands for the end; the rest is clamped.
bool resolve(evaluation& e, size_t size, const value& from, const value& to, span_of& out) {
  if ((!from.is_number() && !from.is_null()) || (!to.is_number() && !to.is_null()))
    return e.fail("Array/string slice indices must be integers");
  auto length = static_cast<double>(size);
  auto place = [&](const value& v, double missing, bool up) {
    if (v.is_null() || std::isnan(v.as_double())) return missing;
    auto d = v.as_double() < 0 ? v.as_double() + length : v.as_double();
    return std::clamp(up ? std::ceil(d) : std::floor(d), 0.0, length);
  };
  auto start = place(from, 0, false), end = place(to, length, true);
  out = {static_cast<size_t>(start), static_cast<size_t>(std::max(start, end))};
  return true;
}

/// Slices of text count code points.
std::string_view text_slice(std::string_view text, span_of range) {
  size_t at = 0, from = text.size(), to = text.size(), count = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) continue;
    if (count == range.from) from = at;
    if (count == range.to) {
      to = at;
      break;
    }
    ++count;
  }
  return from >= to ? std::string_view{} : text.substr(from, to - from);
}

size_t code_points(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool cannot_index(evaluation& e, const value& v, const value& key) {
  return e.fail("Cannot index " + std::string(type_name(v)) + " with " + described(key));
}

/// Where a number points to: whole, towards zero, and counted from the end when it is negative.
double place_of(const value& index, size_t size) {
  auto at = std::trunc(index.as_double());
  return at < 0 ? at + static_cast<double>(size) : at;
}

/// The positions at which `part` begins in `whole`.
value positions(evaluation& e, const value& whole, const value& part) {
  auto found = value::empty_array();
  auto x = whole.items(), y = part.items();
  if (y.empty()) return found;
  for (size_t i = 0; i + y.size() <= x.size(); ++i) {
    e.spend(1);
    size_t same = 0;
    while (same < y.size() && compare(e, x[i + same], y[same]) == 0) ++same;
    if (same == y.size()) found.push_back(static_cast<int64_t>(i));
  }
  return found;
}

bool put_element(evaluation& e, value& v, double index, value item) {
  if (std::isnan(index)) return e.fail("Cannot set array element at NaN index");
  index = std::trunc(index);
  if (index < 0) index += static_cast<double>(v.size());
  if (index < 0) return e.fail("Out of bounds negative array index");
  if (index > index_limit) return e.fail("Array index too large");
  auto at = static_cast<size_t>(index);
  if (at < v.size()) {
    v.set_item(at, std::move(item));
    return true;
  }
  allocation_budget::charge((at - v.size()) * sizeof(value));
  e.spend((at - v.size()) / 16);
  while (v.size() < at) v.push_back(value{});
  v.push_back(std::move(item));
  return true;
}

bool put_slice(evaluation& e, value& v, const value& from, const value& to, const value& item) {
  if (!item.is_array()) return e.fail("A slice of an array can only be assigned another array");
  auto range = span_of{};
  if (!resolve(e, v.size(), from, to, range)) return false;
  auto old = v.items();
  auto result = std::vector<value>{};
  allocation_budget::charge((old.size() + item.size()) * sizeof(value));
  e.spend((old.size() + item.size()) / 16);
  result.insert(result.end(), old.begin(), old.begin() + static_cast<ptrdiff_t>(range.from));
  result.insert(result.end(), item.items().begin(), item.items().end());
  result.insert(result.end(), old.begin() + static_cast<ptrdiff_t>(range.to), old.end());
  v = value::array(std::move(result));
  return true;
}

bool set_from(evaluation& e, value& v, std::span<const value> path, value item) {
  if (path.empty()) {
    v = std::move(item);
    return true;
  }
  e.spend(1);
  const auto& key = path.front();
  auto child = value{};
  if (!get(e, v, key, child)) return false;
  if (key.is_array()) return put(e, v, key, value{}); // places in an array are no place: an error
  // Let go of the child, so that it can be changed in place; and what can't be put here fails
  // before anything inside does.
  if (path.size() > 1 && !key.is_object() && !put(e, v, key, value{})) return false;
  return set_from(e, child, path.subspan(1), std::move(item)) && put(e, v, key, std::move(child));
}

/// All at once: indices and slices mean the array as it was.
bool delete_keys(evaluation& e, value& v, std::span<const value> keys) {
  if (v.is_null() || keys.empty()) return true;
  if (v.is_object()) {
    for (const auto& key : keys) {
      if (!key.is_string())
        return e.fail("Cannot delete " + std::string(type_name(key)) + " field of object");
      e.spend(1 + v.size() / 16);
      v.erase(key.as_string());
    }
    return true;
  }
  if (!v.is_array()) return e.fail("Cannot delete fields from " + std::string(type_name(v)));
  e.spend(v.size() / 16);
  auto gone = std::vector<bool>(v.size());
  for (const auto& key : keys) {
    auto range = span_of{};
    if (key.is_object()) {
      auto from = value{}, to = value{};
      if (!read_bounds(e, key, from, to) || !resolve(e, v.size(), from, to, range)) return false;
    } else if (key.is_number()) {
      auto index = place_of(key, v.size());
      if (!(index >= 0 && index < static_cast<double>(v.size()))) continue;
      range = {static_cast<size_t>(index), static_cast<size_t>(index) + 1};
    } else {
      return e.fail("Cannot delete " + std::string(type_name(key)) + " element of array");
    }
    e.spend((range.to - range.from) / 16);
    std::fill(gone.begin() + static_cast<ptrdiff_t>(range.from),
              gone.begin() + static_cast<ptrdiff_t>(range.to), true);
  }
  auto rest = value::empty_array();
  for (size_t i = 0; i < gone.size(); ++i)
    if (!gone[i]) rest.push_back(v.items()[i]);
  v = std::move(rest);
  return true;
}

/// The paths are sorted and alike up to `level`.
bool delete_from(evaluation& e, value& v, std::span<const value> paths, size_t level) {
  auto keys = std::vector<value>{};
  while (!paths.empty()) {
    const auto& key = paths.front().items()[level];
    size_t alike = 1;
    while (alike < paths.size() && compare(e, paths[alike].items()[level], key) == 0) ++alike;
    auto group = paths.first(alike);
    paths = paths.subspan(alike);
    if (group.front().size() == level + 1) {
      keys.push_back(key);
      continue;
    }
    auto child = value{};
    if (!get(e, v, key, child)) return false;
    if (child.is_null()) continue;
    if (!delete_from(e, child, group, level + 1) || !put(e, v, key, std::move(child))) return false;
  }
  return delete_keys(e, v, keys);
}

} // namespace

bool get(evaluation& e, const value& v, const value& key, value& out) {
  if (v.is_object() && key.is_string()) {
    out = v.get(key.as_string());
  } else if (v.is_array() && key.is_number()) {
    auto index = place_of(key, v.size());
    auto inside = index >= 0 && index < static_cast<double>(v.size());
    out = inside ? v.items()[static_cast<size_t>(index)] : value{};
  } else if (key.is_object() && (v.is_array() || v.is_string())) {
    auto from = value{}, to = value{};
    return read_bounds(e, key, from, to) && slice(e, v, from, to, out);
  } else if (v.is_array() && key.is_array()) {
    out = positions(e, v, key);
  } else if (v.is_null() && (key.is_string() || key.is_number() || key.is_object())) {
    out = value{};
  } else {
    return cannot_index(e, v, key);
  }
  return true;
}

bool slice(evaluation& e, const value& v, const value& from, const value& to, value& out) {
  if (v.is_null()) {
    out = value{};
    return true;
  }
  auto range = span_of{};
  if (v.is_string()) {
    auto text = v.as_string();
    e.spend(text.size() / 64);
    if (!resolve(e, code_points(text), from, to, range)) return false;
    out = value(text_slice(text, range));
    return true;
  }
  if (!v.is_array()) return cannot_index(e, v, value::object({{"start", from}, {"end", to}}));
  if (!resolve(e, v.size(), from, to, range)) return false;
  e.spend((range.to - range.from) / 16);
  auto items = v.items().subspan(range.from, range.to - range.from);
  allocation_budget::charge(items.size_bytes());
  out = value::array(std::vector<value>(items.begin(), items.end()));
  return true;
}

bool put(evaluation& e, value& v, const value& key, value item) {
  if (key.is_string() && (v.is_object() || v.is_null())) {
    if (v.is_null()) v = value::empty_object();
    v.set(key.as_string(), std::move(item));
    return true;
  }
  if (key.is_number() && (v.is_array() || v.is_null())) {
    if (v.is_null()) v = value::empty_array();
    return put_element(e, v, key.as_double(), std::move(item));
  }
  if (key.is_object() && (v.is_array() || v.is_null())) {
    if (v.is_null()) v = value::empty_array();
    auto from = value{}, to = value{};
    return read_bounds(e, key, from, to) && put_slice(e, v, from, to, item);
  }
  if (key.is_object() && v.is_string()) return e.fail("Cannot update string slices");
  return e.fail("Cannot update field at " + std::string(type_name(key)) + " index of " +
                std::string(type_name(v)));
}

bool get_path(evaluation& e, const value& v, const value& path, value& out) {
  if (!path.is_array()) return e.fail("Path must be specified as an array");
  if (path.size() > path_limit) return e.fail("Path too deep");
  auto at = v;
  for (const auto& key : path.items()) {
    e.spend(1);
    auto next = value{};
    if (!get(e, at, key, next)) return false;
    at = std::move(next);
  }
  out = std::move(at);
  return true;
}

bool set_path(evaluation& e, value& v, const value& path, value item) {
  if (!path.is_array()) return e.fail("Path must be specified as an array");
  if (path.size() > path_limit) return e.fail("Path too deep");
  e.require_stack(path.size() * frame_estimate);
  return set_from(e, v, path.items(), std::move(item));
}

bool delete_paths(evaluation& e, value& v, const value& paths) {
  if (!paths.is_array()) return e.fail("Paths must be specified as an array");
  auto sorted = std::vector<value>(paths.items().begin(), paths.items().end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const value& a, const value& b) { return precedes(e, a, b); });
  for (const auto& path : sorted) {
    if (!path.is_array())
      return e.fail("Path must be specified as array, not " + std::string(type_name(path)));
    if (path.size() > path_limit) return e.fail("Path too deep");
  }
  if (!sorted.empty() && sorted.front().size() == 0) {
    v = value{};
    return true;
  }
  auto longest = size_t{0};
  for (const auto& path : sorted) longest = std::max(longest, path.size());
  e.require_stack(longest * frame_estimate);
  return delete_from(e, v, sorted, 0);
}

} // namespace steward::workflow::jq
