#pragma once

#include "workflow/definition.hpp"

#include <span>

namespace steward::workflow::reader {

/// Why an operation can't be taken from a document: a sentence, and what was expected.
struct api_problem {
  std::string message, expected;
};

/// An OpenAPI 3.0 or 3.1 or Swagger 2.0 document and its operations. References (`$ref`) stay
/// inside the document and are followed a bounded number of times.
class api_document {
public:
  /// `uri` is where the document was, for servers that are given relative to it. Fails when it is
  /// no such document.
  static outcome<api_document, std::string> read(value content, std::string uri);

  /// By `operationId`.
  outcome<api_operation, api_problem> find(std::string_view operation_id) const;
  /// All of them that the document names, in order.
  std::vector<std::string_view> operation_ids() const;

private:
  enum class version : uint8_t { swagger_2, openapi_3 };
  api_document(version v, value content, std::string uri)
      : version_(v), content_(std::move(content)), uri_(std::move(uri)) {}

  version version_;
  value content_;
  std::string uri_;
};

} // namespace steward::workflow::reader
