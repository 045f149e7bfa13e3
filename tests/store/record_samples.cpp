#include "tests/store/record_samples.hpp"

#include "tests/store/samples.hpp"
#include "workflow/json.hpp"

#include <array>

namespace steward::store::tests {

using workflow::value;

put_collection collection(const std::string& name, std::vector<record_index> indexes,
                          bool keeps_history) {
  put_collection op;
  op.row.name = name;
  op.row.schema = "true";
  op.row.indexes = std::move(indexes);
  op.row.keeps_history = keeps_history;
  op.row.updated_us = noon_us;
  return op;
}

put_record record(const std::string& of, const std::string& id, const std::string& json) {
  put_record op;
  op.collection = of;
  op.id = id;
  op.data = json;
  op.time_us = noon_us;
  return op;
}

value record_dice::scalar() {
  static const std::array scalars{value{1},
                                  value{2},
                                  value{2.0},
                                  value{2.5},
                                  value{-3},
                                  value{0.1},
                                  value{1e300},
                                  value{int64_t{9007199254740993}},
                                  value{int64_t{9007199254740992}},
                                  value{true},
                                  value{false},
                                  value{""},
                                  value{"1"},
                                  value{"a"},
                                  value{"aa"},
                                  value{"ab"},
                                  value{"B"},
                                  value{"\xc3\xa4"},
                                  value{"\xef\xbf\xbd"},
                                  value{"\xf0\x9f\x8d\xb5"},
                                  value{"it's \"quoted\" \\"}};
  return scalars[below(scalars.size())];
}

value record_dice::content() {
  switch (below(12)) {
  case 0:
    return value{};
  case 1:
    return value::array({scalar(), scalar()});
  case 2:
    return value::object({{"a", scalar()}});
  case 3:
    return value::empty_array();
  default:
    return scalar();
  }
}

value record_dice::object() {
  auto made = value::empty_object();
  for (const auto* name : {"a", "b", "d-e"})
    if (below(8) != 0) made.set(name, content());
  if (below(3) != 0) made.set("c", value::object({{"a", content()}}));
  return made;
}

std::string record_dice::field() {
  static const std::array<std::string, 5> fields{"a", "b", "c.a", "d-e", "nowhere"};
  return fields[below(fields.size())];
}

record_condition record_dice::condition() {
  const auto op = static_cast<record_op>(below(11));
  record_condition made{field(), op, {scalar()}};
  auto& first = made.values[0];
  switch (op) {
  case record_op::lt:
  case record_op::le:
  case record_op::gt:
  case record_op::ge:
    while (first.is_bool()) first = scalar();
    break;
  case record_op::in:
    made.values.resize(below(4));
    for (auto& each : made.values) each = scalar();
    break;
  case record_op::prefix:
    while (!first.is_string()) first = scalar();
    break;
  case record_op::exists:
  case record_op::is_null:
    first = value{below(2) == 0};
    break;
  default:
    break;
  }
  told_ += made.field + " #" + std::to_string(static_cast<int>(op));
  for (const auto& each : made.values) told_ += " " + workflow::to_json(each);
  told_ += "; ";
  return made;
}

record_filter record_dice::filter(size_t depth) {
  if (depth == 0 || below(3) == 0) return {record_filter::kind::condition, {}, condition()};
  record_filter made;
  made.what = static_cast<record_filter::kind>(below(3));
  told_ += std::to_string(static_cast<int>(made.what)) + "(";
  for (size_t i = 0, parts = below(4); i < parts; ++i) made.parts.push_back(filter(depth - 1));
  told_ += ") ";
  return made;
}

record_query record_dice::query(const std::string& collection) {
  told_.clear();
  record_query made;
  made.collection = collection;
  made.filter = filter(2);
  for (size_t i = 0, fields = below(3); i < fields; ++i) {
    record_order by{field(), below(2) == 0};
    told_ += " by " + by.field + (by.descending ? " down" : "");
    made.order.push_back(std::move(by));
  }
  if (made.order.size() == 2 && made.order[0].field == made.order[1].field) made.order.pop_back();
  made.limit = 1 + below(40);
  return made;
}

} // namespace steward::store::tests
