#include "workflow/pointer.hpp"

namespace steward::workflow {

std::string escape_pointer_step(std::string_view key) {
  std::string out;
  for (char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out.push_back(c);
  }
  return out;
}

std::string unescape_pointer_step(std::string_view step) {
  std::string out;
  for (size_t i = 0; i < step.size(); ++i) {
    bool is_escape =
        step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1');
    out.push_back(is_escape ? (step[i + 1] == '0' ? '~' : '/') : step[i]);
    if (is_escape) ++i;
  }
  return out;
}

} // namespace steward::workflow
