#define CAF_SUITE noshow

#include "caf/test/dsl.hpp"
#include "intelligence/noshow/model.hpp"
#include "intelligence/statistics/metrics.hpp"
#include "intelligence/statistics/special_functions.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

using namespace steward::intelligence;
using namespace steward::intelligence::noshow;
using namespace steward::intelligence::statistics;

namespace {

struct sample {
  feature_table table;
  std::vector<uint8_t> happened;
  std::vector<double> truth;
};

/// What happens depends on a number, a category, their combination, and on what is not known.
sample synthetic(size_t rows, uint64_t seed) {
  std::mt19937_64 random{seed};
  const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  sample s;
  const auto x = s.table.add_number("x");
  const auto noise = s.table.add_number("noise");
  const auto word = s.table.add_category("word");
  for (size_t i = 0; i < rows; ++i) {
    s.table.add_row();
    const auto value = unit();
    const auto which = random() % 12;
    const auto unknown = random() % 10 == 0;
    if (!unknown) s.table.set(x, value);
    s.table.set(noise, unit());
    s.table.set(word, std::string_view{std::string(1, static_cast<char>('a' + which))});
    auto odds = -2.0 + (unknown ? 2 : 3 * std::abs(value - 0.5) * (which % 3 == 0 ? 2 : 0.3));
    odds += which % 4 == 1 ? 1.2 : 0;
    s.truth.push_back(logistic(odds));
    s.happened.push_back(unit() < s.truth.back() ? 1 : 0);
  }
  return s;
}

} // namespace

CAF_TEST(the area under the curve counts pairs) {
  const std::vector<double> scores{0.1, 0.4, 0.4, 0.8};
  CAF_CHECK_EQUAL(area_under_curve(scores, std::vector<uint8_t>{0, 0, 1, 1}), 0.875);
  CAF_CHECK_EQUAL(area_under_curve(scores, std::vector<uint8_t>{1, 1, 0, 0}), 0.125);
  CAF_CHECK_EQUAL(area_under_curve(scores, std::vector<uint8_t>{1, 1, 1, 1}), 0.5);
  CAF_CHECK(std::isnan(area_under_curve({}, {})));
  CAF_CHECK_EQUAL(brier_score(std::vector<double>{1, 0.5}, std::vector<uint8_t>{1, 0}), 0.125);
  CAF_CHECK_LESS(log_loss(std::vector<double>{0}, std::vector<uint8_t>{1}), 28.0);
}

