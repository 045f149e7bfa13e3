#pragma once

#include "config/settings.hpp"
#include "connectors/http_transport.hpp"

#include <memory>
#include <string>

namespace steward::connectors {

/// HTTP over libcurl, on one thread of its own that carries all requests at once.
///
/// HTTP/2 where TLS offers it, TLS 1.2 or newer, certificates always verified, proxies of the
/// environment ignored, connections kept and shared. Requests to one host take turns with those to
/// others: at most `per_host` of one are under way, at most `concurrent` of all. `timeout` counts
/// from the moment a request's turn comes, over all redirects.
///
/// Fails an order (never throws): address or header that may not be sent, name not resolved,
/// refused, broken off, not HTTP, certificate not trusted, answer larger than `response_bytes`, too
/// slow (`timed_out`), more than 10 redirects; and at once, from inside `send`, when `concurrent +
/// queue` orders are open already.
class curl_transport final : public http_transport {
public:
  /// `user_agent` is sent unless an order has its own. Throws if libcurl can't be started.
  curl_transport(config::http_client_settings settings, std::string user_agent);
  /// Drops what is under way and joins the thread.
  ~curl_transport() override;

  void send(http_order order, http_completion done) override;
  void cancel(const order_id& id) override;

  /// Connections opened so far; for metrics and tests.
  uint64_t connections_opened() const;

private:
  class loop;
  std::unique_ptr<loop> loop_;
};

} // namespace steward::connectors
