#pragma once

#include "caf/test/dsl.hpp"
#include "workflow/schedule/time_zone.hpp"

#include <cstdint>
#include <ctime>
#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>

/// Times as tests write them: `2016-11-06 01:30[:15[.25]] [-04:00]`. Microseconds since 1970.
namespace steward::workflow::schedule {

inline time_zone zone(std::string_view name) {
  auto found = time_zone::find(name);
  if (!found) CAF_FAIL(found.error());
  return *found;
}

/// Without an offset the text is UTC. A text without a date is on 9 December 2016.
inline int64_t at(std::string text) {
  if (text.find(':') == 2) text = "2016-12-09 " + text;
  for (auto format : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d",
                      "%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M %Y"}) {
    std::istringstream in{text};
    std::tm tm{};
    if (!(in >> std::get_time(&tm, format))) continue;
    int64_t us = static_cast<int64_t>(timegm(&tm)) * 1'000'000;
    if (in.peek() == '.') {
      double fraction = 0;
      in >> fraction;
      us += static_cast<int64_t>(fraction * 1e6);
    }
    std::string offset;
    in >> offset;
    std::erase(offset, ':');
    if (offset.empty()) return us;
    if (offset.size() != 5) continue;
    const auto minutes = std::stoi(offset.substr(1, 2)) * 60 + std::stoi(offset.substr(3));
    return us - (offset[0] == '-' ? -minutes : minutes) * int64_t{60'000'000};
  }
  CAF_FAIL("not a time: " << text);
}

/// For messages: UTC, to the second.
inline std::string shown(int64_t us) {
  const std::time_t seconds = us / 1'000'000;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  std::ostringstream out;
  out << std::put_time(&tm, "%Y-%m-%d %H:%M:%S");
  return out.str();
}

} // namespace steward::workflow::schedule
