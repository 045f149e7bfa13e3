#pragma once

#include "connectors/curl_transport.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace steward::testing {

using namespace std::chrono_literals;

/// A transport with short timeouts and a place where answers are waited for.
class transport_probe {
public:
  static config::http_client_settings quick() {
    config::http_client_settings s;
    s.connect_timeout = 2s;
    s.timeout = 10s;
    return s;
  }
  explicit transport_probe(config::http_client_settings settings = quick())
      : transport(settings, "steward/test") {}

  static connectors::http_order get(std::string url) {
    connectors::http_order order;
    order.method = "GET";
    order.url = std::move(url);
    return order;
  }

  /// Sends it under an id of its own, which it answers.
  uint64_t start(connectors::http_order order) {
    const auto effect = ++last_;
    order.id.effect = effect;
    transport.send(std::move(order), [this, effect](connectors::http_answer a) {
      const std::lock_guard guard{mutex_};
      answers_.emplace(effect, std::move(a));
      arrived_.notify_all();
    });
    return effect;
  }
  std::optional<connectors::http_answer> wait(uint64_t effect, std::chrono::milliseconds time) {
    std::unique_lock lock{mutex_};
    if (!arrived_.wait_for(lock, time, [&] { return answers_.contains(effect); })) return {};
    return answers_.at(effect);
  }
  connectors::http_answer finish(uint64_t effect) {
    auto answer = wait(effect, 30s);
    return answer ? *answer : connectors::http_answer::failure("the test got no answer");
  }
  connectors::http_answer perform(connectors::http_order order) {
    return finish(start(std::move(order)));
  }
  connectors::http_answer fetch(std::string url) { return perform(get(std::move(url))); }
  size_t answered() {
    const std::lock_guard guard{mutex_};
    return answers_.size();
  }
  void cancel(uint64_t effect) { transport.cancel({{}, effect}); }

private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<uint64_t, connectors::http_answer> answers_;
  uint64_t last_ = 0;

public:
  connectors::curl_transport transport; ///< Last: completions use what is above.
};

} // namespace steward::testing
