#include "workflow/simulation/scenario.hpp"

#include <re2/re2.h>

namespace steward::workflow::simulation {

bool call_match::matches(std::string_view called_method, std::string_view called_url) const {
  if (!method.empty() && method != called_method) return false;
  return !pattern || re2::RE2::FullMatch({called_url.data(), called_url.size()}, *pattern);
}

outcome<std::shared_ptr<const re2::RE2>, std::string> compile_url_pattern(std::string_view text) {
  auto source = std::string{};
  if (text.size() > 1 && text.front() == '/' && text.back() == '/') {
    source = "(?s:.*)(?:" + std::string{text.substr(1, text.size() - 2)} + ")(?s:.*)";
  } else {
    for (;;) {
      auto star = text.find('*');
      auto literal = text.substr(0, star);
      source += re2::RE2::QuoteMeta({literal.data(), literal.size()});
      if (star == text.npos) break;
      source += ".*";
      text.remove_prefix(star + 1);
    }
  }
  auto options = re2::RE2::Options{};
  options.set_log_errors(false);
  auto compiled = std::make_shared<re2::RE2>(source, options);
  if (!compiled->ok()) return failed{compiled->error()};
  return std::shared_ptr<const re2::RE2>{std::move(compiled)};
}

} // namespace steward::workflow::simulation
