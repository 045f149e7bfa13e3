#define CAF_SUITE bg_nbd

#include "intelligence/customers/bg_nbd.hpp"

#include "caf/test/dsl.hpp"
#include "intelligence/customers/gamma_gamma.hpp"
#include "intelligence/statistics/minimize.hpp"
#include "intelligence/statistics/special_functions.hpp"

#include <algorithm>
#include <cmath>
#include <random>

using namespace steward::intelligence::customers;
using namespace steward::intelligence::statistics;

namespace {

// The published fit to the 1/10 sample of CDNOW.
constexpr bg_nbd cdnow{0.243, 4.414, 0.793, 2.426};

bool near(double a, double b, double tolerance) {
  if (std::abs(a - b) <= tolerance) return true;
  CAF_MESSAGE("" << a << " is not " << b);
  return false;
}

/// Visits of one customer of the model, told by weeks; `from` on they are counted apart.
struct history {
  visit_summary seen;
  double later = 0;
};

template <class Random>
history live(const bg_nbd& m, double weeks, double more, Random& random) {
  const auto rate = std::gamma_distribution<double>{m.r, 1 / m.alpha}(random);
  const auto u = std::gamma_distribution<double>{m.a, 1}(random);
  const auto v = std::gamma_distribution<double>{m.b, 1}(random);
  const auto leaving = u / (u + v);
  history h;
  h.seen.age_weeks = weeks;
  double t = 0;
  for (;;) {
    t += std::exponential_distribution<double>{std::max(rate, 1e-12)}(random);
    if (t > weeks + more) return h;
    if (t <= weeks) {
      h.seen.repeats += 1;
      h.seen.last_week = t;
    } else {
      h.later += 1;
    }
    if (std::uniform_real_distribution<double>{}(random) < leaving) return h;
  }
}

} // namespace

CAF_TEST(the hypergeometric function agrees with closed forms) {
  for (double z : {0.0, 0.1, 0.5, 0.9, 0.99}) {
    if (z > 0) CAF_CHECK(near(hypergeometric_2f1(1, 1, 2, z), -std::log1p(-z) / z, 1e-12));
    CAF_CHECK(near(hypergeometric_2f1(3, 2, 2, z) * std::pow(1 - z, 3), 1, 1e-12));
    CAF_CHECK(near(hypergeometric_2f1(-2, 3, 4, z), 1 - 1.5 * z + 0.6 * z * z, 1e-13));
    CAF_CHECK(near(hypergeometric_2f1(0.5, 0.5, 1.5, z * z) * z, std::asin(z), 1e-10));
  }
  // Far beyond what a double holds.
  CAF_CHECK(near(log_hypergeometric_2f1(2000, 3, 3, 0.9), 2000 * std::log(10), 1e-8));
  CAF_CHECK(std::isnan(hypergeometric_2f1(1, 1, 0, 0.5)));
  CAF_CHECK(std::isnan(hypergeometric_2f1(1, 1, 2, 1)));
  CAF_CHECK(std::isnan(hypergeometric_2f1(1, 1, 2, -0.5)));
}

CAF_TEST(the simplex method finds the bottom of a valley) {
  const auto found = minimize(
      [](const std::vector<double>& v) {
        return 100 * std::pow(v[1] - v[0] * v[0], 2) + std::pow(1 - v[0], 2);
      },
      {-1.2, 1});
  CAF_CHECK(found.settled);
  CAF_CHECK(near(found.at[0], 1, 1e-4));
  CAF_CHECK(near(found.at[1], 1, 1e-4));
  const auto nowhere = minimize([](const auto&) { return std::nan(""); }, {1, 2, 3});
  CAF_CHECK_EQUAL(nowhere.at.size(), 3u);
}

