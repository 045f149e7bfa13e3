#include "store/record_sql.hpp"

#include "workflow/json.hpp"

#include <algorithm>
#include <set>

namespace steward::store {

namespace {

using workflow::value;

constexpr size_t name_bytes = 63; // PostgreSQL cuts longer names.
constexpr size_t columns_most = 200;

/// `field op value`, among the values of its kind; `bounded`: another condition bounds it on the
/// other side.
std::string compared(const record_condition& c, const char* op, bool bounded,
                     record_dialect& dialect) {
  const auto key = dialect.key(c.field);
  const auto& v = c.values.at(0);
  auto sql = "(" + key + " " + op + " " + dialect.key_of(v);
  if (bounded) return sql + ")";
  if (*op == '>')
    sql += " AND " + key + " < " +
           (v.is_string() ? dialect.booleans_begin() : dialect.strings_begin());
  else if (v.is_string())
    sql += " AND " + key + " >= " + dialect.strings_begin();
  return sql + ")";
}

std::string begins_with(const record_condition& c, record_dialect& dialect) {
  const auto key = dialect.key(c.field);
  const auto prefix = c.values.at(0).as_string();
  const auto end = after_prefix(prefix);
  return "(" + key + " >= " + dialect.key_of(c.values.at(0)) + " AND " + key + " < " +
         (end ? dialect.key_of(value{*end}) : dialect.booleans_begin()) + ")";
}

std::string is_one_of(const record_condition& c, record_dialect& dialect) {
  if (c.values.empty()) return "(1 = 0)";
  std::string list;
  for (const auto& v : c.values) list += (list.empty() ? "" : ", ") + dialect.key_of(v);
  return "(" + dialect.key(c.field) + " IN (" + list + "))";
}

std::string contains(const record_condition& c, record_dialect& dialect) {
  const auto& v = c.values.at(0);
  auto sql = dialect.has_element(c.field, v);
  if (v.is_string()) sql += " OR " + dialect.has_part(c.field, v.as_string());
  return "(" + sql + ")";
}

std::string to_sql(const record_condition& c, bool bounded, record_dialect& dialect) {
  switch (c.op) {
  case record_op::eq:
    return "(" + dialect.key(c.field) + " = " + dialect.key_of(c.values.at(0)) + ")";
  case record_op::ne:
    return "(" + dialect.key(c.field) + " <> " + dialect.key_of(c.values.at(0)) + ")";
  case record_op::lt:
    return compared(c, "<", bounded, dialect);
  case record_op::le:
    return compared(c, "<=", bounded, dialect);
  case record_op::gt:
    return compared(c, ">", bounded, dialect);
  case record_op::ge:
    return compared(c, ">=", bounded, dialect);
  case record_op::in:
    return is_one_of(c, dialect);
  case record_op::prefix:
    return begins_with(c, dialect);
  case record_op::contains:
    return contains(c, dialect);
  case record_op::exists:
    return (c.values.at(0).as_bool() ? "" : "NOT ") + dialect.exists(c.field);
  case record_op::is_null:
    if (!c.values.at(0).as_bool()) return "NOT " + dialect.is_null(c.field);
    // The first half is what an index can find.
    return "(" + dialect.key(c.field) + " = " + dialect.key_of(value{}) + " AND " +
           dialect.is_null(c.field) + ")";
  }
  return "(1 = 0)";
}

bool is_lower(record_op op) { return op == record_op::gt || op == record_op::ge; }
bool is_upper(record_op op) { return op == record_op::lt || op == record_op::le; }

/// Whether one of the others bounds the same values on the other side. An engine that is told of
/// two upper bounds goes by the first, which may be that of the kind.
bool is_bounded(const record_condition& c, const std::vector<record_filter>& others) {
  return std::ranges::any_of(others, [&](const record_filter& other) {
    const auto& o = other.condition;
    return other.what == record_filter::kind::condition && o.field == c.field &&
           ((is_lower(c.op) && is_upper(o.op)) || (is_upper(c.op) && is_lower(o.op))) &&
           o.values.at(0).is_string() == c.values.at(0).is_string();
  });
}

/// Whether an index on the field leaves fewer records to be looked at.
bool narrows(const record_filter& filter, const std::string& field) {
  if (filter.what == record_filter::kind::all)
    return std::ranges::any_of(filter.parts,
                               [&](const auto& part) { return narrows(part, field); });
  const auto& c = filter.condition;
  if (filter.what != record_filter::kind::condition || c.field != field) return false;
  switch (c.op) {
  case record_op::eq:
  case record_op::lt:
  case record_op::le:
  case record_op::gt:
  case record_op::ge:
  case record_op::in:
  case record_op::prefix:
    return true;
  case record_op::is_null:
    return c.values.at(0).as_bool();
  case record_op::ne:
  case record_op::contains:
  case record_op::exists:
    return false;
  }
  return false;
}

/// How many fields of the order are as in the cursor in all of a range: the first one has all
/// values of the cursor and a later id, the next one all but the last, ...
size_t count_alike(const record_query& query, size_t number) {
  return query.after ? query.order.size() - number : 0;
}

/// Decodes the last character; its first byte's place.
size_t last_character(std::string_view text, uint32_t& code) {
  auto at = text.size() - 1;
  while (at > 0 && (static_cast<uint8_t>(text[at]) & 0xc0) == 0x80) --at;
  const auto first = static_cast<uint8_t>(text[at]);
  code = first < 0x80   ? first
         : first < 0xe0 ? first & 0x1f
         : first < 0xf0 ? first & 0x0f
                        : first & 7;
  for (auto i = at + 1; i < text.size(); ++i)
    code = code << 6 | (static_cast<uint8_t>(text[i]) & 0x3f);
  return at;
}

void append_character(std::string& out, uint32_t code) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

} // namespace

std::string to_sql(const record_filter& filter, record_dialect& dialect) {
  if (filter.what == record_filter::kind::condition)
    return to_sql(filter.condition, false, dialect);
  const bool all = filter.what == record_filter::kind::all;
  std::string sql;
  for (const auto& part : filter.parts) {
    const bool bounded = all && part.what == record_filter::kind::condition &&
                         is_bounded(part.condition, filter.parts);
    sql += (sql.empty() ? ""
            : all       ? " AND "
                        : " OR ") +
           (bounded ? to_sql(part.condition, true, dialect) : to_sql(part, dialect));
  }
  if (sql.empty()) sql = all ? "1 = 1" : "1 = 0";
  return (filter.what == record_filter::kind::none ? "(NOT (" : "((") + sql + "))";
}

size_t count_ranges(const record_query& query) { return query.after ? query.order.size() + 1 : 1; }

std::string range_sql(const record_query& query, size_t number, record_dialect& dialect) {
  if (!query.after) return "(1 = 1)";
  const auto same = count_alike(query, number);
  std::string sql;
  for (size_t i = 0; i < same; ++i)
    sql += dialect.key(query.order[i].field) + " = " + dialect.key_of(query.after->values[i]) +
           " AND ";
  const bool down = same < query.order.size()
                        ? query.order[same].descending
                        : !query.order.empty() && query.order.back().descending;
  const auto than = down ? " < " : " > ";
  if (same == query.order.size())
    return "(" + sql + "id" + than + dialect.text(query.after->id) + ")";
  return "(" + sql + dialect.key(query.order[same].field) + than +
         dialect.key_of(query.after->values[same]) + ")";
}

std::string order_sql(const record_query& query, size_t number, const record_dialect& dialect) {
  std::string sql;
  for (auto i = count_alike(query, number); i < query.order.size(); ++i)
    sql += dialect.key(query.order[i].field) + (query.order[i].descending ? " DESC, " : ", ");
  return sql + (!query.order.empty() && query.order.back().descending ? "id DESC" : "id");
}

bool may_serve(const std::vector<record_index>& indexes, const record_query& query) {
  return std::ranges::any_of(indexes, [&](const record_index& index) {
    const auto& first = index.fields.at(0);
    return (!query.order.empty() && query.order[0].field == first) || narrows(query.filter, first);
  });
}

std::string index_sql(const record_index& index, const record_dialect& dialect) {
  return unique_sql(index, dialect) + ", id";
}

std::string unique_sql(const record_index& index, const record_dialect& dialect) {
  std::string sql{"collection"};
  for (const auto& field : index.fields) sql += ", " + dialect.key(field);
  return sql;
}

std::string unique_where_sql(const record_index& index, record_dialect& dialect) {
  std::string sql;
  for (const auto& field : index.fields)
    sql += " AND " + dialect.key(field) + " <> " + dialect.key_of(value{});
  return sql;
}

index_changes plan_indexes(const std::vector<record_index>& before,
                           std::vector<record_index>& after) {
  index_changes changes;
  std::set<uint32_t> taken;
  const auto same = [](const record_index& a, const record_index& b) {
    return a.fields == b.fields && a.unique == b.unique;
  };
  for (auto& index : after) index.number = 0;
  for (const auto& old : before) {
    const auto stays = std::ranges::find_if(
        after, [&](const auto& index) { return index.number == 0 && same(index, old); });
    taken.insert(old.number);
    if (stays == after.end())
      changes.drop.push_back(old);
    else
      stays->number = old.number;
  }
  uint32_t next = 1;
  for (auto& index : after) {
    if (index.number != 0) continue;
    while (taken.contains(next)) ++next;
    index.number = next++;
    changes.create.push_back(index);
  }
  return changes;
}

std::string index_name(int64_t shape, const record_index& index) {
  return "records_shape_" + std::to_string(shape) + "_" + std::to_string(index.number);
}

std::string unique_index_name(int64_t shape, const record_index& index) {
  return index_name(shape, index) + "_unique";
}

std::string view_name(const collection_row& collection) {
  return "records_" + std::to_string(collection.number) + "_" + collection.name;
}

std::string quoted_name(std::string_view name) {
  std::string out{"\""};
  for (const char c : name) {
    if (c == '"') out += c;
    out += c;
  }
  return out + '"';
}

std::string quoted_text(std::string_view text) {
  std::string out{"'"};
  for (const char c : text) {
    if (c == '\'') out += c;
    out += c;
  }
  return out + '\'';
}

std::vector<std::string> view_columns(const std::vector<std::string>& properties) {
  std::vector<std::string> columns;
  std::set<std::string> taken{"_id", "_version", "_created_us", "_updated_us"};
  for (const auto& name : properties) {
    const bool plain = std::ranges::none_of(name, [](char c) {
      return static_cast<uint8_t>(c) < 0x20 || c == 0x7f || c == '"' || c == '\'' || c == '\\';
    });
    if (name.empty() || name.size() > name_bytes || !plain || !workflow::is_utf8(name)) continue;
    auto folded = name;
    for (auto& c : folded)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    if (columns.size() < columns_most && taken.insert(folded).second) columns.push_back(name);
  }
  return columns;
}

std::optional<std::string> after_prefix(std::string_view prefix) {
  std::string text{prefix};
  while (!text.empty()) {
    uint32_t code = 0;
    text.resize(last_character(text, code));
    if (code == 0x10ffff) continue; // There is no character after it.
    append_character(text, code == 0xd7ff ? 0xe000 : code + 1);
    return text;
  }
  return std::nullopt;
}

} // namespace steward::store
