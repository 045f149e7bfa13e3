#include "intelligence/salon/reading.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::salon {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "05:30" as minutes; none if it is something else.
std::optional<int64_t> offset_minutes(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const auto i : {0U, 1U, 3U, 4U})
    if (!is_digit(text[i])) return std::nullopt;
  const auto hours = (text[0] - '0') * 10 + (text[1] - '0');
  const auto minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return hours * 60 + minutes;
}

} // namespace

bool has_observed(const skill_input& in, std::string_view query) {
  const auto* found = in.observed.find(query);
  return found && found->is_array();
}

std::vector<record> observed(const skill_input& in, std::string_view query) {
  std::vector<record> records;
  const auto* found = in.observed.find(query);
  if (!found || !found->is_array()) return records;
  records.reserve(found->size());
  for (const auto& item : found->items()) {
    const auto* id = item.find("id");
    const auto* data = item.find("data");
    if (!id || !id->is_string() || id->size() == 0 || !data || !data->is_object()) continue;
    const auto* version = item.find("version");
    records.push_back(
        {std::string{id->as_string()}, version && version->is_int() ? version->as_int() : 0, data});
  }
  return records;
}

const value* at_path(const value& v, std::string_view path) {
  const auto* at = &v;
  while (at && !path.empty()) {
    const auto dot = path.find('.');
    at = at->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return at;
}

std::string text_of(const value& v, std::string_view path) {
  const auto* found = at_path(v, path);
  return found && found->is_string() ? std::string{found->as_string()} : std::string{};
}

std::optional<double> number_of(const value& v, std::string_view path) {
  const auto* found = at_path(v, path);
  if (!found || !found->is_number() || !std::isfinite(found->as_double())) return std::nullopt;
  return found->as_double();
}

int64_t count_of(const value& v, std::string_view path, int64_t fallback, int64_t least,
                 int64_t most) {
  const auto number = number_of(v, path);
  if (!number) return fallback;
  return static_cast<int64_t>(
      std::clamp(*number, static_cast<double>(least), static_cast<double>(most)));
}

std::optional<bool> flag_of(const value& v, std::string_view path) {
  const auto* found = at_path(v, path);
  if (!found || !found->is_bool()) return std::nullopt;
  return found->as_bool();
}

std::optional<int64_t> instant_of(const value& v, std::string_view path) {
  const auto* found = at_path(v, path);
  if (!found || !found->is_string()) return std::nullopt;
  return read_instant(found->as_string());
}

std::vector<std::string> texts_of(const value& v, std::string_view path) {
  std::vector<std::string> texts;
  const auto* found = at_path(v, path);
  if (!found || !found->is_array()) return texts;
  for (const auto& item : found->items())
    if (item.is_string()) texts.emplace_back(item.as_string());
  return texts;
}

std::optional<int64_t> read_instant(std::string_view text) {
  constexpr size_t whole = 19; // 2024-01-15T14:00:00
  if (text.size() < whole || text[4] != '-') return std::nullopt;
  const auto begin = parse_instant(text.substr(0, whole));
  if (!begin) return std::nullopt;
  auto rest = text.substr(whole);
  int64_t fraction = 0;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    if (rest.empty() || !is_digit(rest.front())) return std::nullopt;
    for (int64_t unit = second_us / 10; !rest.empty() && is_digit(rest.front()); unit /= 10) {
      fraction += unit * (rest.front() - '0');
      rest.remove_prefix(1);
    }
  }
  if (rest.empty() || rest == "Z" || rest == "z") return *begin + fraction;
  if (rest.front() != '+' && rest.front() != '-') return std::nullopt;
  const auto offset = offset_minutes(rest.substr(1));
  if (!offset) return std::nullopt;
  return *begin + fraction - (rest.front() == '-' ? -1 : 1) * *offset * minute_us;
}

value money(double amount) {
  if (!std::isfinite(amount)) return 0;
  const auto cents = std::round(amount * 100);
  if (std::abs(cents) > 9e15) return amount;
  const auto whole = static_cast<int64_t>(cents);
  if (whole % 100 == 0) return whole / 100;
  return cents / 100;
}

} // namespace steward::intelligence::salon
