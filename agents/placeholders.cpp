#include "agents/placeholders.hpp"

#include "intelligence/instants.hpp"

#include <charconv>
#include <optional>

namespace steward::agents {

namespace {

using workflow::value;

/// "", "+3h", "-90m", "+1d" as microseconds.
std::optional<int64_t> read_distance(std::string_view text) {
  if (text.empty()) return 0;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  int64_t unit = 0;
  switch (text.back()) {
  case 'm':
    unit = intelligence::minute_us;
    break;
  case 'h':
    unit = intelligence::hour_us;
    break;
  case 'd':
    unit = intelligence::day_us;
    break;
  default:
    return std::nullopt;
  }
  int64_t count = 0;
  const auto* end = text.data() + text.size() - 1;
  const auto read = std::from_chars(text.data() + 1, end, count);
  if (read.ptr != end || read.ec != std::errc{} || count < 0 || count > 100'000)
    return std::nullopt;
  return (text[0] == '-' ? -count : count) * unit;
}

std::optional<std::string_view> inside(std::string_view text) {
  if (text.size() < 3 || text.front() != '{' || text.back() != '}') return std::nullopt;
  return text.substr(1, text.size() - 2);
}

value found_in(const value& trigger, std::string_view path) {
  auto at = trigger;
  while (!path.empty()) {
    const auto dot = path.find('.');
    at = at.get(path.substr(0, dot));
    path = dot == path.npos ? std::string_view{} : path.substr(dot + 1);
  }
  return at;
}

value filled_text(const value& text, const moment& at) {
  const auto word = inside(text.as_string());
  if (!word) return text;
  if (word->starts_with("trigger.")) return found_in(at.trigger, word->substr(8));
  if (word->starts_with("now"))
    if (const auto away = read_distance(word->substr(3)))
      return intelligence::instant_text(at.now_us + *away);
  if (word->starts_with("today"))
    if (const auto away = read_distance(word->substr(5)))
      return intelligence::date_text(intelligence::day_number(at.zone.to_local(at.now_us) + *away));
  return text;
}

} // namespace

value filled(const value& filter, const moment& at) {
  if (filter.is_string()) return filled_text(filter, at);
  if (filter.is_array()) {
    auto out = value::empty_array();
    for (const auto& item : filter.items()) out.push_back(filled(item, at));
    return out;
  }
  if (!filter.is_object()) return filter;
  auto out = value::empty_object();
  for (const auto& m : filter.members()) out.set(m.key.as_string(), filled(m.item, at));
  return out;
}

bool is_placeholder_or_text(std::string_view text) {
  const auto word = inside(text);
  if (!word || word->starts_with("trigger.")) return true;
  if (word->starts_with("now")) return read_distance(word->substr(3)).has_value();
  if (word->starts_with("today")) return read_distance(word->substr(5)).has_value();
  return false;
}

} // namespace steward::agents