CAF_TEST(expectations have the published values) {
  // Fader and Hardie, "Implementing the BG/NBD Model in Excel": customer 0001, the next 39 weeks.
  const visit_summary first{2, 30.43, 38.86, 0};
  CAF_CHECK(near(cdnow.expected_visits(first, 39), 1.226, 0.0005));
  CAF_CHECK(near(cdnow.expected_visits({0, 0, 38.86, 0}, 0), 0, 0));
  CAF_CHECK_EQUAL(cdnow.probability_active({0, 0, 38.86, 0}), 1.0);
  // Equation 10's factor, by hand: 1 / (1 + a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x)).
  const auto odds = 0.793 / 3.426 * std::pow((4.414 + 38.86) / (4.414 + 30.43), 2.243);
  CAF_CHECK(near(cdnow.probability_active(first), 1 / (1 + odds), 1e-12));
}

CAF_TEST(expectations are what simulated customers do) {
  for (const auto& m :
       {cdnow, bg_nbd{1.5, 9, 0.6, 3.4}, bg_nbd{0.8, 3, 1, 2}, bg_nbd{2, 5, 0.3, 0.4}}) {
    std::mt19937_64 random{7};
    double sum = 0;
    const int n = 200'000;
    for (int i = 0; i < n; ++i) sum += live(m, 0, 30, random).later;
    CAF_CHECK(near(m.expected_visits({}, 30) / (sum / n), 1, 0.02));
    double expected = 0, happened = 0, active_visits = 0, visited = 0;
    for (int i = 0; i < 20'000; ++i) {
      const auto h = live(m, 20, 15, random);
      expected += m.expected_visits(h.seen, 15);
      happened += h.later;
      active_visits += m.probability_of_visit(h.seen, 15);
      visited += h.later > 0;
    }
    CAF_CHECK(near(expected / happened, 1, 0.05));
    CAF_CHECK(near(active_visits / visited, 1, 0.04));
  }
}

CAF_TEST(nothing breaks at the edges of the formula) {
  for (double a : {0.2, 1 - 1e-9, 1.0, 1 + 1e-9, 5.0})
    for (double b : {0.1, 0.8, 30.0})
      for (double x : {0.0, 1.0, 40.0, 5000.0})
        for (double weeks : {1e-6, 1.0, 52.0, 1e5}) {
          const bg_nbd m{0.5, 4, a, b};
          const visit_summary c{x, x > 0 ? 90.0 : 0.0, 100, 0};
          const auto e = m.expected_visits(c, weeks);
          CAF_CHECK(std::isfinite(e) && e >= 0);
          CAF_CHECK(e <= (0.5 + x) / 104 * weeks * 1.0001); // as if nobody left
          const auto p = m.probability_of_visit(c, weeks);
          CAF_CHECK(p >= 0 && p <= 1);
          CAF_CHECK(p <= e * 1.0001 + 1e-12); // Markov
        }
  const bg_nbd below{2, 5, 0.9999999, 2}, at{2, 5, 1, 2}, above{2, 5, 1.0000001, 2};
  const visit_summary c{3, 10, 12, 0};
  CAF_CHECK(near(below.expected_visits(c, 50), at.expected_visits(c, 50), 1e-5));
  CAF_CHECK(near(above.expected_visits(c, 50), at.expected_visits(c, 50), 1e-5));
}

