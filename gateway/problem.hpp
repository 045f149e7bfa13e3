#pragma once

#include "gateway/answer.hpp"
#include "messages/failure.hpp"
#include "messages/reply.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// Every error a client meets is one RFC 9457 document.
namespace steward::gateway {

struct problem {
  unsigned status = 500;
  std::string_view code;  ///< The last part of its type's URI; of static storage.
  std::string_view title; ///< Of static storage.
  std::string detail;
  std::vector<field_problem> errors;
  std::chrono::milliseconds retry_after{0}; ///< 0: not said. 429 and 503 say at least one second.
};

unsigned http_status(ec code);
problem from_failure(failure f);
/// `path` is the request's, without its query.
http_answer to_answer(problem p, std::string_view path);
/// What an actor answered, as HTTP.
http_answer to_answer(reply r, std::string_view path);

/// Appends `text` as a JSON string. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

} // namespace steward::gateway
