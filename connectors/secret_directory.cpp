#include "connectors/secret_directory.hpp"

#include "workflow/json.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace steward::connectors {

namespace {

constexpr uintmax_t largest = 1 << 20;

/// Nothing that leads out of the folder, and no hidden file: mounts keep their own there.
bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 253 && text.front() != '.' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_' || c == '.';
         });
}

std::optional<std::string> text_of(const std::filesystem::path& path) {
  std::error_code problem;
  // A pipe or a device would hold up whoever reads it; links are how mounts work.
  if (!std::filesystem::is_regular_file(path, problem)) return std::nullopt;
  if (const auto size = std::filesystem::file_size(path, problem); problem || size > largest)
    return std::nullopt;
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file || !workflow::is_utf8(text)) return std::nullopt;
  return text;
}

} // namespace

std::optional<workflow::value> secret_directory::read(const tenant_id& tenant,
                                                      const std::string& name) const {
  if (directory_.empty() || !is_name(tenant) || !is_name(name)) return std::nullopt;
  auto text = text_of(directory_ / tenant / name);
  if (!text) return std::nullopt;
  if (auto object = workflow::parse_json(*text); object && object->is_object()) return *object;
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  return workflow::value{*text};
}

secret_directory::found secret_directory::read_all(const tenant_id& tenant,
                                                   const std::vector<std::string>& names) const {
  found all{workflow::value::empty_object(), {}};
  for (const auto& name : names) {
    if (auto secret = read(tenant, name))
      all.secrets.set(name, *std::move(secret));
    else
      all.missing.push_back(name);
  }
  return all;
}

} // namespace steward::connectors
