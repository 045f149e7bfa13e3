#include "app/ask.hpp"
#include "app/commands.hpp"
#include "app/node_metrics.hpp"
#include "app/runtime.hpp"
#include "app/store_options.hpp"
#include "app/version.hpp"
#include "gateway/gateway_actor.hpp"
#include "intelligence/instants.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <sys/resource.h>
#include <thread>

namespace steward::app {

namespace {

using std::chrono::milliseconds;

struct serve_options {
  store_options store;
  std::string listen, dashboard, clock, cluster, advertise, node;
  bool dev = false;
};

int refuse(const std::string& why) {
  std::fprintf(stderr, "steward: %s\n", why.c_str());
  return exit_invalid;
}

/// "host:port", "[::1]:port". False if it is neither.
bool read_listen(const std::string& text, config::gateway_settings& into) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) return false;
  auto host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto port = text.substr(colon + 1);
  if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos) return false;
  const auto number = std::stoul(port);
  if (number > 65535) return false;
  into.host = host;
  into.port = static_cast<uint16_t>(number);
  return true;
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// The dashboard beside the binary, where `./dev build` and packages put it.
std::filesystem::path default_dashboard() {
  std::error_code failed;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return {};
  for (const auto* place : {"dashboard", "../share/steward/dashboard"})
    if (const auto folder = binary.parent_path() / place;
        std::filesystem::exists(folder / "index.html", failed))
      return folder;
  return {};
}

bool is_address(const std::string& text) {
  config::gateway_settings read;
  return read_listen(text, read) && read.port != 0;
}

/// What the members of a cluster must say; the reason when they don't.
std::optional<std::string> settle_cluster(const serve_options& o, config::settings& s) {
  auto& c = s.cluster;
  if (!o.cluster.empty()) c.name = o.cluster;
  if (!o.advertise.empty()) c.advertise = o.advertise;
  if (!o.node.empty()) c.node = o.node;
  if (c.name.empty()) {
    if (!o.advertise.empty() || !o.node.empty())
      return "--advertise and --node are for members of a cluster: name it by --cluster";
    return std::nullopt;
  }
  if (s.database.url.empty())
    return "a cluster needs a database that all its members share: name it by --database";
  if (s.clock_begins_us != 0) return "--clock is for one server alone, not for a cluster";
  if (!is_address(c.advertise))
    return c.advertise.empty()
               ? "a member of a cluster needs --advertise HOST:PORT, where the others reach it"
               : "--advertise " + c.advertise + " is not HOST:PORT, e.g. 10.0.0.1:7070";
  if (!c.listen.empty() && !is_address(c.listen))
    return "cluster.listen " + c.listen + " is not HOST:PORT";
  if (c.node.empty()) c.node = c.advertise;
  const bool some = !c.certificate.empty() || !c.key.empty() || !c.authority.empty();
  const bool all = !c.certificate.empty() && !c.key.empty() && !c.authority.empty();
  if (some && !all)
    return "cluster.certificate, cluster.key and cluster.authority belong together: all, or none";
  config::gateway_settings bound;
  read_listen(c.listen.empty() ? c.advertise : c.listen, bound);
  if (!all && !is_loopback(bound.host))
    return "the members of a cluster talk without TLS on loopback addresses only, not on " +
           bound.host + ": set cluster.certificate, cluster.key and cluster.authority";
  constexpr milliseconds shortest_lease{500};
  if (c.lease < shortest_lease) return "cluster.lease_ms is less than 500";
  return std::nullopt;
}

/// Lays the file and the options over the defaults; the reason when they don't fit together.
std::optional<std::string> settle(const serve_options& o, config::settings& s) {
  if (auto why = settle(o.store, s)) return why;
  if (!o.listen.empty() && !read_listen(o.listen, s.gateway))
    return "--listen " + o.listen + " is not HOST:PORT, e.g. 127.0.0.1:8080";
  s.gateway.dev = o.dev;
  if (!o.clock.empty()) {
    const auto begin = o.clock.starts_with("manual:")
                           ? intelligence::parse_instant(std::string_view{o.clock}.substr(7))
                           : std::nullopt;
    if (!begin)
      return "--clock " + o.clock +
             " is not manual: and an instant, e.g. manual:2026-11-23T08:00:00Z";
    if (!o.dev) return "--clock is for demonstrations: it needs --dev";
    s.clock_begins_us = *begin;
    // The clock stands for long, so nobody is let in again by waiting.
    s.tenant.admission.burst = 1e12;
  }
  s.gateway.dashboard =
      o.dashboard.empty() ? default_dashboard() : std::filesystem::path{o.dashboard};
  if (!o.dev && s.gateway.keys.empty())
    return "no key is configured, so nobody could use this server. Make one with `steward key` and "
           "name its hash under gateway.keys in the --config file, or add --dev to try the server "
           "on this machine without credentials (loopback only)";
  if (auto why = settle_cluster(o, s)) return why;
  if (o.dev && !is_loopback(s.gateway.host))
    return "--dev needs no credentials, so it is allowed on a loopback address only, not on " +
           s.gateway.host + "; use --listen 127.0.0.1:" + std::to_string(s.gateway.port);
  return std::nullopt;
}

