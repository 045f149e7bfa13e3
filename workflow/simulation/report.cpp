#include "workflow/simulation/report.hpp"

#include "workflow/simulation/life.hpp"

#include <algorithm>
#include <cstdio>

namespace steward::workflow::simulation {

namespace {

constexpr size_t shown_trace = 200;
constexpr size_t shown_failures = 10;

std::string name_of(const workflow_ref& ref) {
  return ref.namespace_ + "/" + ref.name + " " + ref.version;
}

std::string percent_text(double percent) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f", percent);
  return text;
}

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string place_of(const coverage::item& i) {
  auto text = i.pointer.empty() ? std::string{"the workflow"} : i.pointer;
  return i.kind == "case" ? text + ", " + i.name : text;
}

void add_outcomes(std::string& out, const simulation_report& r) {
  out += "\noutcomes\n";
  for (const auto& [name, count] : r.outcomes)
    out += "  " + padded(std::to_string(count.seeds), 7) + padded(name, 44) + " such as seed " +
           std::to_string(count.first) + "\n";
}

void add_coverage(std::string& out, const simulation_report& r) {
  out += "\ncoverage: " + percent_text(r.coverage_percent) + " %\n";
  for (const auto& i : r.reached)
    out += "  " + padded(i.reached == 0 ? "NEVER" : std::to_string(i.reached), 9) +
           padded(std::string{i.kind}, 10) + place_of(i) + "\n";
}

void add_failures(std::string& out, const simulation_report& r, const report_options& o) {
  if (r.failing.empty()) return;
  out += "\nfailed\n";
  for (size_t i = 0; i < std::min(r.failing.size(), shown_failures); ++i) {
    out += "  seed " + std::to_string(r.failing[i].seed) + ": " + r.failing[i].outcome + "\n";
    for (const auto& p : r.failing[i].problems) out += "    " + p + "\n";
    out += "    replay: " + o.replay + std::to_string(r.failing[i].seed) + "\n";
  }
  if (r.failing.size() > shown_failures)
    out += "  and " + std::to_string(r.failing.size() - shown_failures) + " more\n";
}

void add_trace(std::string& out, const simulation_report& r) {
  if (r.trace.empty()) return;
  auto seed = r.failing.empty() ? r.first_seed : r.failing[0].seed;
  out += "\nseed " + std::to_string(seed) + ", step by step\n";
  auto skipped = r.trace.size() - std::min(r.trace.size(), shown_trace);
  if (skipped > 0) out += "  (the first " + std::to_string(skipped) + " lines are left out)\n";
  for (auto i = skipped; i < r.trace.size(); ++i) out += "  " + r.trace[i] + "\n";
}

} // namespace

bool is_good(const simulation_report& r, const report_options& o) {
  return r.failing.empty() && r.coverage_percent >= o.require_coverage;
}

std::string to_text(const simulation_report& r, const report_options& o) {
  auto out = name_of(r.workflow) + ": " + std::to_string(r.seeds) + " seeds, " +
             (r.failing.empty() ? "none failed" : std::to_string(r.failing.size()) + " failed") +
             "; " + offset_text(r.virtual_us) + " of virtual time, " +
             std::to_string(r.journal_entries) + " journal entries, " + std::to_string(r.faults) +
             " faults, " + std::to_string(r.crashes) + " crashes\n";
  add_outcomes(out, r);
  add_coverage(out, r);
  if (r.coverage_percent < o.require_coverage)
    out += "  less than the " + percent_text(o.require_coverage) + " % that are required\n";
  add_failures(out, r, o);
  add_trace(out, r);
  return out;
}

value to_value(const simulation_report& r, const report_options& o) {
  auto texts = [](const std::vector<std::string>& from) {
    auto list = value::empty_array();
    for (const auto& text : from) list.push_back(value{text});
    return list;
  };
  auto outcomes = value::empty_array(), items = value::empty_array(),
       failures = value::empty_array();
  for (const auto& [name, count] : r.outcomes)
    outcomes.push_back(value::object({{"outcome", value{name}},
                                      {"seeds", value{count.seeds}},
                                      {"firstSeed", value{count.first}}}));
  for (const auto& i : r.reached)
    items.push_back(value::object({{"kind", value{i.kind}},
                                   {"task", value{i.pointer}},
                                   {"name", value{i.name}},
                                   {"reached", value{i.reached}}}));
  for (const auto& f : r.failing)
    failures.push_back(value::object({{"seed", value{f.seed}},
                                      {"outcome", value{f.outcome}},
                                      {"problems", texts(f.problems)},
                                      {"replay", value{o.replay + std::to_string(f.seed)}}}));
  return value::object({{"workflow", value::object({{"namespace", value{r.workflow.namespace_}},
                                                    {"name", value{r.workflow.name}},
                                                    {"version", value{r.workflow.version}}})},
                        {"good", value{is_good(r, o)}},
                        {"firstSeed", value{r.first_seed}},
                        {"seeds", value{r.seeds}},
                        {"virtualSeconds", value{r.virtual_us / 1'000'000}},
                        {"journalEntries", value{r.journal_entries}},
                        {"steps", value{r.steps}},
                        {"faults", value{r.faults}},
                        {"crashes", value{r.crashes}},
                        {"outcomes", std::move(outcomes)},
                        {"coverage", value::object({{"percent", value{r.coverage_percent}},
                                                    {"required", value{o.require_coverage}},
                                                    {"items", std::move(items)}})},
                        {"failures", std::move(failures)},
                        {"trace", texts(r.trace)}});
}

} // namespace steward::workflow::simulation
