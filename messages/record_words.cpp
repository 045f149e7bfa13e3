#include "messages/record_words.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"
#include "workflow/pointer.hpp"

#include <algorithm>
#include <array>

namespace steward {

namespace {

using workflow::value;

constexpr size_t filter_bytes = 16u << 10;
constexpr uint32_t filter_depth = 16;
constexpr size_t conditions_most = 50;
constexpr size_t values_most = 100;
constexpr size_t order_most = 4;
constexpr auto field_grammar = "a field: letters, digits, _ and -, beginning with a letter or _; "
                               "inner ones after a dot, as in customer.city";

struct operator_word {
  std::string_view word;
  record_op op;
};
constexpr std::array operator_words{
    operator_word{"eq", record_op::eq},
    operator_word{"ne", record_op::ne},
    operator_word{"lt", record_op::lt},
    operator_word{"le", record_op::le},
    operator_word{"gt", record_op::gt},
    operator_word{"ge", record_op::ge},
    operator_word{"in", record_op::in},
    operator_word{"prefix", record_op::prefix},
    operator_word{"contains", record_op::contains},
    operator_word{"exists", record_op::exists},
};

bool has_nul(const value& v) {
  return v.is_string() && v.as_string().find('\0') != std::string_view::npos;
}

/// Reads a filter, or stops at the first thing that is wrong with it.
class filter_reader {
public:
  read_words<record_filter> read(const value& json) {
    auto filter = read_all(json, "filter");
    if (problem_) return failed{std::move(*problem_)};
    return filter;
  }

private:
  record_filter read_all(const value& json, const std::string& at) {
    record_filter all;
    if (!json.is_object()) return wrong(at, "this is no filter", "an object");
    for (const auto& [key, item] : json.members()) {
      const auto name = std::string{key.as_string()};
      const auto below = at + "/" + workflow::escape_pointer_step(name);
      if (name == "all" || name == "any") {
        all.parts.push_back(read_list(item, below));
        all.parts.back().what = name == "all" ? record_filter::kind::all : record_filter::kind::any;
      } else if (name == "not") {
        all.parts.push_back({record_filter::kind::none, {read_all(item, below)}, {}});
      } else if (!is_record_field(name)) {
        return wrong(below, "this is no field that can be asked for", field_grammar);
      } else {
        read_field(name, item, below, all.parts);
      }
      if (problem_) return all;
    }
    return all;
  }

  record_filter read_list(const value& json, const std::string& at) {
    record_filter list;
    if (!json.is_array() || json.size() == 0)
      return wrong(at, "this is no list of filters", "a list of objects");
    for (size_t i = 0; i < json.size() && !problem_; ++i)
      list.parts.push_back(read_all(json.items()[i], at + "/" + std::to_string(i)));
    return list;
  }

  /// `field: value`, or `field: {operator: value, ...}`.
  void read_field(const std::string& field, const value& json, const std::string& at,
                  std::vector<record_filter>& into) {
    if (!json.is_object()) return add(field, record_op::eq, json, at, into);
    if (json.size() == 0) {
      wrong(at, "this says nothing about the field", "a value, or operators with values");
      return;
    }
    for (const auto& [key, item] : json.members()) {
      const auto word = key.as_string();
      const auto known = std::ranges::find(operator_words, word, &operator_word::word);
      const auto below = at + "/" + workflow::escape_pointer_step(word);
      if (known == operator_words.end()) {
        wrong(below, "there is no such operator",
              "eq, ne, lt, le, gt, ge, in, prefix, contains or exists");
        return;
      }
      add(field, known->op, item, below, into);
    }
  }

  void add(const std::string& field, record_op op, const value& v, const std::string& at,
           std::vector<record_filter>& into) {
    record_condition condition{field, op, {v}};
    if (v.is_null() && (op == record_op::eq || op == record_op::ne))
      condition = {field, record_op::is_null, {value{op == record_op::eq}}};
    else if (const auto* expected = check(op, v))
      wrong(at, "this operator can't be used with this value", expected);
    else if (op == record_op::in)
      condition.values = {v.items().begin(), v.items().end()};
    if (++conditions_ > conditions_most)
      wrong(at, "the filter has too many conditions", "at most 50");
    if (std::ranges::any_of(condition.values, has_nul))
      wrong(at, "the text has a NUL character, which no record has", "text without it");
    into.push_back({record_filter::kind::condition, {}, std::move(condition)});
  }