outcome<std::shared_ptr<store::engine>, std::string> open_store(const store::location& where,
                                                                const config::cluster_settings& c) {
  std::optional<store::cluster_identity> member;
  if (!c.name.empty())
    member = store::cluster_identity{c.name, c.node, c.advertise, version, c.lease};
  auto engine = store::open(
      where, [](const std::string& what) { spdlog::warn("store.opened but=\"{}\"", what); },
      std::move(member));
  if (!engine) return steward::failed{engine.error().reason};
  return std::shared_ptr<store::engine>{std::move(*engine)};
}

/// Blocks these in every thread that is started from now on; `wait_for_signal` takes them.
sigset_t take_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

/// A connection is a file: as many as the system lets this process have.
void raise_file_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

/// Where the gateway listens, once it does.
class listening_address {
public:
  void set(std::string url) {
    const std::lock_guard lock{mutex_};
    url_ = std::move(url);
  }
  std::string get() const {
    const std::lock_guard lock{mutex_};
    return url_;
  }

private:
  mutable std::mutex mutex_;
  std::string url_;
};

/// The cluster has been looked at: this server knows where tenants are.
bool seen_any_owner(const cluster::shard_table& shards) {
  for (shard s = 0; s < shard_count; ++s)
    if (shards.at(s).node != 0) return true;
  return false;
}

/// Prints the address line, which scripts wait for, once everything that answers is there.
void announce(const runtime& steward, const listening_address& address, std::atomic<bool>& ready) {
  const auto& n = *steward.shared();
  const auto all_there = [&] {
    return n.library->get() && n.queries->get() && n.tenants->get() && n.feed->get() &&
           !address.get().empty() && (!n.shards.clustered() || seen_any_owner(n.shards));
  };
  while (!all_there() && !steward.ended())
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  if (steward.ended()) return;
  ready = true;
  std::printf("Steward is ready at %s\n", address.get().c_str());
  std::fflush(stdout);
}

/// Returns false when the root gave up first.
bool wait_for_signal(const sigset_t& set, const runtime& steward) {
  const timespec second{1, 0};
  while (sigtimedwait(&set, nullptr, &second) < 0)
    if (steward.ended()) return false;
  return true;
}

/// A member of a cluster gives its tenants to the others first, and answers until then.
void hand_over(const runtime& steward) {
  const auto& n = *steward.shared();
  if (!n.shards.clustered()) return;
  constexpr milliseconds patience{15'000};
  const auto until = std::chrono::steady_clock::now() + patience;
  const auto has_any = [&] {
    for (shard s = 0; s < shard_count; ++s)
      if (n.engine->cluster()->held(s)) return true;
    return false;
  };
  ask(n.membership, drain_node{}, milliseconds{5'000});
  while (has_any() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(milliseconds{10});
  spdlog::info("cluster.handed_over all={}", !has_any());
}

int serve(const serve_options& o) {
  auto logger = spdlog::stderr_logger_mt("steward");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  spdlog::set_default_logger(logger);
  config::settings s;
  if (const auto why = settle(o, s)) return refuse(*why);
  spdlog::set_level(spdlog::level::from_str(s.log_level));
  const auto where = location_of(s);
  auto engine = open_store(where, s.cluster);
  if (!engine) return refuse(engine.error());

  raise_file_limit();
  const auto signals = take_signals();
  const auto ready = std::make_shared<std::atomic<bool>>(false);
  const auto address = std::make_shared<listening_address>();
  const auto gateway = [&](const std::shared_ptr<node>& n) -> supervision::start_function {
    gateway::gateway_options g;
    g.settings = n->settings.gateway;
    g.services = n->services;
    g.tenants = n->tenant_doors;
    g.registry = node_metrics(n);
    g.version = version;
    g.clustered = n->shards.clustered();
    g.ready = ready;
    g.on_listening = [address](const gateway::listening& at) {
      const auto host = at.host.find(':') == std::string::npos ? at.host : "[" + at.host + "]";
      address->set("http://" + host + ":" + std::to_string(at.port));
    };
    return [g](const supervision::child_start& c) mutable {
      g.root->set(caf::actor_cast<caf::actor>(c.parent));
      return gateway::spawn_gateway(c.parent, g);
    };
  };
  runtime steward{s, *engine, gateway};
  spdlog::info("server.started version={} data={}", version, store::describe(where));
  announce(steward, *address, *ready);
  const bool asked = wait_for_signal(signals, steward);
  if (asked)
    spdlog::info("server.stopping");
  else
    spdlog::critical("server.gave_up see the lines above");
  if (asked) hand_over(steward);
  ready->store(false);
  return asked ? exit_completed : exit_faulted;
}

} // namespace

command add_serve(CLI::App& cli) {
  auto o = std::make_shared<serve_options>();
  auto* sub = cli.add_subcommand("serve", "Run the server");
  sub->add_option("--listen", o->listen, "HOST:PORT, default 127.0.0.1:8080");
  o->store.add_to(*sub);
  sub->add_option("--dashboard", o->dashboard, "Folder of the built dashboard");
  sub->add_option("--cluster", o->cluster, "Name of the cluster that this server joins");
  sub->add_option("--advertise", o->advertise, "HOST:PORT where the cluster's others reach it");
  sub->add_option("--node", o->node, "This server's name, default what it advertises");
  sub->add_option("--clock", o->clock,
                  "manual:INSTANT: a clock that only PUT /api/v1/internal/clock moves");
  sub->add_flag("--dev", o->dev, "No credentials needed; loopback only");
  return [o] { return serve(*o); };
}

} // namespace steward::app
