#include "workflow/reader/api_operations.hpp"

#include "workflow/api_parameters.hpp"

#include <algorithm>

namespace steward::workflow::reader {

namespace {

bool is_json(std::string_view media_type) {
  auto plain = media_type.substr(0, media_type.find(';'));
  return plain == "application/json" || plain.ends_with("+json") || plain == "*/*";
}

constexpr int deepest_composition = 8; // of allOf within allOf

void collect_members(const api_source& source, const value& schema, int depth,
                     std::vector<std::string_view>& names,
                     std::vector<std::string_view>& required) {
  const auto& resolved = source.resolve(schema);
  if (!resolved.is_object() || depth > deepest_composition) return;
  if (const auto& properties = source.get(resolved, "properties"); properties.is_object())
    for (const auto& m : properties.members()) {
      const auto& property = source.resolve(m.item);
      if (source.get(property, "readOnly") != value{true}) names.push_back(m.key.as_string());
    }
  if (const auto& list = source.get(resolved, "required"); list.is_array())
    for (const auto& name : list.items())
      if (name.is_string()) required.push_back(name.as_string());
  if (const auto& parts = source.get(resolved, "allOf"); parts.is_array())
    for (const auto& part : parts.items())
      collect_members(source, part, depth + 1, names, required);
}

} // namespace

outcome<std::vector<value>, api_problem> merge_parameters(const api_source& source,
                                                          const api_place& where) {
  std::vector<value> merged;
  for (const auto* holder : {&where.item, &where.operation}) {
    const auto& list = source.get(*holder, "parameters");
    if (!list.is_array()) continue;
    for (const auto& written : list.items()) {
      const auto& p = source.resolve(written);
      const auto &name = source.get(p, "name"), &in = source.get(p, "in");
      if (!name.is_string() || !in.is_string())
        return failed{api_problem{"a parameter of the operation has no name or no place", ""}};
      auto same = std::ranges::find_if(merged, [&](const value& other) {
        return source.get(other, "name") == name && source.get(other, "in") == in;
      });
      if (same != merged.end())
        *same = p;
      else
        merged.push_back(p);
    }
  }
  return merged;
}

api_operation begin_operation(const api_source& source, const api_place& where) {
  api_operation result;
  result.id = source.get(where.operation, "operationId").as_string();
  result.method = where.method;
  for (auto& c : result.method) c = static_cast<char>(c & ~0x20);
  return result;
}

std::string join_path(std::string server, std::string_view path) {
  while (server.ends_with('/')) server.pop_back();
  if (!path.starts_with('/')) server += '/';
  return server.append(path);
}

std::string choose_media_type(const std::vector<std::string>& offered) {
  auto pick = [&](auto fits) -> const std::string* {
    auto found = std::ranges::find_if(offered, fits);
    return found != offered.end() ? &*found : nullptr;
  };
  auto begins = [](std::string_view start) {
    return [start](const std::string& type) { return type.starts_with(start); };
  };
  if (pick(begins("application/json"))) return "application/json";
  if (auto found = pick(is_json)) return *found == "*/*" ? "application/json" : *found;
  if (auto found = pick(begins("application/x-www-form-urlencoded"))) return *found;
  if (auto found = pick(begins("multipart/form-data"))) return *found;
  if (auto found = pick(begins("text/"))) return *found;
  return offered.empty() ? "application/json" : offered.front();
}

void add_members(const api_source& source, const value& schema, api_operation& into) {
  std::vector<std::string_view> names, required;
  collect_members(source, schema, 0, names, required);
  for (auto name : names) {
    auto known = find_parameter(into, name);
    if (known && known->in != api_operation::place::body) continue;
    // A member that is called as the whole body is comes first.
    if (known) std::erase_if(into.parameters, [&](const auto& p) { return p.name == name; });
    auto is_required = std::ranges::find(required, name) != required.end();
    into.parameters.push_back(
        {std::string{name}, api_operation::place::form, is_required, "form", true});
  }
}

} // namespace steward::workflow::reader
