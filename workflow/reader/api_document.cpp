#include "workflow/reader/api_document.hpp"

#include "workflow/reader/api_operations.hpp"
#include "workflow/reader/nearest.hpp"

#include <array>

namespace steward::workflow::reader {

namespace {

constexpr std::array<std::string_view, 8> methods{"get",     "put",  "post",  "delete",
                                                  "options", "head", "patch", "trace"};
constexpr int longest_chain = 32; // of references that lead to references

std::string unescape(std::string_view step) {
  std::string out;
  for (size_t i = 0; i < step.size(); ++i) {
    auto next = i + 1 < step.size() ? step[i + 1] : '\0';
    if (step[i] == '~' && (next == '0' || next == '1')) {
      out += next == '0' ? '~' : '/';
      ++i;
    } else {
      out += step[i];
    }
  }
  return out;
}

/// The value at a JSON pointer, or null.
const value* find_pointer(const value& root, std::string_view pointer) {
  const auto* at = &root;
  while (at && pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    auto step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    at = at->is_object() ? at->find(unescape(step)) : nullptr;
  }
  return pointer.empty() ? at : nullptr;
}

} // namespace

const value& api_source::resolve(const value& v) const {
  static const value nothing;
  const auto* at = &v;
  for (int i = 0; i < longest_chain; ++i) {
    auto reference = at->is_object() ? at->find("$ref") : nullptr;
    if (!reference || !reference->is_string()) return *at;
    auto text = reference->as_string();
    at = text.starts_with('#') ? find_pointer(content, text.substr(1)) : nullptr;
    if (!at) return nothing;
  }
  return nothing;
}

const value& api_source::get(const value& object, std::string_view name) const {
  static const value nothing;
  auto found = object.is_object() ? object.find(name) : nullptr;
  return found ? resolve(*found) : nothing;
}

outcome<api_document, std::string> api_document::read(value content, std::string uri) {
  if (!content.is_object()) return failed{std::string{"it is no object"}};
  auto is = [&](std::string_view field, std::string_view begin) {
    auto found = content.find(field);
    return found && found->is_string() && found->as_string().starts_with(begin);
  };
  if (is("swagger", "2."))
    return api_document{version::swagger_2, std::move(content), std::move(uri)};
  if (is("openapi", "3.0") || is("openapi", "3.1"))
    return api_document{version::openapi_3, std::move(content), std::move(uri)};
  return failed{std::string{"it does not say that it is OpenAPI 3.0 or 3.1 or Swagger 2.0"}};
}

std::vector<std::string_view> api_document::operation_ids() const {
  std::vector<std::string_view> ids;
  auto source = api_source{content_, uri_};
  const auto& paths = source.get(content_, "paths");
  if (!paths.is_object()) return ids;
  for (const auto& path : paths.members()) {
    const auto& item = source.resolve(path.item);
    for (auto method : methods)
      if (const auto& id = source.get(source.get(item, method), "operationId"); id.is_string())
        ids.push_back(id.as_string());
  }
  return ids;
}

outcome<api_operation, api_problem> api_document::find(std::string_view operation_id) const {
  auto source = api_source{content_, uri_};
  const auto& paths = source.get(content_, "paths");
  for (size_t i = 0; paths.is_object() && i < paths.size(); ++i) {
    const auto& path = paths.members()[i];
    const auto& item = source.resolve(path.item);
    for (auto method : methods) {
      const auto& operation = source.get(item, method);
      const auto& id = source.get(operation, "operationId");
      if (!id.is_string() || id.as_string() != operation_id) continue;
      auto where = api_place{path.key.as_string(), method, item, operation};
      return version_ == version::swagger_2 ? read_swagger_operation(source, where)
                                            : read_openapi_operation(source, where);
    }
  }
  auto ids = operation_ids();
  return failed{api_problem{"the document \"" + uri_ + "\" has no operation \"" +
                                std::string{operation_id} + "\"" + suggestion(operation_id, ids),
                            ids.empty() ? "a document with operations" : enumerate(ids)}};
}

} // namespace steward::workflow::reader
