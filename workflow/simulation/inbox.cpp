#include "workflow/simulation/inbox.hpp"

#include "workflow/json.hpp"

namespace steward::workflow::simulation {

void inbox::put(value event, int64_t now_us) {
  auto known = known_.insert(to_json(event.get("source")) + to_json(event.get("id")));
  if (known.second) events_.push_back({std::move(event), now_us});
}

std::optional<event_received> inbox::next_offer(int64_t now_us) {
  constexpr int64_t kept_for = 24 * 3600 * int64_t{1'000'000};
  for (auto& [effect, offered] : listeners_)
    while (offered < events_.size()) {
      const auto& candidate = events_[offered++];
      if (candidate.came_us + kept_for >= now_us)
        return event_received{effect, offered, candidate.event};
    }
  return std::nullopt;
}

} // namespace steward::workflow::simulation