  /// What the operator takes, if this is not it.
  static const char* check(record_op op, const value& v) {
    switch (op) {
    case record_op::lt:
    case record_op::le:
    case record_op::gt:
    case record_op::ge:
      return v.is_number() || v.is_string() ? nullptr : "a number or a string";
    case record_op::in:
      return v.is_array() && v.size() <= values_most &&
                     std::ranges::all_of(v.items(), is_record_scalar)
                 ? nullptr
                 : "a list of at most 100 numbers, strings and booleans";
    case record_op::prefix:
      return v.is_string() ? nullptr : "a string";
    case record_op::exists:
      return v.is_bool() ? nullptr : "true or false";
    default:
      return is_record_scalar(v) ? nullptr : "a number, a string or a boolean";
    }
  }

  record_filter wrong(const std::string& at, std::string what, std::string expected) {
    if (!problem_) problem_ = field_problem{at, std::move(what), std::move(expected)};
    return {};
  }

  std::optional<field_problem> problem_;
  size_t conditions_ = 0;
};

std::string order_text(const std::vector<record_order>& order) {
  std::string text;
  for (const auto& by : order) {
    if (!text.empty()) text += ',';
    if (by.descending) text += '-';
    text += by.field;
  }
  return text;
}

} // namespace

read_words<record_filter> read_record_filter(std::string_view json) {
  const auto read = workflow::parse_json(json, {filter_depth, filter_bytes});
  if (!read)
    return failed{field_problem{"filter",
                                "this is not JSON: " + read.error().reason + " at byte " +
                                    std::to_string(read.error().offset),
                                "an object, as in {\"status\":\"open\",\"total\":{\"gt\":10}}"}};
  return filter_reader{}.read(*read);
}

read_words<std::vector<record_order>> read_record_order(std::string_view text) {
  std::vector<record_order> order;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    auto word = text.substr(0, end);
    const bool descending = word.starts_with('-');
    if (descending) word.remove_prefix(1);
    if (!is_record_field(word))
      return failed{field_problem{"sort", "'" + std::string{word} + "' is no field to sort by",
                                  field_grammar}};
    order.push_back({std::string{word}, descending});
    if (end + 1 == text.size())
      return failed{field_problem{"sort", "there is nothing after the last comma", "a field"}};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (order.size() > order_most)
    return failed{field_problem{"sort", "these are too many fields", "at most 4"}};
  for (size_t i = 0; i < order.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (order[i].field == order[j].field)
        return failed{
            field_problem{"sort", "'" + order[i].field + "' is there twice", "each field once"}};
  return order;
}

std::string write_record_cursor(const std::vector<record_order>& order, const record_cursor& at) {
  const auto json = workflow::to_json(
      value::array({value{order_text(order)}, value::array(at.values), value{at.id}}));
  auto text = workflow::base64::encode(json);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

read_words<record_cursor> read_record_cursor(std::string_view text,
                                             const std::vector<record_order>& order) {
  const auto wrong = [](std::string what) {
    return failed{field_problem{"cursor", std::move(what), "the `next` of a page of this list"}};
  };
  std::string padded{text};
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  while (padded.size() % 4 != 0) padded += '=';
  const auto json = workflow::base64::decode(padded);
  const auto read = workflow::parse_json(json.value_or(std::string{}), {8, filter_bytes});
  if (!read || !read->is_array() || read->size() != 3) return wrong("this is no cursor");
  const auto items = read->items();
  if (items[0] != value{order_text(order)}) return wrong("the cursor is of another order");
  if (!items[1].is_array() || items[1].size() != order.size() || !items[2].is_string() ||
      !is_record_id(items[2].as_string()))
    return wrong("this is no cursor");
  for (const auto& item : items[1].items())
    if (has_nul(item) || !(item.is_null() || is_record_scalar(item)))
      return wrong("this is no cursor");
  return record_cursor{{items[1].items().begin(), items[1].items().end()},
                       std::string{items[2].as_string()}};
}

} // namespace steward
