#pragma once

#include "connectors/http_transport.hpp"
#include "tests/simulation/agenda.hpp"
#include "tests/simulation/dice.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace steward::simulation {

/// How a service misbehaves; one in so many, 0 never.
struct service_temper {
  uint64_t fails = 0;       ///< Answers 503 (at most three times in a row for one key).
  uint64_t silent = 0;      ///< Its answer never comes; the client gives up after `patience_us`.
  int64_t late_us = 50'000; ///< Answers take up to so long.
};

/// The outside world over HTTP: one service that remembers every request by its idempotency key and
/// answers a repeated one as it did the first.
class service {
public:
  static constexpr int64_t patience_us = 30'000'000;

  service(dice& chance, agenda& later, std::function<int64_t()> now_us)
      : chance_(chance), later_(later), now_us_(std::move(now_us)) {}

  service_temper temper;
  /// Each request as it arrives, with its Idempotency-Key.
  std::function<void(const connectors::http_order&, const std::string& key)> on_request;

  /// The connection of one client actor. `cut` is true once its process has crashed.
  std::unique_ptr<connectors::http_transport> connect(std::shared_ptr<bool> cut);

  struct memory {
    std::string method, url;
    std::optional<std::string> body;
    size_t requests = 0;
    unsigned failures = 0; ///< In a row, until it answered well.
  };
  const std::map<std::string, memory>& by_key() const { return by_key_; }

private:
  class line;
  struct request {
    std::shared_ptr<bool> cut;
    size_t line = 0;
    connectors::order_id id;
    connectors::http_completion done;
  };
  void arrived(request r, const connectors::http_order& order);
  void answer(uint64_t number, connectors::http_answer a);
  connectors::http_answer reply_to(memory& m, const connectors::http_order& order);

  dice& chance_;
  agenda& later_;
  std::function<int64_t()> now_us_;
  std::map<uint64_t, request> under_way_; ///< By number.
  std::map<std::string, memory> by_key_;
  uint64_t requests_ = 0;
  size_t lines_ = 0;
};

} // namespace steward::simulation
