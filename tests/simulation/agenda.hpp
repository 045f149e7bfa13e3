#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

namespace steward::simulation {

/// What the outside world will do, by virtual time: microseconds since the history began.
class agenda {
public:
  void add(int64_t at_us, std::function<void()> what) { entries_.emplace(at_us, std::move(what)); }
  std::optional<int64_t> next() const {
    return entries_.empty() ? std::nullopt : std::optional{entries_.begin()->first};
  }
  /// Does the first of what is due; false when nothing is.
  bool do_one(int64_t now_us) {
    if (entries_.empty() || entries_.begin()->first > now_us) return false;
    const auto what = std::move(entries_.begin()->second);
    entries_.erase(entries_.begin());
    what();
    return true;
  }

private:
  std::multimap<int64_t, std::function<void()>> entries_;
};

} // namespace steward::simulation
