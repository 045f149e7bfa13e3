#include "workflow/reader/catalogs.hpp"

#include "workflow/pointer.hpp"
#include "workflow/reader/addresses.hpp"
#include "workflow/reader/own_functions.hpp"
#include "workflow/reader/source.hpp"
#include "workflow/version.hpp"

#include <algorithm>

namespace steward::workflow::reader {

namespace {

/// The catalog's root address.
std::optional<std::string> read_catalog(reading& r, const place& where,
                                        const variable_scope& scope) {
  auto f = fields{r.problems, where, "a catalog", {"endpoint"}};
  auto endpoint = f.require("endpoint");
  auto address = endpoint ? read_constant_endpoint(r, *endpoint, scope) : std::nullopt;
  while (address && address->ends_with('/')) address->pop_back();
  return address;
}

struct function_name {
  std::string_view name, version, catalog;
};

std::optional<function_name> split(problem_list& problems, const place& reference) {
  auto text = reference.content().as_string();
  auto at = text.rfind('@');
  auto colon = std::min(text.find(':'), at);
  auto result =
      function_name{text.substr(0, colon), colon < at ? text.substr(colon + 1, at - colon - 1) : "",
                    text.substr(at + 1)};
  if (!result.name.empty() && !result.catalog.empty() &&
      result.name.find_first_of("/?#%{} ") == text.npos && is_version(result.version))
    return result;
  problems.at(reference, "\"" + std::string{text} + "\" names no function of a catalog",
              "name:version@catalog, such as log:1.0.0@global");
  return std::nullopt;
}

} // namespace

bool catalogs::is_reference(std::string_view call) { return call.find('@') != call.npos; }

std::optional<size_t> catalogs::find(reading& r, const place& reference,
                                     const variable_scope& scope) {
  using kind = reusables::kind;
  auto names = split(r.problems, reference);
  if (!names) return std::nullopt;
  if (names->catalog == "default" && !r.use.has(kind::catalog, "default")) {
    r.problems.at(reference, "Steward's own functions are called by their names alone",
                  "steward.approval, a function of use.functions, or of a catalog in use.catalogs");
    return std::nullopt;
  }
  auto catalog = r.use.find_named(r.problems, reference, kind::catalog, names->catalog);
  auto root = catalog ? read_catalog(r, *catalog, scope) : std::nullopt;
  if (!root) return std::nullopt;
  auto file = *root + "/functions/" + std::string{names->name} + "/" + std::string{names->version} +
              "/function.yaml";
  auto uri = raw_address(file);
  auto known = known_.find(uri);
  if (known == known_.end()) known = known_.emplace(uri, fetch(r, reference, uri)).first;
  return known->second;
}

std::optional<size_t> catalogs::find_own(reading& r, const place& reference) {
  const auto name = std::string{reference.content().as_string()};
  const auto key = "steward:" + name;
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  std::vector<source_problem> problems; // of our own text: none
  const auto tree = read_source(own_function(name), limits_, problems);
  return known_.emplace(key, tree ? read(r, reference, *tree, key) : std::nullopt).first->second;
}

std::optional<size_t> catalogs::fetch(reading& r, const place& reference, const std::string& uri) {
  auto tree = r.documents.find_tree(r.problems, reference, uri);
  if (!tree) return std::nullopt;
  return read(r, reference, *tree, uri);
}

/// Reads the function as a definition of its own: it sees nothing of this one.
std::optional<size_t> catalogs::read(reading& r, const place& reference, const source_node& tree,
                                     const std::string& from) {
  auto problems = problem_list{limits_.problems};
  auto use = reusables{problems, nullptr};
  auto inner = reading{problems, use, r.documents};
  auto scope = variable_scope{{"context", "input", "workflow", "runtime", "task"}};
  auto name = reference.content().as_string();
  auto pointer = "/use/catalogs/" + escape_pointer_step(name);
  auto function = read_alone(inner, place{tree, name, pointer}, scope);
  r.may_wait = r.may_wait || inner.may_wait;
  if (!problems.empty()) {
    for (const auto& p : std::move(problems).take())
      r.problems.at(reference,
                    "the function at \"" + from + "\" has a problem in line " +
                        std::to_string(p.line) + ", column " + std::to_string(p.column) + ": " +
                        p.message,
                    p.expected);
    return std::nullopt;
  }
  functions_.push_back(std::move(function));
  return first_ + functions_.size() - 1;
}

void check_catalogs(reading& r, const variable_scope& scope) {
  for (const auto& p : r.use.all(reusables::kind::catalog)) read_catalog(r, p, scope);
}

} // namespace steward::workflow::reader