CAF_TEST(trees learn what depends on numbers and words and on what is not known) {
  const auto train = synthetic(12'000, 1);
  const auto test = synthetic(8'000, 2);
  const auto model = risk_model::train(train.table, train.happened);
  const auto risks = model.risks(test.table);
  const auto best = area_under_curve(test.truth, test.happened);
  CAF_CHECK_LESS(best - 0.012, area_under_curve(risks, test.happened));
  CAF_CHECK_LESS(brier_score(risks, test.happened), brier_score(test.truth, test.happened) + 0.005);
  CAF_CHECK_LESS(calibration_error(risks, test.happened), 0.025);
}

CAF_TEST(training is the same for the same seed and rows) {
  const auto s = synthetic(3'000, 3);
  const auto model = risk_model::train(s.table, s.happened, {.seed = 5});
  CAF_CHECK(model == risk_model::train(s.table, s.happened, {.seed = 5}));
  CAF_CHECK(!(model == risk_model::train(s.table, s.happened, {.seed = 6})));
}

CAF_TEST(noise is not learned) {
  auto s = synthetic(3'000, 4);
  std::mt19937_64 random{9};
  std::shuffle(s.happened.begin(), s.happened.end(), random);
  const auto model = risk_model::train(s.table, s.happened);
  double share = 0;
  for (auto h : s.happened) share += h / 3000.0;
  for (auto risk : model.risks(synthetic(500, 5).table))
    CAF_CHECK_LESS(std::abs(risk - share), 0.1);
}

CAF_TEST(one row by name is the same as in a table and takes microseconds) {
  const auto s = synthetic(20'000, 6);
  const auto model = risk_model::train(s.table, s.happened);
  const auto risks = model.risks(s.table);
  const auto& columns = s.table.columns();
  const auto begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < 2000; ++i) {
    const std::vector<risk_model::cell> row{
        {columns[0].cells[i], {}},
        {columns[1].cells[i], {}},
        {missing, columns[2].words[static_cast<size_t>(columns[2].cells[i])]}};
    CAF_REQUIRE_EQUAL(model.risk(row), risks[i]);
  }
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  CAF_MESSAGE("a prediction with its check takes " << took.count() / 2000 << " us");
  CAF_CHECK(model.risk({}) > 0 && model.risk({}) < 1);
  const std::vector<risk_model::cell> strange{{INFINITY, {}}, {-INFINITY, {}}, {0, "never seen"}};
  CAF_CHECK(model.risk(strange) > 0 && model.risk(strange) < 1);
}

CAF_TEST(with little history the share that missed stands in) {
  feature_table table;
  const auto past = table.add_number("past");
  const auto missed = table.add_number("past_missed");
  CAF_CHECK_LESS(std::abs(risk_model::train(table, {}).risk({}) - 0.1), 1e-9); // the prior
  std::vector<uint8_t> happened;
  for (int i = 0; i < 100; ++i) {
    table.add_row();
    table.set(past, 0);
    table.set(missed, 0.0);
    happened.push_back(i % 2 ? 1 : 0);
  }
  const auto model = risk_model::train(table, happened);
  CAF_CHECK_EQUAL(model.trees(), 0u);
  const auto risk = [&](double n, double m) {
    return model.risk(std::vector<risk_model::cell>{{n, {}}, {m, {}}});
  };
  CAF_CHECK_LESS(std::abs(risk(0, 0) - 52.0 / 120), 1e-9);
  CAF_CHECK_LESS(risk(10, 0), risk(2, 0));
  CAF_CHECK_LESS(risk(2, 0), risk(0, 0));
  CAF_CHECK_LESS(risk(0, 0), risk(2, 2));
  CAF_CHECK(risk(-5, 7) > 0 && risk(1, 1e300) < 1);
}

CAF_TEST(a model survives being written and read) {
  for (size_t rows : {100u, 3'000u, 25'000u}) { // the prior, Platt, isotonic
    const auto s = synthetic(rows, 7);
    const auto model = risk_model::train(s.table, s.happened);
    const auto text = model.to_json();
    const auto read = risk_model::from_json(text);
    CAF_REQUIRE(read.ok());
    CAF_CHECK(read.value() == model);
    CAF_CHECK(read.value().risks(s.table) == model.risks(s.table));
    CAF_CHECK(read.value().to_json() == text);
  }
}

CAF_TEST(a damaged model is refused or safe) {
  const auto s = synthetic(400, 8);
  const auto text = risk_model::train(s.table, s.happened).to_json();
  CAF_CHECK(!risk_model::from_json("").ok());
  CAF_CHECK(!risk_model::from_json("{}").ok());
  CAF_CHECK(!risk_model::from_json("{\"kind\":\"no_show_model\",\"version\":2}").ok());
  std::mt19937_64 random{10};
  for (int round = 0; round < 400; ++round) {
    auto damaged = text;
    for (auto n = 1 + random() % 3; n > 0; --n)
      damaged[random() % damaged.size()] = "0123456789-.,[]{}\"tfn"[random() % 21];
    if (round % 4 == 0) damaged.resize(random() % damaged.size());
    const auto read = risk_model::from_json(damaged);
    if (!read) continue;
    for (auto risk : read.value().risks(s.table)) CAF_REQUIRE(risk > 0 && risk < 1);
  }
}

CAF_TEST(tables that say nothing make models that say the rate) {
  feature_table none;
  std::vector<uint8_t> happened;
  for (int i = 0; i < 1000; ++i) {
    none.add_row();
    happened.push_back(i % 4 == 0 ? 1 : 0);
  }
  CAF_CHECK_LESS(std::abs(risk_model::train(none, happened).risk({}) - 0.25), 0.03);
  feature_table constant;
  const auto c = constant.add_number("c");
  const auto nan = constant.add_number("nan");
  const auto inf = constant.add_number("inf");
  constant.add_category("never");
  for (int i = 0; i < 1000; ++i) {
    constant.add_row();
    constant.set(c, 5);
    constant.set(nan, missing);
    constant.set(inf, INFINITY);
  }
  for (auto risk : risk_model::train(constant, happened).risks(constant))
    CAF_CHECK_LESS(std::abs(risk - 0.25), 0.03);
}

CAF_TEST(calibration makes scores say what happens) {
  std::mt19937_64 random{12};
  std::vector<double> scores;
  std::vector<uint8_t> happened;
  for (int i = 0; i < 20'000; ++i) {
    const auto score = static_cast<double>(random() % 8000) / 1000 - 4;
    scores.push_back(score);
    const auto p = logistic(0.5 * score - 1); // the scores are too sure and too high
    happened.push_back(static_cast<double>(random() >> 11) * 0x1p-53 < p ? 1 : 0);
  }
  const auto platt = calibrate_platt(scores, happened);
  CAF_CHECK_LESS(std::abs(platt.slope - 0.5), 0.03);
  CAF_CHECK_LESS(std::abs(platt.offset + 1), 0.05);
  const auto isotonic = calibrate_isotonic(scores, happened);
  double last = 0;
  for (double score = -6; score < 6; score += 0.01) {
    const auto p = isotonic.probability(score);
    CAF_CHECK(p >= last && p > 0 && p < 1);
    last = p;
    if (std::abs(score) < 3.5) CAF_CHECK_LESS(std::abs(p - logistic(0.5 * score - 1)), 0.08);
  }
}

CAF_TEST(calibration of a handful or of nonsense stays a probability) {
  CAF_CHECK_EQUAL(calibrate_platt({}, {}).probability(0), 0.5);
  CAF_CHECK_EQUAL(calibrate_isotonic({}, {}).probability(0), 0.5);
  for (uint8_t all : {uint8_t{0}, uint8_t{1}}) {
    const std::vector<double> scores{1, 2, 3};
    const std::vector<uint8_t> same(3, all);
    for (const auto& c : {calibrate_platt(scores, same), calibrate_isotonic(scores, same)})
      for (double s : {-1e9, 0.0, 2.0, 1e9}) {
        const auto p = c.probability(s);
        CAF_CHECK(p >= 0 && p <= 1);
      }
  }
  // Scores the wrong way round tell nothing.
  std::vector<double> scores;
  std::vector<uint8_t> happened;
  for (int i = 0; i < 100; ++i) {
    scores.push_back(i);
    happened.push_back(i < 30 ? 1 : 0);
  }
  const auto c = calibrate_platt(scores, happened);
  CAF_CHECK_EQUAL(c.slope, 0.0);
  CAF_CHECK_LESS(std::abs(c.probability(50) - 0.3), 0.02);
}
