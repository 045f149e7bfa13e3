#include "intelligence/gaps/packing.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>

namespace steward::intelligence::gaps {

namespace {

constexpr int64_t longest_minutes = 48 * 60;

} // namespace

packing::packing(std::span<const service* const> services, int64_t longest_us)
    : services_(services) {
  for (const auto* s : services) {
    const auto length = s->length_us();
    const auto whole = length / minute_us + (length % minute_us != 0 ? 1 : 0);
    minutes_.push_back(whole > longest_minutes ? 0 : static_cast<size_t>(whole));
  }
  best_.resize(
      static_cast<size_t>(std::clamp<int64_t>(longest_us / minute_us, 0, longest_minutes)) + 1);
  for (size_t minute = 1; minute < best_.size(); ++minute) {
    auto& here = best_[minute];
    here = {best_[minute - 1].value, best_[minute - 1].count, none};
    for (size_t i = 0; i < services_.size(); ++i) {
      if (minutes_[i] == 0 || minutes_[i] > minute) continue;
      const auto& before = best_[minute - minutes_[i]];
      const auto value = saturating_add(before.value, std::max<amount>(services_[i]->price, 0));
      if (value > here.value || (value == here.value && before.count + 1 < here.count))
        here = {value, before.count + 1, static_cast<uint32_t>(i)};
    }
  }
}

size_t packing::minutes_of(int64_t length_us) const {
  const auto minutes = std::max<int64_t>(length_us / minute_us, 0);
  return std::min(static_cast<size_t>(minutes), best_.size() - 1);
}

amount packing::best_value(int64_t length_us) const { return best_[minutes_of(length_us)].value; }

std::vector<const service*> packing::best_services(int64_t length_us) const {
  std::vector<const service*> chosen;
  for (auto minute = minutes_of(length_us); minute > 0;) {
    const auto choice = best_[minute].choice;
    if (choice == none) {
      --minute;
      continue;
    }
    chosen.push_back(services_[choice]);
    minute -= minutes_[choice];
  }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const service* a, const service* b) { return a->price > b->price; });
  return chosen;
}

} // namespace steward::intelligence::gaps
