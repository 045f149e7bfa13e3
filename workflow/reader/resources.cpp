#include "workflow/reader/resources.hpp"

#include "workflow/reader/addresses.hpp"
#include "workflow/reader/source.hpp"
#include "workflow/reader/tasks.hpp"

namespace steward::workflow::reader {

const std::string* resources::find(problem_list& problems, const place& where,
                                   const std::string& uri) {
  if (auto known = texts_.find(uri); known != texts_.end()) return &known->second;
  auto refuse = [&](const std::string& why) {
    problems.at(where, "the document \"" + uri + "\" can't be read: " + why,
                "a document that can be fetched now");
    return nullptr;
  };
  if (!source_) return refuse("nothing is fetched here");
  auto fetched = source_->fetch(uri);
  if (!fetched) return refuse(fetched.error());
  bytes_ += fetched->size();
  if (bytes_ > limits_.resource_bytes)
    return refuse("all documents together are larger than " +
                  std::to_string(limits_.resource_bytes) + " bytes");
  return &texts_.emplace(uri, *std::move(fetched)).first->second;
}

const source_node* resources::find_tree(problem_list& problems, const place& where,
                                        const std::string& uri) {
  if (auto known = trees_.find(uri); known != trees_.end()) return &known->second;
  auto text = find(problems, where, uri);
  if (!text) return nullptr;
  auto limits = limits_;
  limits.bytes = limits_.resource_bytes;
  limits.nodes = limits_.resource_nodes;
  std::vector<source_problem> found;
  auto tree = read_source(*text, limits, found);
  if (tree && found.empty()) return &trees_.emplace(uri, *std::move(tree)).first->second;
  const auto& first = found.front();
  problems.at(where, "the document \"" + uri + "\" is neither JSON nor YAML: " + first.message +
                         " (line " + std::to_string(first.at.line) + ", column " +
                         std::to_string(first.at.column) + ")");
  return nullptr;
}

const api_document* resources::find_api(problem_list& problems, const place& where,
                                        const std::string& uri) {
  if (auto known = apis_.find(uri); known != apis_.end()) return &known->second;
  auto tree = find_tree(problems, where, uri);
  if (!tree) return nullptr;
  auto read = api_document::read(tree->content, uri);
  if (read) return &apis_.emplace(uri, *std::move(read)).first->second;
  problems.at(where, "the document \"" + uri + "\" can't be used: " + read.error(),
              "an OpenAPI 3.0 or 3.1 or Swagger 2.0 document");
  return nullptr;
}

namespace {

/// The place of the text that says where, in an endpoint of either form.
std::optional<place> find_address(reading& r, const place& where, const variable_scope& scope,
                                  std::optional<place>& authentication) {
  if (where.content().is_string()) return where;
  auto f = fields{r.problems, where, "an endpoint", {"uri", "authentication"}};
  authentication = f.get("authentication");
  if (authentication) read_authentication_or_use(r, *authentication, scope);
  return f.require("uri");
}

} // namespace

std::optional<std::string> read_constant_endpoint(reading& r, const place& where,
                                                  const variable_scope& scope) {
  std::optional<place> authentication;
  auto address = find_address(r, where, scope, authentication);
  if (authentication)
    r.problems.at_key(*authentication,
                      "documents are fetched without authentication in this version",
                      "an address that needs none");
  if (!address || !read_text(r.problems, *address, "an endpoint")) return std::nullopt;
  auto text = address->content().as_string();
  if (text.find("${") != text.npos || text.find('{') != text.npos) {
    r.problems.at(*address,
                  "the document is fetched when the definition is read, so its address can't "
                  "depend on a run",
                  "a constant address");
    return std::nullopt;
  }
  return check_address(r.problems, *address) ? std::optional{std::string{text}} : std::nullopt;
}

std::optional<std::string> read_resource(reading& r, const place& where,
                                         const variable_scope& scope) {
  auto f = fields{r.problems, where, "a resource", {"name", "endpoint"}};
  f.text("name");
  auto endpoint = f.require("endpoint");
  return endpoint ? read_constant_endpoint(r, *endpoint, scope) : std::nullopt;
}

void check_resource(reading& r, const place& where, const variable_scope& scope) {
  auto f = fields{r.problems, where, "a resource", {"name", "endpoint"}};
  f.text("name");
  if (auto endpoint = f.require("endpoint")) check_endpoint(r, *endpoint, scope);
}

void check_endpoint(reading& r, const place& where, const variable_scope& scope) {
  std::optional<place> authentication;
  auto address = find_address(r, where, scope, authentication);
  if (address && read_text(r.problems, *address, "an endpoint"))
    read_template(r.problems, *address, scope);
}

} // namespace steward::workflow::reader
