#include "actors/agents/pack_source.hpp"

#include "actors/agents/pack_files.hpp"
#include "agents/pack.hpp"
#include "workflow/reader.hpp"

#include <map>
#include <stdexcept>

namespace steward {

namespace {

std::optional<workflow::value> read_own_pack(const std::string& name) {
  std::optional<workflow::value> document;
  for (const auto& file : pack_files()) {
    if (!file.name.starts_with(name + "/")) continue;
    const auto part = workflow::read_yaml(file.text);
    if (!part)
      throw std::runtime_error{"the pack file " + std::string{file.name} + " can't be read: line " +
                               std::to_string(part.error().front().line) + ": " +
                               part.error().front().message};
    if (!document) document = workflow::value::empty_object();
    agents::join_parts(*document, *part);
  }
  return document;
}

} // namespace

std::optional<workflow::value> own_pack(const std::string& name) {
  // They never change, and reading YAML takes a while.
  static const auto all = [] {
    std::map<std::string, workflow::value> read;
    for (const auto& each : own_packs()) read.emplace(each, *read_own_pack(each));
    return read;
  }();
  const auto at = all.find(name);
  return at == all.end() ? std::nullopt : std::optional{at->second};
}

std::vector<std::string> own_packs() {
  std::vector<std::string> names;
  for (const auto& file : pack_files()) {
    std::string name{file.name.substr(0, file.name.find('/'))};
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

} // namespace steward
