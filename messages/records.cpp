#include "messages/records.hpp"

#include <algorithm>

namespace steward {

namespace {

constexpr size_t steps_most = 5;
constexpr size_t step_bytes = 63;
constexpr size_t id_bytes = 128;
constexpr size_t name_bytes = 40;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_step(std::string_view text) {
  return !text.empty() && text.size() <= step_bytes && (is_letter(text[0]) || text[0] == '_') &&
         std::ranges::all_of(
             text, [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; });
}

} // namespace

std::vector<std::string_view> record_field_steps(std::string_view field) {
  std::vector<std::string_view> steps;
  for (;;) {
    const auto end = field.find('.');
    steps.push_back(field.substr(0, end));
    if (end == field.npos) return steps;
    field.remove_prefix(end + 1);
  }
}

bool is_record_field(std::string_view text) {
  const auto steps = record_field_steps(text);
  return steps.size() <= steps_most && std::ranges::all_of(steps, is_step);
}

const workflow::value* find_record_field(const workflow::value& record, std::string_view field) {
  const auto* at = &record;
  for (const auto step : record_field_steps(field)) {
    at = at->find(step);
    if (!at) return nullptr;
  }
  return at;
}

bool is_record_scalar(const workflow::value& v) {
  return v.is_number() || v.is_string() || v.is_bool();
}

record_cursor cursor_after(const std::vector<record_order>& order, const workflow::value& record,
                           const std::string& id) {
  record_cursor cursor{{}, id};
  for (const auto& by : order) {
    const auto* found = find_record_field(record, by.field);
    cursor.values.push_back(found && is_record_scalar(*found) ? *found : workflow::value{});
  }
  return cursor;
}

bool is_record_id(std::string_view text) {
  constexpr std::string_view marks = "._~:@-";
  return !text.empty() && text.size() <= id_bytes && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) || marks.find(c) != marks.npos;
  });
}

bool is_collection_name(std::string_view text) {
  return !text.empty() && text.size() <= name_bytes && text[0] >= 'a' && text[0] <= 'z' &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; });
}

} // namespace steward