CAF_TEST(a fit finds the parameters that customers were made with) {
  for (const auto& truth : {cdnow, bg_nbd{1.5, 9, 0.6, 3.4}}) {
    std::mt19937_64 random{11};
    std::vector<visit_summary> customers;
    for (int i = 0; i < 20'000; ++i) customers.push_back(live(truth, 30 + i % 20, 0, random).seen);
    const auto fit = fit_bg_nbd(customers);
    CAF_CHECK(fit.settled);
    CAF_CHECK_EQUAL(fit.customers, 20'000);
    CAF_CHECK(near(fit.model.r / truth.r, 1, 0.1));
    CAF_CHECK(near(fit.model.alpha / truth.alpha, 1, 0.1));
    CAF_CHECK(near((fit.model.a / (fit.model.a + fit.model.b)) / (truth.a / (truth.a + truth.b)), 1,
                   0.1));
    double at_truth = 0, each = 0;
    for (const auto& c : customers) {
      at_truth += truth.log_likelihood(c);
      each += fit.model.log_likelihood(c);
    }
    CAF_CHECK_LESS_OR_EQUAL(at_truth, fit.log_likelihood);
    CAF_CHECK(near(each, fit.log_likelihood, 1e-6 * std::abs(each)));
    std::shuffle(customers.begin(), customers.end(), random);
    CAF_CHECK(fit_bg_nbd(customers).model == fit.model);
  }
}

CAF_TEST(few customers leave the prior as it is) {
  CAF_CHECK(fit_bg_nbd({}).model == salon_prior);
  std::vector<visit_summary> once(500, {0, 0, 20, 0});
  CAF_CHECK(fit_bg_nbd(once).model == salon_prior);
  const auto one = fit_bg_nbd(std::vector<visit_summary>{{3, 18, 20, 0}}).model;
  CAF_CHECK(one.plausible());
  CAF_CHECK(near(one.r / one.alpha, salon_prior.r / salon_prior.alpha, 0.05));
}

CAF_TEST(impossible customers are left out) {
  const auto nan = std::nan("");
  const auto inf = INFINITY;
  std::vector<visit_summary> odd{{nan, 1, 2, 0}, {1, 3, 2, 0},   {-1, 0, 2, 0},   {1, 1, inf, 0},
                                 {0, 1, 2, 0},   {1, nan, 2, 0}, {1, -1, 2, nan}, {0, 0, -1, 0}};
  CAF_CHECK(group(odd).empty());
  CAF_CHECK(fit_bg_nbd(odd).model == salon_prior);
  // Everybody the same: no likelihood to speak of, but an answer.
  CAF_CHECK(fit_bg_nbd(std::vector<visit_summary>(5000, {50, 50, 50, 0})).model.plausible());
  CAF_CHECK(fit_gamma_gamma(odd).model.plausible());
  CAF_CHECK(fit_gamma_gamma(std::vector<visit_summary>(500, {2, 5, 6, 10.0})).model.plausible());
  CAF_CHECK(fit_gamma_gamma(std::vector<visit_summary>{{2, 5, 6, 1e300}, {1, 5, 6, 1e-300}})
                .model.plausible());
}

CAF_TEST(a value has the published expectation) {
  // The published fit to CDNOW: p 6.25, q 3.74, gamma 15.44; an average of 35.22 a visit.
  const gamma_gamma m{6.25, 3.74, 15.44};
  CAF_CHECK(near(m.population_mean(), 35.22, 0.01));
  CAF_CHECK_EQUAL(m.expected_value({0, 0, 38, 0}), m.population_mean());
  // The note's weights: (q - 1) / (p x + q - 1) of the population's mean, the rest of the
  // customer's.
  const auto weight = 2.74 / (6.25 * 2 + 2.74);
  CAF_CHECK(near(m.expected_value({2, 30.43, 38.86, 22.35}),
                 weight * m.population_mean() + (1 - weight) * 22.35, 1e-9));
}

CAF_TEST(a fit of values finds what they were made with) {
  const gamma_gamma truth{6.25, 3.74, 15.44};
  std::mt19937_64 random{3};
  std::vector<visit_summary> customers;
  for (int i = 0; i < 20'000; ++i) {
    const auto scale = std::gamma_distribution<double>{truth.q, 1 / truth.gamma}(random);
    const auto x = 1.0 + i % 5;
    customers.push_back(
        {x, 1, 2, std::gamma_distribution<double>{truth.p * x, 1 / (scale * x)}(random)});
  }
  const auto fit = fit_gamma_gamma(customers);
  CAF_CHECK(fit.settled);
  CAF_CHECK(near(fit.model.p / truth.p, 1, 0.1));
  CAF_CHECK(near(fit.model.q / truth.q, 1, 0.1));
  CAF_CHECK(near(fit.model.population_mean() / truth.population_mean(), 1, 0.03));
  for (auto& c : customers) c.mean_value *= 1e6; // another currency
  CAF_CHECK(near(fit_gamma_gamma(customers).model.p / fit.model.p, 1, 0.01));
}
