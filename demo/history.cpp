#include "demo/history.hpp"

#include <algorithm>
#include <queue>
#include <tuple>

namespace steward::demo {

namespace {

struct cancellation {
  int64_t at_us;
  size_t which;
  bool operator>(const cancellation& o) const {
    return std::tie(at_us, which) > std::tie(o.at_us, o.which);
  }
};

} // namespace

std::vector<past_appointment> history_of(const salon& s) {
  const auto start = s.options.start_us;
  const auto from = start - (s.options.history_days + 10) * day_us;
  calendar book{s};
  std::vector<past_appointment> all;
  std::priority_queue<cancellation, std::vector<cancellation>, std::greater<>> cancelling;
  const auto cancel_until = [&](int64_t until) {
    for (; !cancelling.empty() && cancelling.top().at_us < until; cancelling.pop()) {
      auto& one = all[cancelling.top().which];
      one.status = "cancelled";
      book.release(one.where);
    }
  };
  for (const auto& v : visits_called_between(s, from, start)) {
    cancel_until(v.call_us);
    const auto found = book.offers(v, v.call_us + 20 * minute_us, 1);
    if (found.empty()) continue;
    const auto& c = s.customers[v.customer];
    past_appointment one{"apt_" + c.id.substr(5) + "_" + std::to_string(v.number), v.customer,
                         found.front(), v.call_us, "booked"};
    book.take(one.where);
    const auto f = fate_of(s, v.customer, one.booked_us, one.where.start_us);
    if (f.cancels) cancelling.push({f.cancels_us, all.size()});
    all.push_back(std::move(one));
  }
  cancel_until(start);
  for (auto& one : all)
    if (one.status == "booked" && one.where.start_us < start)
      one.status = fate_of(s, one.customer, one.booked_us, one.where.start_us).stays_away
                       ? "no_show"
                       : "completed";
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.where.start_us, a.id) < std::tie(b.where.start_us, b.id);
  });
  const auto is_past = [&](const auto& one) { return one.where.start_us < start; };
  std::erase_if(all, [&](const auto& one) {
    return one.where.start_us < start - s.options.history_days * day_us;
  });
  const auto past = static_cast<size_t>(std::count_if(all.begin(), all.end(), is_past));
  if (past > s.options.history_most)
    all.erase(all.begin(),
              all.begin() + static_cast<std::ptrdiff_t>(past - s.options.history_most));
  return all;
}

} // namespace steward::demo
