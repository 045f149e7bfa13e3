#include "workflow/schedule/plan.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace steward::workflow::schedule {

namespace {

constexpr int64_t latest = std::numeric_limits<int64_t>::max();

constexpr std::array<std::pair<std::string_view, overlap>, 3> overlaps{
    {{"allow", overlap::allow}, {"skip", overlap::skip}, {"queue", overlap::queue}}};
constexpr std::array<std::pair<std::string_view, catch_up>, 3> catch_ups{
    {{"none", catch_up::none}, {"one", catch_up::one}, {"all", catch_up::all}}};

template <class Enum, size_t Size>
outcome<Enum, std::string>
value_of(const std::array<std::pair<std::string_view, Enum>, Size>& names, std::string_view name) {
  std::string expected;
  for (const auto& [known, value] : names) {
    if (known == name) return value;
    expected += (expected.empty() ? "" : ", ") + std::string{known};
  }
  return failed{"\"" + std::string{name} + "\" is not one of " + expected};
}

template <class Enum, size_t Size>
std::string_view name_of(const std::array<std::pair<std::string_view, Enum>, Size>& names,
                         Enum value) {
  for (const auto& [name, known] : names)
    if (known == value) return name;
  return {};
}

/// `count` times the length after the start; `latest` when no clock shows it.
int64_t multiple(const duration& length, int64_t start_us, int64_t count) {
  duration product;
  if (__builtin_mul_overflow(length.months, count, &product.months) ||
      __builtin_mul_overflow(length.us, count, &product.us))
    return latest;
  return product.after(start_us);
}

/// The first multiple after the start that is later than `last_us`. Every multiple counts from the
/// start, so that monthly intervals from the 31st come back to the 31st.
std::optional<int64_t> next_multiple(const duration& length, int64_t start_us, int64_t last_us) {
  int64_t low = 0, high = 1; // `low` times the length is not later, `high` times is
  while (multiple(length, start_us, high) <= last_us) {
    if (high > latest / 2) return std::nullopt;
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const auto middle = low + (high - low) / 2;
    (multiple(length, start_us, middle) <= last_us ? low : high) = middle;
  }
  const auto due = multiple(length, start_us, high);
  return due == latest ? std::nullopt : std::optional{due};
}

/// FNV-1a with a final mix: the same on every machine and in every version.
uint64_t hash(std::string_view identity, int64_t due_us) {
  uint64_t h = 0xcbf29ce484222325;
  const auto add = [&](uint64_t byte) { h = (h ^ byte) * 0x100000001b3; };
  for (auto c : identity) add(static_cast<unsigned char>(c));
  for (int shift = 0; shift < 64; shift += 8) add(static_cast<uint64_t>(due_us) >> shift & 0xff);
  h = (h ^ h >> 33) * 0xff51afd7ed558ccd;
  return h ^ h >> 33;
}

} // namespace

outcome<overlap, std::string> parse_overlap(std::string_view name) {
  return value_of(overlaps, name);
}
outcome<catch_up, std::string> parse_catch_up(std::string_view name) {
  return value_of(catch_ups, name);
}
std::string_view to_string(overlap value) { return name_of(overlaps, value); }
std::string_view to_string(catch_up value) { return name_of(catch_ups, value); }

std::optional<std::string> schedule_plan::check() const {
  const auto* interval = std::get_if<every>(&trigger);
  if (interval && interval->length.months == 0 && interval->length.us == 0)
    return "the interval of a schedule can't be zero";
  return std::nullopt;
}

std::optional<int64_t> schedule_plan::first_due(int64_t started_us) const {
  if (std::holds_alternative<after>(trigger)) return started_us;
  return next_due(started_us, started_us);
}

std::optional<int64_t> schedule_plan::next_due(int64_t started_us, int64_t last_us) const {
  if (const auto* interval = std::get_if<every>(&trigger))
    return next_multiple(interval->length, started_us, last_us);
  if (const auto* clock = std::get_if<cron>(&trigger))
    return clock->expression.next(last_us, clock->zone);
  if (const auto* pause = std::get_if<after>(&trigger)) return pause->delay.after(last_us);
  return std::nullopt;
}

missed_dues schedule_plan::missed(int64_t started_us, int64_t last_us, int64_t now_us,
                                  size_t limit) const {
  const auto next = [&](int64_t us) { return next_due(started_us, us); };
  const auto passed = [&](std::optional<int64_t> due) { return due && *due <= now_us; };
  missed_dues result;
  auto due = next(last_us);
  if (!passed(due)) return result;
  if (std::holds_alternative<after>(trigger)) return {{*due}, 0, false, due};

  // The latest due time: bisected, as there may be millions of them. `before` is followed by one
  // that has passed, `beyond` is not.
  auto before = last_us;
  for (auto beyond = now_us; beyond - before > 1;) {
    const auto middle = before + (beyond - before) / 2;
    (passed(next(middle)) ? before : beyond) = middle;
  }
  result.through_us = next(before);

  const auto making_up = catching_up == catch_up::all ? limit : 0;
  const auto last = catching_up == catch_up::one ? *result.through_us - 1 : now_us;
  for (; due && *due <= last; due = next(*due)) {
    if (result.due_us.size() < making_up) {
      result.due_us.push_back(*due);
    } else if (result.left_out == count_limit) {
      result.left_out_more = true;
      break;
    } else {
      ++result.left_out;
    }
  }
  if (catching_up == catch_up::one) result.due_us = {*result.through_us};
  return result;
}

int64_t schedule_plan::start_of(std::string_view identity, int64_t due_us) const {
  const auto width = jitter.after(due_us) - due_us;
  if (width <= 0) return due_us;
  return due_us + static_cast<int64_t>(hash(identity, due_us) % static_cast<uint64_t>(width));
}

} // namespace steward::workflow::schedule
