#include "messages/failure.hpp"

namespace steward {

std::string_view to_string(ec code) {
  switch (code) {
  case ec::none:
    return "none";
  case ec::invalid_request:
    return "invalid-request";
  case ec::invalid_definition:
    return "invalid-definition";
  case ec::unprocessable:
    return "unprocessable";
  case ec::not_found:
    return "not-found";
  case ec::conflict:
    return "conflict";
  case ec::overloaded:
    return "overloaded";
  case ec::unavailable:
    return "unavailable";
  case ec::forbidden:
    return "forbidden";
  case ec::corrupt_data:
    return "corrupt-data";
  case ec::shutting_down:
    return "shutting-down";
  case ec::expression:
    return "expression";
  case ec::precondition_failed:
    return "precondition-failed";
  }
  return "unknown";
}

} // namespace steward
