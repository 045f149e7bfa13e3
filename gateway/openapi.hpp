#pragma once

#include <string>
#include <string_view>

namespace steward::gateway {

/// The OpenAPI 3.1 document of the routes that exist, as JSON text. Paths, methods and parameters
/// come from the table of routes; what they mean comes from openapi_operations.cpp.
std::string openapi_document(std::string_view version);

/// Pieces of the document, as JSON text.
std::string_view openapi_operations(); ///< {operationId: {summary, description, requestBody, ...}}
std::string_view openapi_agent_operations();
std::string_view openapi_schemas(); ///< components
std::string_view openapi_agent_components();

} // namespace steward::gateway
