#pragma once

#include "workflow/value.hpp"

#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace steward::app {

/// What the server answered; `body` is null unless it is JSON.
struct http_answer {
  long status = 0;
  workflow::value body;
  std::string text;
  bool ok() const { return status >= 200 && status < 300; }
};

/// Raised when a call got no usable answer in all the time allowed.
struct no_answer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One kept connection to a Steward server, for a client that must not lose anything when the
/// server goes away for a while: a call that meets a broken connection, 429 or 503 is sent again,
/// the same in every byte (so also with the same Idempotency-Key), for up to `patience`. Not for
/// several threads.
class http_session {
public:
  /// `base` as in http://127.0.0.1:8080; without a key nothing is sent of one.
  http_session(std::string base, std::string key,
               std::chrono::milliseconds patience = std::chrono::seconds{60});

  /// Throws no_answer. Any answer that is not 429 or 503 is returned, whatever its status. A null
  /// body sends none. `path` begins with a slash.
  http_answer call(const char* method, const std::string& path, const workflow::value& body = {},
                   const std::string& idempotency_key = {});

  /// Told whenever a call is about to be tried again; what it throws ends the call.
  std::function<void()> on_retry;
  /// The server is somewhere else now.
  void move_to(std::string base) { base_ = std::move(base); }

  uint64_t calls() const { return calls_; }
  uint64_t retries() const { return retries_; }

private:
  struct transfer;
  bool try_once(const transfer& what, http_answer& answer, std::chrono::milliseconds& wait);

  std::string base_, key_;
  std::chrono::milliseconds patience_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
  uint64_t calls_ = 0, retries_ = 0;
};

/// A text as a part of a query or path.
std::string url_quoted(std::string_view text);

} // namespace steward::app
