#include "intelligence/customers/score.hpp"
#include "intelligence/instants.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace steward::intelligence::customers {

namespace {

constexpr double half_life_days = 182;
constexpr size_t most = 3;

using weights = std::map<std::string, double>;

/// Those that make up a third of the whole, most first, of equal weight by name.
std::vector<std::string> frequent(const weights& counted, double whole) {
  std::vector<std::pair<double, std::string>> found;
  for (const auto& [id, weight] : counted)
    if (!id.empty() && weight >= whole / 3) found.emplace_back(-weight, id);
  std::sort(found.begin(), found.end());
  if (found.size() > most) found.resize(most);
  std::vector<std::string> ids;
  for (auto& [weight, id] : found) ids.push_back(std::move(id));
  return ids;
}

} // namespace

void fill_preferences(customer_score& score, const customer& c, const viewpoint& view) {
  weights staff, services;
  std::array<double, 4> slots{}; // morning, afternoon, evening, weekend
  double whole = 0;
  size_t visits = 0;
  for (const auto& v : c.visits) {
    if (v.at_us > view.now_us) continue;
    const auto age = (static_cast<double>(view.now_us) - static_cast<double>(v.at_us)) / day_us;
    const auto weight = std::exp2(-age / half_life_days);
    whole += weight;
    ++visits;
    staff[v.staff_id] += weight;
    for (const auto& id : v.service_ids) services[id] += weight;
    const auto local = view.local_us(v.at_us);
    const auto day = day_number(local);
    const auto hour = (local - day * day_us) / hour_us;
    slots[hour < 12 ? 0 : hour < 17 ? 1 : 2] += weight;
    const auto weekday = ((day + 4) % 7 + 7) % 7; // 0 is Sunday
    if (weekday == 0 || weekday == 6) slots[3] += weight;
  }
  if (visits < 2) return;
  score.preferred_staff = frequent(staff, whole);
  score.preferred_services = frequent(services, whole);
  constexpr std::array names{"morning", "afternoon", "evening", "weekend"};
  for (size_t i = 0; i < slots.size(); ++i)
    if (slots[i] > whole / 2) score.preferred_time_slots.emplace_back(names[i]);
}

} // namespace steward::intelligence::customers
