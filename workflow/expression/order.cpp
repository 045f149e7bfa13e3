#include "workflow/expression/order.hpp"

#include "workflow/json.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace steward::workflow::jq {

namespace {

int rank(const value& v) {
  switch (v.type()) {
  case value::kind::null:
    return 0;
  case value::kind::boolean:
    return v.as_bool() ? 2 : 1;
  case value::kind::integer:
  case value::kind::number:
    return 3;
  case value::kind::string:
    return 4;
  case value::kind::array:
    return 5;
  default:
    return 6;
  }
}

template <class T>
int sign_of(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

template <bool NansAlike>
int compare_numbers(const value& a, const value& b) {
  if (a.is_int() && b.is_int()) return sign_of(a.as_int(), b.as_int());
  auto x = a.as_double(), y = b.as_double();
  if (NansAlike && std::isnan(x) && std::isnan(y)) return 0;
  if (std::isnan(x)) return -1;
  if (std::isnan(y)) return 1;
  if (x != y) return x < y ? -1 : 1;
  return a == b ? 0 : (a.is_int() ? 1 : -1); // an integer that no double can tell from the other
}

/// Walks without fuel: its caller has paid for the smaller of the two.
template <bool NansAlike>
int walk(const value& a, const value& b) {
  if (auto by_rank = rank(a) - rank(b); by_rank != 0) return by_rank;
  switch (a.type()) {
  case value::kind::integer:
  case value::kind::number:
    return compare_numbers<NansAlike>(a, b);
  case value::kind::string:
    return a.as_string().compare(b.as_string());
  case value::kind::array: {
    auto x = a.items(), y = b.items();
    if (x.data() == y.data() && x.size() == y.size()) return 0;
    for (size_t i = 0; i < std::min(x.size(), y.size()); ++i)
      if (auto order = walk<NansAlike>(x[i], y[i]); order != 0) return order;
    return sign_of(x.size(), y.size());
  }
  case value::kind::object: {
    if (a.size() == b.size() && a.members().data() == b.members().data()) return 0;
    auto x = sorted_keys(a), y = sorted_keys(b);
    if (x != y) return x < y ? -1 : 1;
    for (auto key : x)
      if (auto order = walk<NansAlike>(*a.find(key), *b.find(key)); order != 0) return order;
    return 0;
  }
  default:
    return 0;
  }
}

/// Pays for the walk: with fuel for what may be visited, with stack for the nesting.
void pay(evaluation& e, const value& a, const value& b) {
  e.spend(std::min(a.weight(), b.weight()) / 64);
  e.require_stack(std::min(a.depth(), b.depth()) * size_t{384});
}

/// Appends the JSON of the value until the text is longer than `limit`: what is large is never
/// written out. Each level of nesting writes at least one character, so it can't be deep.
void append_beginning(std::string& text, const value& v, size_t limit) {
  if (v.is_string()) {
    // Cut pieces of characters and escapes all lie past the limit.
    append_json_string(text, v.as_string().substr(0, limit + 4));
  } else if (v.is_array() && v.size() != 0) {
    auto mark = '[';
    for (const auto& item : v.items()) {
      if (text.size() > limit) return;
      text += std::exchange(mark, ',');
      append_beginning(text, item, limit);
    }
    text += ']';
  } else if (v.is_object() && v.size() != 0) {
    auto mark = '{';
    for (const auto& m : v.members()) {
      if (text.size() > limit) return;
      text += std::exchange(mark, ',');
      append_beginning(text, m.key, limit);
      text += ':';
      append_beginning(text, m.item, limit);
    }
    text += '}';
  } else {
    append_json(text, v);
  }
}

} // namespace

int compare(evaluation& e, const value& a, const value& b) {
  pay(e, a, b);
  return walk<false>(a, b);
}

bool precedes(evaluation& e, const value& a, const value& b) {
  e.spend(1);
  pay(e, a, b);
  return walk<true>(a, b) < 0;
}

std::string_view type_name(const value& v) {
  switch (v.type()) {
  case value::kind::null:
    return "null";
  case value::kind::boolean:
    return "boolean";
  case value::kind::integer:
  case value::kind::number:
    return "number";
  case value::kind::string:
    return "string";
  case value::kind::array:
    return "array";
  default:
    return "object";
  }
}

std::string shortened(const value& v) {
  constexpr size_t limit = 29;
  auto text = std::string{};
  append_beginning(text, v, limit);
  if (text.size() > limit) {
    auto last = text.front() == '"' ? '"' : text.front() == '[' ? ']' : '}';
    auto closed = last != '}' || text.front() == '{';
    auto cut = closed ? limit - 4 : limit - 3;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
    text.resize(cut);
    text += "...";
    if (closed) text += last;
  }
  return text;
}

std::string described(const value& v) {
  return std::string(type_name(v)) + " (" + shortened(v) + ")";
}

std::string error_text(const value& error) {
  if (error.is_string()) return std::string(error.as_string().substr(0, 2000));
  return described(error) + " (not a string)";
}

std::vector<std::string_view> sorted_keys(const value& object) {
  auto keys = std::vector<std::string_view>{};
  keys.reserve(object.size());
  for (const auto& m : object.members()) keys.push_back(m.key.as_string());
  std::sort(keys.begin(), keys.end());
  return keys;
}

} // namespace steward::workflow::jq
