#pragma once

#include "app/demo/http_session.hpp"

#include <vector>

namespace steward::app {

/// The calls that the demo makes, by what they are for. Each throws no_answer when the server stays
/// away, and unexpected_answer where a refusal makes no sense.
class salon_api {
public:
  explicit salon_api(http_session& http) : http_(&http) {}

  /// Whatever the answer is.
  http_answer ask(const char* method, const std::string& path, const workflow::value& body = {},
                  const std::string& key = {});
  /// The answer's body; unexpected_answer unless it is 2xx.
  workflow::value must(const char* method, const std::string& path,
                       const workflow::value& body = {}, const std::string& key = {});

  /// POST /actions/{name}
  http_answer act(const std::string& name, const workflow::value& body, const std::string& key);
  /// Every page of a list; `path` may have a query already. Of each page at most 200.
  std::vector<workflow::value> list(const std::string& path);
  /// All records of a collection as their data with `id` in them.
  std::vector<workflow::value> records(const std::string& collection);
  /// Puts documents that have their `id` in them, in batches.
  void put_records(const std::string& collection, const std::vector<workflow::value>& documents);
  /// Returns once everything that was due until then is done.
  void move_clock(const std::string& now);

  http_session& http() { return *http_; }

private:
  http_session* http_;
};

struct unexpected_answer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace steward::app
