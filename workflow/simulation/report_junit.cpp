#include "workflow/simulation/life.hpp"
#include "workflow/simulation/report.hpp"

namespace steward::workflow::simulation {

namespace {

/// Text as XML 1.0 may hold it: what it can't, even escaped, becomes a question mark.
std::string escaped(std::string_view text) {
  auto out = std::string{};
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\n')
      out += "&#10;";
    else
      out += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? '?' : c;
  }
  return out;
}

std::string test_case(const std::string& suite, const std::string& name) {
  return "  <testcase classname=\"" + suite + "\" name=\"" + name + "\"";
}

std::string failure(const std::string& message, const std::string& text) {
  return ">\n    <failure message=\"" + escaped(message) + "\">" + escaped(text) +
         "</failure>\n  </testcase>\n";
}

} // namespace

std::string to_junit(const simulation_report& r, const report_options& o) {
  auto suite = escaped(r.workflow.namespace_ + "/" + r.workflow.name);
  auto covered = r.coverage_percent >= o.require_coverage;
  auto cases = std::string{};
  auto failing = r.failing.begin();
  for (auto seed = r.first_seed; seed - r.first_seed < r.seeds; ++seed) {
    cases += test_case(suite, "seed " + std::to_string(seed));
    if (failing == r.failing.end() || failing->seed != seed) {
      cases += "/>\n";
      continue;
    }
    auto text = failing->outcome + "\n";
    for (const auto& p : failing->problems) text += p + "\n";
    text += "replay: " + o.replay + std::to_string(seed) + "\n";
    if (failing == r.failing.begin())
      for (const auto& line : r.trace) text += line + "\n";
    cases += failure(failing->problems.front(), text);
    ++failing;
  }
  auto missed = std::string{};
  for (const auto& i : r.reached)
    if (i.reached == 0)
      missed += "never: " + std::string{i.kind} + " " + i.pointer + " " + i.name + "\n";
  cases += test_case(suite, "coverage");
  cases += covered ? "/>\n" : failure("not everything that is required was reached", missed);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"" + suite + "\" tests=\"" +
         std::to_string(r.seeds + 1) + "\" failures=\"" +
         std::to_string(r.failing.size() + (covered ? 0 : 1)) + "\">\n" + cases + "</testsuite>\n";
}

} // namespace steward::workflow::simulation
