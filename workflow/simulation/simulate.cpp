#include "workflow/simulation/simulate.hpp"

#include "workflow/simulation/generated.hpp"
#include "workflow/simulation/judge.hpp"

namespace steward::workflow::simulation {

namespace {

/// Not every seed has every fault: those with one kind only show what many together hide.
scenario as_seed_has_it(const scenario& s, uint64_t seed) {
  auto own = s;
  auto d = dice{seed, "rates"};
  auto vary = [&d](double& rate) {
    constexpr double factors[] = {0, 0.3, 1, 1, 3};
    rate = std::min(rate < 1 ? 0.9 : 1.0, rate * factors[d.below(std::size(factors))]);
  };
  for (auto rate : {&fault_rates::server_error, &fault_rates::timeout, &fault_rates::unreachable,
                    &fault_rates::slow, &fault_rates::broken_json, &fault_rates::duplicate,
                    &fault_rates::early, &fault_rates::late, &fault_rates::out_of_order,
                    &fault_rates::crash, &fault_rates::suspend, &fault_rates::cancel})
    vary(own.faults.*rate);
  return own;
}

} // namespace

seed_report simulate_seed(const std::shared_ptr<const definition>& d, const scenario& s,
                          uint64_t seed, const simulation_options& o, coverage* reached) {
  auto world = world_options{};
  world.seed = seed;
  world.trace = o.trace;
  world.faults = is_quiet(seed) ? fault_classes{false, false, false, false} : o.faults;
  auto draw = dice{seed, "input"};
  auto input = s.inputs.empty() ? make_input(*d, draw) : s.inputs[seed % s.inputs.size()];
  auto report = seed_report{};
  report.seed = seed;
  report.life = live(d, as_seed_has_it(s, seed), input, world, reached);
  report.outcome = outcome_of(report.life);
  report.problems = judge(report.life, s.expect ? &*s.expect : nullptr);
  return report;
}

simulation_report simulate(const std::shared_ptr<const definition>& d, const scenario& s,
                           const simulation_options& o) {
  auto report = simulation_report{};
  auto reached = coverage{d};
  report.workflow = d->ref;
  report.first_seed = o.first_seed;
  report.seeds = o.seeds;
  for (auto seed = o.first_seed; seed - o.first_seed < o.seeds; ++seed) {
    auto one = simulate_seed(d, s, seed, o, &reached);
    report.faults += one.life.faults;
    report.crashes += one.life.crashes;
    report.journal_entries += one.life.journal_entries;
    report.steps += one.life.steps;
    report.virtual_us += one.life.lasted_us;
    auto [count, first] = report.outcomes.try_emplace(one.outcome);
    if (first) count->second.first = seed;
    ++count->second.seeds;
    if (o.trace && o.seeds == 1) report.trace = one.life.trace;
    if (one.problems.empty()) continue;
    one.life = {}; // what is told of it was counted
    report.failing.push_back(std::move(one));
  }
  if (!report.failing.empty() && report.trace.empty()) {
    auto again = o;
    again.trace = true;
    report.trace = simulate_seed(d, s, report.failing[0].seed, again, nullptr).life.trace;
  }
  report.reached = reached.items();
  report.coverage_percent = reached.percent();
  return report;
}

} // namespace steward::workflow::simulation
