#include "intelligence/offers/send_time.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::offers {

namespace {

int64_t local_of(int64_t us, const workflow::schedule::time_zone& zone) {
  return customers::viewpoint{us, zone}.local_us(us);
}

int minute_of_day(int64_t local) {
  return static_cast<int>((local - day_number(local) * day_us) / minute_us);
}

} // namespace

hour_profile flat_hours(double share) {
  hour_profile hours;
  hours.fill(share);
  return hours;
}

hour_profile learn_hours(std::span<const customers::message> messages,
                         const customers::viewpoint& view, const hour_profile& prior,
                         double prior_weight) {
  std::array<double, 24> sent{}, answered{};
  constexpr std::array<double, 5> kernel{0.25, 0.5, 1, 0.5, 0.25};
  for (const auto& m : messages) {
    if (m.sent_us > view.now_us) continue;
    const auto hour = static_cast<size_t>(minute_of_day(view.local_us(m.sent_us)) / 60);
    const auto known = m.answered_us && *m.answered_us <= view.now_us;
    for (size_t k = 0; k < kernel.size(); ++k) {
      const auto h = (hour + 22 + k) % 24;
      sent[h] += kernel[k];
      answered[h] += known ? kernel[k] : 0;
    }
  }
  prior_weight = std::max(prior_weight, 1e-6);
  hour_profile hours;
  for (size_t h = 0; h < 24; ++h)
    hours[h] = (answered[h] + prior_weight * prior[h]) / (sent[h] + prior_weight);
  return hours;
}

bool is_quiet(int64_t us, const workflow::schedule::time_zone& zone, const send_policy& policy) {
  const auto minute = minute_of_day(local_of(us, zone));
  const auto from = policy.quiet_from_minute;
  const auto until = policy.quiet_until_minute;
  if (from <= until) return minute >= from && minute < until;
  return minute >= from || minute < until;
}

std::optional<int64_t> when_to_send(int64_t gap_begin_us, const hour_profile& hours,
                                    const customers::viewpoint& view, const send_policy& policy) {
  if (view.now_us < -customers::viewpoint::era_us || view.now_us > customers::viewpoint::era_us)
    return std::nullopt;
  int64_t latest = 0, wait_until = 0;
  if (__builtin_sub_overflow(gap_begin_us, std::max<int64_t>(policy.shortest_notice_us, 0),
                             &latest))
    return std::nullopt;
  if (!__builtin_add_overflow(
          view.now_us, std::clamp<int64_t>(policy.longest_wait_us, 0, 30 * day_us), &wait_until))
    latest = std::min(latest, wait_until);
  std::optional<int64_t> best;
  double best_worth = -1;
  const auto consider = [&](int64_t when) {
    if (when < view.now_us || when > latest || is_quiet(when, view.zone, policy)) return;
    const auto hour = static_cast<size_t>(minute_of_day(view.local_us(when)) / 60);
    const auto halvings = static_cast<double>(when - view.now_us) /
                          static_cast<double>(std::max<int64_t>(policy.patience_us, 1));
    const auto worth = hours[hour] * std::exp2(-halvings);
    if (worth <= best_worth) return;
    best_worth = worth;
    best = when;
  };
  consider(view.now_us);
  // Quarters of an hour, because some clocks are that far from UTC's hours, and quiet hours may end
  // at any of them.
  const auto quarter = 15 * minute_us;
  auto next = (day_number(view.now_us) * day_us) +
              ((view.now_us - day_number(view.now_us) * day_us) / quarter + 1) * quarter;
  for (; next <= latest; next += quarter) {
    const auto minute = minute_of_day(view.local_us(next));
    if (minute % 60 == 0 || minute == policy.quiet_until_minute) consider(next);
  }
  return best;
}

} // namespace steward::intelligence::offers
