#include "gateway/metrics.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace steward::gateway {

namespace {

constexpr std::array<std::string_view, 4> methods{"GET", "HEAD", "POST", "other"};
static_assert(request_metrics::routes_max >= static_cast<size_t>(operation::get_openapi) + 1);

using labels = std::vector<prometheus::ClientMetric::Label>;

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type) {
  prometheus::MetricFamily out;
  out.name = std::move(name);
  out.help = std::move(help);
  out.type = type;
  return out;
}

void add(prometheus::MetricFamily& to, labels names, double value) {
  prometheus::ClientMetric m;
  m.label = std::move(names);
  m.counter.value = m.gauge.value = value; // the family's type decides which is shown
  to.metric.push_back(std::move(m));
}

std::string route_name(size_t route) {
  return route < routes().size() ? std::string{routes()[route].id} : "none";
}

void add_latency(prometheus::MetricFamily& to, const request_metrics::per_route& counts,
                 size_t route) {
  prometheus::ClientMetric m;
  m.label = {{"route", route_name(route)}};
  uint64_t so_far = 0;
  for (size_t i = 0; i < counts.latency.size(); ++i) {
    so_far += counts.latency[i].load(std::memory_order_relaxed);
    const bool last = i == request_metrics::bounds.size();
    m.histogram.bucket.push_back(
        {so_far, last ? std::numeric_limits<double>::infinity() : request_metrics::bounds[i]});
  }
  if (so_far == 0) return;
  m.histogram.sample_count = so_far;
  m.histogram.sample_sum =
      static_cast<double>(counts.latency_ns_sum.load(std::memory_order_relaxed)) / 1e9;
  to.metric.push_back(std::move(m));
}

void add_requests(std::vector<prometheus::MetricFamily>& out, const request_metrics& requests) {
  auto count =
      family("steward_http_requests_total", "Answered requests.", prometheus::MetricType::Counter);
  auto latency = family("steward_http_request_seconds",
                        "From the whole request to the answer, the caller's own wait included.",
                        prometheus::MetricType::Histogram);
  for (size_t r = 0; r <= request_metrics::routes_max; ++r) {
    const auto& counts = requests.at(r);
    for (size_t m = 0; m < methods.size(); ++m)
      for (size_t digit = 1; digit < 6; ++digit)
        if (const auto n = counts.requests[m][digit].load(std::memory_order_relaxed); n > 0)
          add(count,
              {{"route", route_name(r)},
               {"method", std::string{methods[m]}},
               {"status", std::to_string(digit) + "xx"}},
              static_cast<double>(n));
    add_latency(latency, counts, r);
  }
  out.push_back(std::move(count));
  out.push_back(std::move(latency));
}

void add_server(std::vector<prometheus::MetricFamily>& out, const server_counters& c) {
  const auto one = [&](std::string name, std::string help, prometheus::MetricType type,
                       auto value) {
    auto f = family(std::move(name), std::move(help), type);
    add(f, {}, static_cast<double>(value));
    out.push_back(std::move(f));
  };
  using type = prometheus::MetricType;
  one("steward_http_connections", "Connections open now.", type::Gauge, c.connections.load());
  one("steward_http_connections_accepted_total", "Connections accepted.", type::Counter,
      c.accepted.load());
  one("steward_http_connections_refused_total", "Connections past the limit.", type::Counter,
      c.refused.load());
  one("steward_feed_readers", "Readers of the feed now.", type::Gauge, c.feed_readers.load());
  one("steward_feed_readers_dropped_total", "Readers the feed has ended, slow ones mostly.",
      type::Counter, c.feed_dropped.load());
}

void add_doors(std::vector<prometheus::MetricFamily>& out, const doors& tenants) {
  auto refused = family("steward_admission_refused_total", "Requests refused at a tenant's door.",
                        prometheus::MetricType::Counter);
  auto in_flight = family("steward_admission_in_flight", "Requests admitted and not yet answered.",
                          prometheus::MetricType::Gauge);
  for (const auto& d : tenants.all()) {
    add(refused, {{"tenant", d->tenant()}}, static_cast<double>(d->refused()));
    add(in_flight, {{"tenant", d->tenant()}}, static_cast<double>(d->in_flight()));
  }
  out.push_back(std::move(refused));
  out.push_back(std::move(in_flight));
}

} // namespace

request_metrics::request_metrics() = default;

void request_metrics::add(uint16_t route, std::string_view method, unsigned status,
                          std::chrono::nanoseconds took) {
  auto& r = routes_[std::min<size_t>(route, routes_max)];
  const size_t m = method == "GET" ? 0 : method == "HEAD" ? 1 : method == "POST" ? 2 : 3;
  r.requests[m][std::min<size_t>(status / 100, 5)].fetch_add(1, std::memory_order_relaxed);
  const auto seconds = static_cast<double>(took.count()) / 1e9;
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin();
  r.latency[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  r.latency_ns_sum.fetch_add(static_cast<uint64_t>(std::max<int64_t>(0, took.count())),
                             std::memory_order_relaxed);
}

std::string metrics_text(const request_metrics& requests, const server_counters* server,
                         const doors& tenants, prometheus::Collectable* others) {
  std::vector<prometheus::MetricFamily> families;
  add_requests(families, requests);
  if (server != nullptr) add_server(families, *server);
  add_doors(families, tenants);
  if (others != nullptr)
    for (auto& f : others->Collect()) families.push_back(std::move(f));
  return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace steward::gateway
