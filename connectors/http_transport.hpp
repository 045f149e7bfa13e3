#pragma once

#include "messages/effects.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The outside world over HTTP: what sends requests, behind an interface, so that tests and the
/// simulation can put another world in its place.
namespace steward::connectors {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Names a request while it is under way: the run and the effect that wants it.
struct order_id {
  run_id run;
  effect_id effect = 0;
  friend auto operator<=>(const order_id&, const order_id&) = default;
};

struct http_order {
  order_id id;
  std::string method; ///< Upper case.
  std::string url;    ///< http or https, without credentials.
  header_list headers;
  std::optional<std::string> body;
  bool follow_redirects = false;
  tenant_id tenant = {}; ///< Whose call it is: tokens of one are not for another.
  /// How the request authenticates (connectors/authentication.hpp). Empty: as it is.
  std::string authentication = {};
  /// User and password, when the service may ask for digest authentication.
  std::optional<std::pair<std::string, std::string>> digest = {};
};

/// How a request ended: with an answer of any status, or with a reason why there is none.
struct http_answer {
  bool answered = false;
  bool timed_out = false;
  int status = 0;
  header_list headers; ///< Names in lower case; repeated ones joined, except set-cookie.
  std::string body;    ///< Decompressed bytes.
  std::string reason;  ///< For people, when not answered. No credentials, no query.
  /// The specification's error type, when the failure is none of communication: "authentication",
  /// "authorization".
  std::string error = {};

  static http_answer failure(std::string why, std::string error = {}) {
    return {.answered = false,
            .timed_out = false,
            .status = 0,
            .headers = {},
            .body = {},
            .reason = std::move(why),
            .error = std::move(error)};
  }
};

/// Called once, on any thread, also from inside `send`; must not block and must not throw.
using http_completion = std::function<void(http_answer)>;

/// Thread-safe. The destructor drops what is under way without completing it.
class http_transport {
public:
  virtual ~http_transport() = default;
  /// Sends the request. An order whose id is under way already is not sent again: its completion
  /// takes the place of the first one's.
  virtual void send(http_order order, http_completion done) = 0;
  /// The request is no longer wanted: its completion is not called, unless it just was. Unknown ids
  /// are ignored.
  virtual void cancel(const order_id& id) = 0;
};

} // namespace steward::connectors

template <>
struct std::hash<steward::connectors::order_id> {
  size_t operator()(const steward::connectors::order_id& id) const noexcept {
    return std::hash<steward::run_id>{}(id.run) * 31 + std::hash<uint64_t>{}(id.effect);
  }
};
