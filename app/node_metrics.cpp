#include "app/node_metrics.hpp"

#include <prometheus/metric_family.h>

namespace steward::app {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily one(std::string name, std::string help, MetricType type, double value) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  auto& metric = family.metric.emplace_back();
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return family;
}

MetricFamily counter(std::string name, std::string help, const std::atomic<uint64_t>& value) {
  return one(std::move(name), std::move(help), MetricType::Counter,
             static_cast<double>(value.load()));
}

MetricFamily gauge(std::string name, std::string help, const std::atomic<int64_t>& value) {
  return one(std::move(name), std::move(help), MetricType::Gauge,
             static_cast<double>(value.load()));
}

class node_collector final : public prometheus::Collectable {
public:
  explicit node_collector(std::shared_ptr<node> n) : node_(std::move(n)) {}

  std::vector<MetricFamily> Collect() const override {
    const auto& c = node_->counters;
    return {
        counter("steward_runs_started_total", "Runs accepted.", c.runs_started),
        counter("steward_runs_completed_total", "Runs that completed.", c.runs_completed),
        counter("steward_runs_faulted_total", "Runs that faulted.", c.runs_faulted),
        counter("steward_runs_cancelled_total", "Runs that were cancelled.", c.runs_cancelled),
        counter("steward_runs_quarantined_total", "Runs given up because they broke their actor.",
                c.runs_quarantined),
        counter("steward_runs_replayed_total", "Runs rebuilt from their journal.", c.runs_replayed),
        gauge("steward_runs_awake", "Run actors alive.", c.runs_awake),
        gauge("steward_timers_armed", "Durable timers pending.", c.timers_armed),
        counter("steward_commits_total", "Group commits.", c.commits),
        counter("steward_batches_total", "Batches committed or refused in groups.", c.batches),
        one("steward_commit_seconds_total", "Time spent in commits.", MetricType::Counter,
            static_cast<double>(c.commit_us.load()) / 1e6),
        counter("steward_commit_failures_total", "Batches the store could not write.",
                c.commit_failures),
        counter("steward_actor_crashes_total", "Actors that ended abnormally.", c.actor_crashes),
        counter("steward_actor_restarts_total", "Restarts by supervisors.", c.actor_restarts),
    };
  }

private:
  std::shared_ptr<node> node_;
};

} // namespace

std::shared_ptr<prometheus::Collectable> node_metrics(std::shared_ptr<node> n) {
  return std::make_shared<node_collector>(std::move(n));
}

} // namespace steward::app
