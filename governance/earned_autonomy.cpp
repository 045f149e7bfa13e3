#include "governance/earned_autonomy.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace steward::governance {

double wilson_lower_bound(uint64_t good, uint64_t trials) {
  if (trials == 0) return 0;
  constexpr double z = 1.959963984540054; // of the normal distribution, two-sided 95 %
  const auto n = static_cast<double>(trials), rate = static_cast<double>(good) / n;
  const auto middle = rate + z * z / (2 * n);
  const auto spread = z * std::sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));
  return std::max(0.0, (middle - spread) / (1 + z * z / n));
}

earned_autonomy::move earned_autonomy::answered(bool approved, const earning_terms& terms) {
  ++answered_;
  if (approved) ++approved_;
  return judge(terms);
}

earned_autonomy::move earned_autonomy::turned_out(bool good, const earning_terms& terms) {
  ++outcomes_;
  if (good) ++good_;
  if (earned_) {
    recent_.push_back(!good);
    if (recent_.size() > terms.bad_among) recent_.erase(recent_.begin());
  }
  return judge(terms);
}

uint32_t earned_autonomy::recent_bad(const earning_terms& terms) const {
  const auto seen = std::min<size_t>(recent_.size(), terms.bad_among);
  return static_cast<uint32_t>(
      std::count(recent_.end() - static_cast<ptrdiff_t>(seen), recent_.end(), true));
}

earned_autonomy::move earned_autonomy::judge(const earning_terms& terms) {
  if (earned_) {
    if (terms.consent && recent_bad(terms) < terms.bad_most) return move::none;
    // Trust is earned anew: what it did before counts no more.
    *this = {};
    return move::down;
  }
  const bool enough = answered_ >= terms.decisions_least && outcomes_ >= terms.decisions_least;
  if (!terms.consent || !enough || wilson_lower_bound(approved_, answered_) < terms.approvals ||
      wilson_lower_bound(good_, outcomes_) < terms.successes)
    return move::none;
  earned_ = true;
  recent_.clear();
  return move::up;
}

workflow::value earned_autonomy::document() const {
  using workflow::value;
  auto recent = value::empty_array();
  for (const bool bad : recent_) recent.push_back(bad);
  return value::object({{"earned", earned_},
                        {"approved", approved_},
                        {"answered", answered_},
                        {"good", good_},
                        {"outcomes", outcomes_},
                        {"recent_bad", recent}});
}

earned_autonomy earned_autonomy::from_document(const workflow::value& v) {
  earned_autonomy e;
  const auto count = [&](std::string_view name) {
    const auto n = v.get(name);
    return n.is_int() && n.as_int() > 0 ? static_cast<uint64_t>(n.as_int()) : 0;
  };
  e.approved_ = count("approved");
  e.answered_ = count("answered");
  e.good_ = count("good");
  e.outcomes_ = count("outcomes");
  const auto earned = v.get("earned");
  e.earned_ = earned.is_bool() && earned.as_bool();
  const auto recent = v.get("recent_bad");
  if (recent.is_array())
    for (const auto& bad : recent.items()) e.recent_.push_back(bad.is_bool() && bad.as_bool());
  return e;
}

std::string earned_autonomy::explain(const earning_terms& terms) const {
  std::array<char, 200> text{};
  const int size = std::snprintf(
      text.data(), text.size(),
      "%llu of %llu approved (at least %.3f with 95 %% confidence, %.3f wanted), %llu of %llu good "
      "(at least %.3f, %.3f wanted), %u bad lately (%u end it)",
      static_cast<unsigned long long>(approved_), static_cast<unsigned long long>(answered_),
      wilson_lower_bound(approved_, answered_), terms.approvals,
      static_cast<unsigned long long>(good_), static_cast<unsigned long long>(outcomes_),
      wilson_lower_bound(good_, outcomes_), terms.successes, recent_bad(terms), terms.bad_most);
  return {text.data(), static_cast<size_t>(std::clamp(size, 0, 199))};
}

} // namespace steward::governance
