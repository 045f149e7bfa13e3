#include "app/node_metrics.hpp"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <limits>

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

MetricFamily labelled(std::string name, std::string help, MetricType type, const char* label,
                      const auto& values) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  for (const auto& [of, value] : values) {
    auto& metric = family.metric.emplace_back();
    metric.label.push_back({label, of});
    const auto number = static_cast<double>(value);
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = number;
  }
  return family;
}

void add_cluster(std::vector<MetricFamily>& all, const node_counters& c) {
  all.push_back(gauge("steward_cluster_shards", "Shards that this node has.", c.shards_here));
  all.push_back(
      gauge("steward_cluster_links", "Other nodes that this one has a link to.", c.links));
  all.push_back(one("steward_cluster_clock_ahead_seconds",
                    "This node's clock before the database's; negative: behind it.",
                    MetricType::Gauge, static_cast<double>(c.clock_ahead_us.load()) / 1e6));
  all.push_back(counter("steward_cluster_requests_forwarded_total",
                        "Requests sent to other nodes, which have their tenants.",
                        c.requests_forwarded));
  all.push_back(counter("steward_cluster_requests_served_total",
                        "Requests that other nodes sent here.", c.requests_served));
  all.push_back(counter("steward_cluster_requests_moved_total",
                        "Forwarded requests whose tenant was elsewhere by then.",
                        c.requests_moved));
}

/// By the names that the salon's operators know.
void add_agents(std::vector<MetricFamily>& all, const agent_totals::figures& f) {
  const auto sum = [](const std::map<std::string, uint64_t>& of) {
    double total = 0;
    for (const auto& [type, count] : of) total += static_cast<double>(count);
    return total;
  };
  const auto good = sum(f.successes), known = good + sum(f.failures);
  all.push_back(labelled("autonomous_decisions_total", "Decisions of agents, by type.",
                         MetricType::Counter, "type", f.decisions));
  all.push_back(one("autonomous_decisions_success_rate",
                    "Share of decisions that turned out well, of those that turned out.",
                    MetricType::Gauge, known == 0 ? 1 : good / known));
  all.push_back(one("autonomous_revenue_generated", "Revenue of what agents brought about.",
                    MetricType::Gauge, f.revenue));
  all.push_back(labelled("agent_circuit_breaker_state",
                         "0 closed, 1 half open, 2 open: the worst of all tenants, by agent.",
                         MetricType::Gauge, "agent", f.breakers));
  all.push_back(one("approvals_pending", "Approvals that wait for a person.", MetricType::Gauge,
                    static_cast<double>(f.pending_approvals)));
  all.push_back(one("outreach_delivery_rate", "Share of messages that were not refused.",
                    MetricType::Gauge,
                    f.sent == 0 ? 1
                                : 1 - static_cast<double>(f.undelivered) /
                                          static_cast<double>(std::max(f.sent, f.undelivered))));
  MetricFamily times;
  times.name = "approval_response_time_seconds";
  times.help = "From an approval's request to its answer.";
  times.type = MetricType::Histogram;
  auto& histogram = times.metric.emplace_back().histogram;
  histogram.sample_sum = f.answer_seconds;
  for (size_t i = 0; i < f.answered.size(); ++i) {
    histogram.sample_count += f.answered[i];
    histogram.bucket.push_back(
        {histogram.sample_count,
         i < f.bounds.size() ? f.bounds[i] : std::numeric_limits<double>::infinity()});
  }
  all.push_back(std::move(times));
}

class node_collector final : public prometheus::Collectable {
public:
  explicit node_collector(std::shared_ptr<node> n) : node_(std::move(n)) {}

  std::vector<MetricFamily> Collect() const override {
    const auto& c = node_->counters;
    std::vector<MetricFamily> all{
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
        counter("steward_agent_executions_total", "Times that an agent looked and decided.",
                c.agent_executions),
        counter("steward_agent_failures_total", "Times that it could not.", c.agent_failures),
    };
    if (node_->shards.clustered()) add_cluster(all, c);
    add_agents(all, node_->agents_did.read());
    return all;
  }

private:
  std::shared_ptr<node> node_;
};

} // namespace

std::shared_ptr<prometheus::Collectable> node_metrics(std::shared_ptr<node> n) {
  return std::make_shared<node_collector>(std::move(n));
}

} // namespace steward::app
