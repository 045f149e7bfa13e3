#include "workflow/reader/addresses.hpp"

#include <algorithm>

namespace steward::workflow::reader {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The scheme in lower case; empty if there is none.
std::string scheme_of(std::string_view address) {
  auto end = address.find("://");
  std::string scheme{address.substr(0, end == address.npos ? 0 : end)};
  for (auto& c : scheme)
    if (is_letter(c)) c = static_cast<char>(c | 0x20);
  return scheme;
}

/// `{name}` only: what RFC 6570 calls level 1. The offset of the first thing that is not, and why.
std::optional<std::pair<size_t, std::string>> find_template_problem(std::string_view uri) {
  for (size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '}') return {{i, "\"}\" has no \"{\" before it"}};
    if (uri[i] != '{') continue;
    auto end = uri.find('}', i);
    if (end == uri.npos) return {{i, "\"{\" has no \"}\" after it"}};
    auto name = uri.substr(i + 1, end - i - 1);
    bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '%';
    });
    if (!plain) return {{i, "\"{" + std::string{name} + "}\" is no placeholder of this version"}};
    i = end;
  }
  return std::nullopt;
}

/// Where the path begins: after scheme and host.
size_t path_begin(std::string_view address) {
  auto host = address.find("://");
  auto end = address.find_first_of("/?#", host == address.npos ? 0 : host + 3);
  return std::min(end, address.size());
}

/// Takes the steps `.` and `..` out of a path.
std::string without_dots(std::string_view path) {
  std::string out;
  for (size_t at = 0; at < path.size();) {
    auto end = std::min(path.find('/', at + 1), path.size());
    auto step = path.substr(at, end - at);
    if (step == "/..")
      out.erase(std::min(out.rfind('/'), out.size()));
    else if (step != "/.")
      out += step;
    if ((step == "/.." || step == "/.") && end == path.size()) out += '/';
    at = end;
  }
  return out;
}

/// The steps of the path after the host.
std::vector<std::string_view> path_steps(std::string_view address) {
  std::vector<std::string_view> steps;
  auto path = address.substr(path_begin(address));
  while (!path.empty()) {
    path.remove_prefix(1);
    auto end = std::min(path.find('/'), path.size());
    if (end > 0) steps.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return steps;
}

std::string join(std::string out, const std::vector<std::string_view>& steps, size_t from,
                 size_t to) {
  for (size_t i = from; i < std::min(to, steps.size()); ++i) out.append("/").append(steps[i]);
  return out;
}

} // namespace

bool check_address(problem_list& problems, const place& where) {
  auto address = where.content().as_string();
  auto scheme = scheme_of(address);
  if (scheme == "http" || scheme == "https") return true;
  problems.at(where, "\"" + std::string{address} + "\" is no http or https address",
              "an address such as https://example.com/pets/{petId}, or ${ ... }");
  return false;
}

void check_uri_template(problem_list& problems, const place& where) {
  if (!check_address(problems, where)) return;
  if (auto problem = find_template_problem(where.content().as_string()))
    problems.in_text(where, problem->first, problem->second, "{name}, a field of the task's input");
}

std::string resolve_address(std::string_view base, std::string_view reference) {
  if (!scheme_of(reference).empty()) return std::string{reference};
  if (reference.starts_with("//"))
    return std::string{base.substr(0, base.find("//"))}.append(reference);
  auto begin = path_begin(base);
  auto host = std::string{base.substr(0, begin)};
  if (reference.starts_with('/')) return host + without_dots(reference);
  auto path = base.substr(begin);
  path = path.substr(0, std::min(path.find_first_of("?#"), path.size()));
  if (reference.empty()) return host.append(path);
  auto folder = path.substr(0, path.rfind('/') + 1);
  return host + without_dots(std::string{folder.empty() ? "/" : folder}.append(reference));
}

std::string raw_address(std::string_view address) {
  auto begin = path_begin(address);
  auto host = address.substr(0, begin);
  auto steps = path_steps(address);
  if (steps.size() < 2) return std::string{address};
  if (host == "https://github.com") {
    auto shown = steps.size() > 3 && (steps[2] == "tree" || steps[2] == "blob");
    auto raw = join("https://raw.githubusercontent.com", steps, 0, 2);
    raw += shown ? "/refs/heads/" + std::string{steps[3]} : "/refs/heads/main";
    return join(std::move(raw), steps, shown ? 4 : 2, steps.size());
  }
  if (host == "https://gitlab.com") {
    auto dash = static_cast<size_t>(std::find(steps.begin(), steps.end(), "-") - steps.begin());
    if (dash + 1 < steps.size() && (steps[dash + 1] == "tree" || steps[dash + 1] == "blob"))
      return join(join(std::string{host}, steps, 0, dash) + "/-/raw", steps, dash + 2,
                  steps.size());
  }
  return std::string{address};
}

} // namespace steward::workflow::reader
