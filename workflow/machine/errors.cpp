#include "workflow/machine/errors.hpp"

#include "workflow/json.hpp"

#include <array>

namespace steward::workflow {

namespace {

constexpr std::string_view type_prefix =
    "https://open-workflow-specification.org/spec/1.0.0/errors/";

struct standard_type {
  std::string_view name;
  int64_t status;
  std::string_view title;
};
constexpr std::array standard_types{
    standard_type{"configuration", 400, "Configuration Error"},
    standard_type{"validation", 400, "Validation Error"},
    standard_type{"expression", 400, "Expression Error"},
    standard_type{"authentication", 401, "Authentication Error"},
    standard_type{"authorization", 403, "Authorization Error"},
    standard_type{"timeout", 408, "Timeout Error"},
    standard_type{"communication", 500, "Communication Error"},
    standard_type{"runtime", 500, "Runtime Error"},
};

/// The last path segment of a URI of the specification's families, or nothing.
std::string_view family_segment(std::string_view uri) {
  for (std::string_view scheme : {"https://", "http://"})
    if (uri.starts_with(scheme)) {
      uri.remove_prefix(scheme.size());
      break;
    }
  auto host_end = uri.find('/');
  if (host_end == uri.npos) return {};
  auto host = uri.substr(0, host_end);
  if (host != "serverlessworkflow.io" && host != "open-workflow-specification.org") return {};
  auto path = uri.substr(host_end);
  if (path.find("/errors/") == path.npos) return {};
  return path.substr(path.rfind('/') + 1);
}

std::string text_of(const value& v, std::string_view key) {
  auto found = v.find(key);
  return found && found->is_string() ? std::string{found->as_string()} : std::string{};
}

/// Bytes of the UTF-8 character that starts at `at`, or 0 if none does.
size_t character_length(std::string_view text, size_t at) {
  auto lead = static_cast<unsigned char>(text[at]);
  size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return length != 0 && at + length <= text.size() && is_utf8(text.substr(at, length)) ? length : 0;
}

} // namespace

std::string error_type(std::string_view name) {
  auto uri = std::string{type_prefix};
  uri += name;
  return uri;
}

value to_value(const run_error& e) {
  auto members = std::vector<member>{};
  members.emplace_back("type", value{e.type});
  members.emplace_back("status", value{e.status});
  if (!e.instance.empty()) members.emplace_back("instance", value{e.instance});
  if (!e.title.empty()) members.emplace_back("title", value{e.title});
  if (!e.detail.empty()) members.emplace_back("detail", value{e.detail});
  return value::object(std::move(members));
}

run_error run_error_from(const value& v) {
  auto e = run_error{};
  e.type = text_of(v, "type");
  if (auto status = v.find("status"); status && status->is_int()) e.status = status->as_int();
  e.instance = text_of(v, "instance");
  e.title = text_of(v, "title");
  e.detail = text_of(v, "detail");
  return e;
}

run_error standard_error(std::string_view name, std::string_view detail) {
  auto e = run_error{};
  e.type = error_type(name);
  for (const auto& known : standard_types)
    if (known.name == name) {
      e.status = known.status;
      e.title = known.title;
    }
  e.detail = detail;
  return e;
}

void fail_task(std::string_view name, std::string_view detail) {
  throw task_failure{standard_error(name, detail)};
}

bool same_error_type(std::string_view a, std::string_view b) {
  if (a == b) return true;
  auto last = family_segment(a);
  return !last.empty() && last == family_segment(b);
}

bool matches(const error_filter& filter, const run_error& e) {
  return (!filter.type || same_error_type(*filter.type, e.type)) &&
         (!filter.status || *filter.status == e.status) &&
         (!filter.instance || *filter.instance == e.instance) &&
         (!filter.title || *filter.title == e.title) &&
         (!filter.detail || *filter.detail == e.detail);
}

std::string safe_text(std::string_view text, size_t max_bytes) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  auto out = std::string{};
  for (size_t at = 0; at < text.size();) {
    auto length = character_length(text, at);
    auto piece = length == 0 ? replacement : text.substr(at, length);
    if (out.size() + piece.size() > max_bytes) break;
    out += piece;
    at += length == 0 ? 1 : length;
  }
  return out;
}

std::string_view to_string(run_status s) {
  switch (s) {
  case run_status::pending:
    return "pending";
  case run_status::running:
    return "running";
  case run_status::waiting:
    return "waiting";
  case run_status::suspended:
    return "suspended";
  case run_status::cancelled:
    return "cancelled";
  case run_status::faulted:
    return "faulted";
  case run_status::completed:
    return "completed";
  }
  return "unknown";
}

std::optional<run_status> run_status_from(std::string_view text) {
  for (auto s :
       {run_status::pending, run_status::running, run_status::waiting, run_status::suspended,
        run_status::cancelled, run_status::faulted, run_status::completed})
    if (to_string(s) == text) return s;
  return std::nullopt;
}

} // namespace steward::workflow
