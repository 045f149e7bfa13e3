#include "workflow/schema/compiler.hpp"

#include "workflow/pointer.hpp"
#include "workflow/schema/uri.hpp"

#include <algorithm>
#include <charconv>

namespace steward::workflow::schema {

namespace {

constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";
constexpr uint32_t max_depth = 500;
constexpr size_t max_rules = 100'000;

using problem = json_schema::problem;

/// The member or element that one step of a pointer leads to, or null.
const value* follow(const value& from, const std::string& step) {
  if (from.is_object()) return from.find(step);
  if (!from.is_array()) return nullptr;
  size_t index = 0;
  auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  bool sound = error == std::errc{} && end == step.data() + step.size() && index < from.size();
  return sound ? &from.items()[index] : nullptr;
}

std::string_view need_text(const compiler::keyword& k) {
  if (!k.content.is_string()) throw problem{k.pointer, "must be a text"};
  return k.content.as_string();
}

} // namespace

outcome<program, json_schema::problem> compile(const value& source) {
  program result;
  result.source = source;
  try {
    compiler{result}.run();
  } catch (problem& p) {
    return failed{std::move(p)};
  }
  return result;
}

void compiler::run() {
  program_.resources.push_back({"", "", {}, {}});
  roots_.push_back(&program_.source);
  program_.root = add(program_.source, "", 0, 0);
  // Resolving can find subschemas in places that the first pass does not know, with references of
  // their own.
  for (size_t i = 0; i < references_.size(); ++i) {
    auto r = references_[i];
    auto found = resolve(r);
    auto& from = program_.rules[r.from];
    if (r.dynamic) {
      from.dynamic_ref = found.rule;
      from.dynamic_anchor = found.dynamic_anchor;
    } else {
      from.ref = found.rule;
    }
  }
}

rule_index compiler::add(const value& schema, std::string pointer, uint32_t resource,
                         uint32_t depth) {
  if (depth > max_depth) throw problem{pointer, "the schema is nested too deeply"};
  if (program_.rules.size() >= max_rules) throw problem{pointer, "the schema is too large"};
  auto index = static_cast<rule_index>(program_.rules.size());
  auto& into = program_.rules.emplace_back(); // a deque: stays where it is
  into.pointer = std::move(pointer);
  into.resource = resource;
  by_place_.emplace(&schema, index);
  if (schema.is_bool()) {
    into.fixed = schema.as_bool();
    return index;
  }
  if (!schema.is_object()) throw problem{into.pointer, "a schema must be an object, true or false"};
  read_identity(schema, into, depth);
  for (const auto& m : schema.members()) {
    auto name = m.key.as_string();
    auto found = readers().find(name);
    if (found == readers().end()) continue; // an annotation, as the standard says
    (this->*found->second)(
        {index, into, m.item, into.pointer + "/" + escape_pointer_step(name), depth});
  }
  return index;
}

/// `$id` first: it changes what the other keywords mean.
void compiler::read_identity(const value& schema, rule& into, uint32_t depth) {
  const auto* id = schema.find("$id");
  if (!id) return;
  auto where = into.pointer + "/$id";
  if (!id->is_string()) throw problem{where, "must be a text"};
  auto uri = resolve_uri(program_.resources[into.resource].uri, id->as_string());
  if (auto hash = uri.find('#'); hash != uri.npos) {
    if (hash + 1 < uri.size()) throw problem{where, "$id can't have a fragment"};
    uri.erase(hash);
  }
  if (depth == 0 && into.pointer.empty()) {
    program_.resources[0].uri = uri;
    return;
  }
  for (const auto& r : program_.resources)
    if (r.uri == uri) throw problem{where, "two schemas have the $id \"" + uri + "\""};
  into.resource = static_cast<uint32_t>(program_.resources.size());
  program_.resources.push_back({uri, into.pointer, {}, {}});
  roots_.push_back(&schema);
}

void compiler::register_anchor(const keyword& k, bool dynamic) {
  auto name = std::string{need_text(k)};
  auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  bool sound = !name.empty() && is_letter(name.front()) &&
               std::all_of(name.begin(), name.end(), [&](char c) {
                 return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
               });
  if (!sound) throw problem{k.pointer, "\"" + name + "\" can't be an anchor"};
  auto& r = program_.resources[k.into.resource];
  auto [known, is_new] = r.anchors.emplace(name, k.index);
  if (!is_new && known->second != k.index)
    throw problem{k.pointer, "two schemas have the anchor \"" + name + "\""};
  if (dynamic) r.dynamic_anchors.emplace(name, k.index);
}

void compiler::read_anchor(const keyword& k) { register_anchor(k, false); }
void compiler::read_dynamic_anchor(const keyword& k) { register_anchor(k, true); }

void compiler::read_ref(const keyword& k) {
  references_.push_back({k.index, std::string{need_text(k)}, false});
}
void compiler::read_dynamic_ref(const keyword& k) {
  references_.push_back({k.index, std::string{need_text(k)}, true});
}

void compiler::read_dialect(const keyword& k) {
  auto uri = need_text(k);
  if (uri.ends_with('#')) uri.remove_suffix(1);
  if (uri != dialect)
    throw problem{k.pointer, "the dialect \"" + std::string{uri} + "\" is not supported, only " +
                                 std::string{dialect}};
}

void compiler::refuse_keyword(const keyword& k) {
  auto name = k.pointer.substr(k.pointer.rfind('/') + 1);
  throw problem{k.pointer, "the keyword " + name + " of earlier drafts is not supported"};
}

compiler::target compiler::resolve(const reference& r) {
  const auto& from = program_.rules[r.from];
  auto where = from.pointer + (r.dynamic ? "/$dynamicRef" : "/$ref");
  auto full = resolve_uri(program_.resources[from.resource].uri, r.text);
  auto hash = std::min(full.find('#'), full.size());
  auto uri = full.substr(0, hash);
  auto fragment = decode_percent(std::string_view{full}.substr(std::min(hash + 1, full.size())));
  auto known = std::find_if(program_.resources.begin(), program_.resources.end(),
                            [&](const resource& x) { return x.uri == uri; });
  if (known == program_.resources.end())
    throw problem{where,
                  "the reference \"" + r.text + "\" leaves the document, which is not supported"};
  auto index = static_cast<uint32_t>(known - program_.resources.begin());
  if (fragment.empty() || fragment.front() == '/') return {find_pointer(index, fragment, r), {}};
  auto anchor = known->anchors.find(fragment);
  if (anchor == known->anchors.end())
    throw problem{where, "the reference \"" + r.text + "\" leads nowhere"};
  bool dynamic = r.dynamic && known->dynamic_anchors.contains(fragment);
  return {anchor->second, dynamic ? fragment : std::string{}};
}

rule_index compiler::find_pointer(uint32_t resource_index, std::string_view pointer,
                                  const reference& r) {
  const auto* at = roots_[resource_index];
  auto text = program_.resources[resource_index].pointer;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    auto step = unescape_pointer_step(pointer.substr(0, pointer.find('/')));
    pointer.remove_prefix(std::min(pointer.find('/'), pointer.size()));
    at = follow(*at, step);
    if (!at)
      throw problem{program_.rules[r.from].pointer + (r.dynamic ? "/$dynamicRef" : "/$ref"),
                    "the reference \"" + r.text + "\" leads nowhere"};
    text += "/" + escape_pointer_step(step);
    if (auto known = by_place_.find(at); known != by_place_.end())
      resource_index = program_.rules[known->second].resource;
  }
  auto known = by_place_.find(at);
  return known != by_place_.end() ? known->second : add(*at, text, resource_index, 1);
}

} // namespace steward::workflow::schema
