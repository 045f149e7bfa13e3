#include "config/loader.hpp"

#include "workflow/json.hpp"
#include "workflow/reader.hpp"
#include "workflow/reader/nearest.hpp"

#include <algorithm>
#include <functional>
#include <limits>

namespace steward::config {

namespace {

using workflow::value;

/// One key: how it is written and read. `put` answers what was expected when the value does not
/// fit.
struct key {
  std::string path;    ///< e.g. "gateway.port"
  std::string comment; ///< For the example file.
  std::function<std::string(settings&, const value&)> put;
  std::function<value(const settings&)> get;
};

template <class Number>
key number(std::string path, std::string comment, int64_t min, int64_t max,
           std::function<Number&(settings&)> field) {
  auto put = [min, max, field](settings& s, const value& v) -> std::string {
    if (!v.is_int() || v.as_int() < min || v.as_int() > max)
      return "a whole number from " + std::to_string(min) + " to " + std::to_string(max);
    field(s) = static_cast<Number>(v.as_int());
    return {};
  };
  auto get = [field](const settings& s) {
    auto copy = s;
    return value{static_cast<int64_t>(field(copy))};
  };
  return {std::move(path), std::move(comment), std::move(put), std::move(get)};
}

key real(std::string path, std::string comment, double min, double max,
         std::function<double&(settings&)> field) {
  auto put = [min, max, field](settings& s, const value& v) -> std::string {
    if (!v.is_number() || v.as_double() < min || v.as_double() > max)
      return "a number from " + workflow::to_json(value{min}) + " to " +
             workflow::to_json(value{max});
    field(s) = v.as_double();
    return {};
  };
  auto get = [field](const settings& s) {
    auto copy = s;
    return value{field(copy)};
  };
  return {std::move(path), std::move(comment), std::move(put), std::move(get)};
}

key duration(std::string path, std::string comment, std::function<milliseconds&(settings&)> field) {
  auto put = [field](settings& s, const value& v) -> std::string {
    if (!v.is_int() || v.as_int() < 1 || v.as_int() > 86'400'000)
      return "milliseconds, from 1 to 86400000";
    field(s) = milliseconds{v.as_int()};
    return {};
  };
  auto get = [field](const settings& s) {
    auto copy = s;
    return value{static_cast<int64_t>(field(copy).count())};
  };
  return {std::move(path), std::move(comment), std::move(put), std::move(get)};
}

key text(std::string path, std::string comment, std::function<void(settings&, std::string)> set,
         std::function<std::string(const settings&)> show) {
  auto put = [set](settings& s, const value& v) -> std::string {
    if (!v.is_string()) return "a text";
    set(s, std::string{v.as_string()});
    return {};
  };
  return {std::move(path), std::move(comment), std::move(put),
          [show](const settings& s) { return value{show(s)}; }};
}

key flag(std::string path, std::string comment, std::function<bool&(settings&)> field) {
  auto put = [field](settings& s, const value& v) -> std::string {
    if (!v.is_bool()) return "true or false";
    field(s) = v.as_bool();
    return {};
  };
  auto get = [field](const settings& s) {
    auto copy = s;
    return value{field(copy)};
  };
  return {std::move(path), std::move(comment), std::move(put), std::move(get)};
}

/// A list of texts that `fits`; `expected` says what they are.
key texts(std::string path, std::string comment, std::string expected,
          std::function<bool(std::string_view)> fits,
          std::function<std::vector<std::string>&(settings&)> field) {
  auto put = [expected, fits, field](settings& s, const value& v) -> std::string {
    if (!v.is_array()) return expected;
    std::vector<std::string> read;
    for (const auto& item : v.items()) {
      if (!item.is_string() || !fits(item.as_string())) return expected;
      read.emplace_back(item.as_string());
    }
    field(s) = std::move(read);
    return {};
  };
  auto get = [field](const settings& s) {
    auto copy = s;
    auto out = value::empty_array();
    for (const auto& t : field(copy)) out.push_back(t);
    return out;
  };
  return {std::move(path), std::move(comment), std::move(put), std::move(get)};
}

/// "*", "*.example.com", a name or an address.
bool is_host_pattern(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  return text == "*" || (!text.empty() && text.find_first_of("*/ @?#=") == text.npos);
}
constexpr char host_patterns[] = "a list of hosts: names, \"*.example.com\", addresses or \"*\"";

/// "host:port"
bool is_place(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos || colon == 0) return false;
  const auto port = text.substr(colon + 1);
  return !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos &&
         is_host_pattern(text.substr(0, colon)) && !text.starts_with('*');
}
bool is_connect_to(std::string_view text) {
  const auto equals = text.find('=');
  return equals != text.npos && is_place(text.substr(0, equals)) &&
         is_place(text.substr(equals + 1));
}

key log_level() {
  auto put = [](settings& s, const value& v) -> std::string {
    for (const auto* level : {"trace", "debug", "info", "warn", "error"})
      if (v.is_string() && v.as_string() == level) {
        s.log_level = level;
        return {};
      }
    return "trace, debug, info, warn or error";
  };
  return {"log_level", "trace, debug, info, warn or error", std::move(put),
          [](const settings& s) { return value{s.log_level}; }};
}

value key_value(const api_key& k) {
  return value::object(
      {{"name", k.name}, {"tenant", k.tenant}, {"sha256", k.sha256}, {"operator", k.operates}});
}

/// Reads one entry of `gateway.keys`; answers what was expected when it does not fit.
std::string read_key(const value& v, api_key& into) {
  constexpr const char* expected =
      "a key with name, tenant, sha256 (64 hexadecimal digits) and, if it may, operator: true";
  if (!v.is_object()) return expected;
  for (const auto& m : v.members()) {
    const auto name = m.key.as_string();
    if (name == "operator" && m.item.is_bool())
      into.operates = m.item.as_bool();
    else if (!m.item.is_string())
      return expected;
    else if (name == "name")
      into.name = m.item.as_string();
    else if (name == "tenant")
      into.tenant = m.item.as_string();
    else if (name == "sha256")
      into.sha256 = m.item.as_string();
    else
      return expected;
  }
  const bool hashed = into.sha256.size() == 64 &&
                      into.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  const bool named =
      !into.tenant.empty() && into.tenant.size() <= 63 &&
      into.tenant.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  return hashed && named && !into.name.empty() ? std::string{} : expected;
}

key api_keys() {
  auto put = [](settings& s, const value& v) -> std::string {
    if (!v.is_array()) return "a list of keys (`steward key` makes one)";
    s.gateway.keys.clear();
    for (const auto& item : v.items()) {
      api_key k;
      if (auto expected = read_key(item, k); !expected.empty()) return expected;
      s.gateway.keys.push_back(std::move(k));
    }
    return {};
  };
  auto get = [](const settings& s) {
    auto out = value::empty_array();
    for (const auto& k : s.gateway.keys) out.push_back(key_value(k));
    return out;
  };
  return {"gateway.keys", "who may use the API; `steward key` makes an entry", std::move(put),
          std::move(get)};
}

constexpr int64_t huge = std::numeric_limits<int32_t>::max();

const std::vector<key>& keys() {
  using s = settings;
  static const std::vector<key> all = {
      log_level(),
      number<unsigned>("scheduler_threads", "0: one for each core", 0, 256,
                       [](s& x) -> unsigned& { return x.scheduler_threads; }),
      text(
          "gateway.host", "address to listen on",
          [](s& x, std::string v) { x.gateway.host = std::move(v); },
          [](const s& x) { return x.gateway.host; }),
      number<uint16_t>("gateway.port", "0: any free port", 0, 65535,
                       [](s& x) -> uint16_t& { return x.gateway.port; }),
      number<unsigned>("gateway.threads", "I/O threads", 1, 16,
                       [](s& x) -> unsigned& { return x.gateway.threads; }),
      number<size_t>("gateway.connections", "open at once; past it 503", 1, 1'000'000,
                     [](s& x) -> size_t& { return x.gateway.connections; }),
      number<size_t>("gateway.header_bytes", "past it 431", 1024, 1 << 20,
                     [](s& x) -> size_t& { return x.gateway.header_bytes; }),
      number<size_t>("gateway.event_bytes", "one published event; past it 400", 1024, 1 << 30,
                     [](s& x) -> size_t& { return x.gateway.event_bytes; }),
      number<size_t>("gateway.body_bytes", "past it 413", 1024, 1 << 30,
                     [](s& x) -> size_t& { return x.gateway.body_bytes; }),
      duration("gateway.header_timeout_ms",
               "from the first byte to the end of the header; past it 408",
               [](s& x) -> milliseconds& { return x.gateway.header_timeout; }),
      duration("gateway.body_timeout_ms", "for the whole body; past it 408",
               [](s& x) -> milliseconds& { return x.gateway.body_timeout; }),
      duration("gateway.idle_timeout_ms", "between requests; then the connection is closed",
               [](s& x) -> milliseconds& { return x.gateway.idle_timeout; }),
      duration("gateway.reply_timeout_ms",
               "an answer that does not come, beyond the caller's own wait; then 503",
               [](s& x) -> milliseconds& { return x.gateway.reply_timeout; }),
      number<size_t>("gateway.pipeline", "requests of one connection in work at once", 1, 1024,
                     [](s& x) -> size_t& { return x.gateway.pipeline; }),
      number<size_t>("gateway.feed_queue_items", "a feed reader that lags further is dropped", 16,
                     1'000'000, [](s& x) -> size_t& { return x.gateway.feed_queue_items; }),
      number<size_t>("gateway.feed_queue_bytes", "a feed reader that lags further is dropped",
                     65536, 1 << 30, [](s& x) -> size_t& { return x.gateway.feed_queue_bytes; }),
      api_keys(),
      number<size_t>("store.group_batches", "at most so many writes ride one commit", 1, 100'000,
                     [](s& x) -> size_t& { return x.store.group_batches; }),
      number<size_t>("store.queue_batches", "writes waiting for a commit; past it 503", 1, huge,
                     [](s& x) -> size_t& { return x.store.queue_batches; }),
      number<size_t>("store.query_queue", "queries waiting; past it 503", 1, huge,
                     [](s& x) -> size_t& { return x.store.query_queue; }),
      text(
          "database.url",
          "postgresql://USER:PASSWORD@HOST/NAME?sslmode=verify-full; empty: embedded",
          [](s& x, std::string v) { x.database.url = std::move(v); },
          [](const s& x) { return x.database.url; }),
      text(
          "cluster.name", "servers of one name on one database are one; empty: alone",
          [](s& x, std::string v) { x.cluster.name = std::move(v); },
          [](const s& x) { return x.cluster.name; }),
      text(
          "cluster.advertise", "HOST:PORT where the others reach this server",
          [](s& x, std::string v) { x.cluster.advertise = std::move(v); },
          [](const s& x) { return x.cluster.advertise; }),
      text(
          "cluster.listen", "HOST:PORT that it binds; empty: what it advertises",
          [](s& x, std::string v) { x.cluster.listen = std::move(v); },
          [](const s& x) { return x.cluster.listen; }),
      text(
          "cluster.node", "this server's name; empty: what it advertises",
          [](s& x, std::string v) { x.cluster.node = std::move(v); },
          [](const s& x) { return x.cluster.node; }),
      text(
          "cluster.secret", "all members have the same; empty: none",
          [](s& x, std::string v) { x.cluster.secret = std::move(v); },
          [](const s& x) { return x.cluster.secret; }),
      text(
          "cluster.certificate", "PEM file for TLS among the members; empty: loopback only",
          [](s& x, std::string v) { x.cluster.certificate = std::move(v); },
          [](const s& x) { return x.cluster.certificate.string(); }),
      text(
          "cluster.key", "PEM file", [](s& x, std::string v) { x.cluster.key = std::move(v); },
          [](const s& x) { return x.cluster.key.string(); }),
      text(
          "cluster.authority", "PEM file: whose certificates are members'",
          [](s& x, std::string v) { x.cluster.authority = std::move(v); },
          [](const s& x) { return x.cluster.authority.string(); }),
      duration("cluster.lease_ms", "a member that is silent so long is given up",
               [](s& x) -> milliseconds& { return x.cluster.lease; }),
      number<uint32_t>("retention.run_hours", "ended runs and their journals are kept; 0: for ever",
                       0, 24 * 36'600, [](s& x) -> uint32_t& { return x.retention.run_hours; }),
      number<uint32_t>("retention.feed_hours", "events of the feed are kept; 0: for ever", 0,
                       24 * 36'600, [](s& x) -> uint32_t& { return x.retention.feed_hours; }),
      number<uint32_t>("tenant.in_flight", "requests admitted and not yet answered; past it 429", 1,
                       huge, [](s& x) -> uint32_t& { return x.tenant.admission.in_flight; }),
      real("tenant.rate_per_s", "requests a second in the long run; past it 429", 0.001, 1e9,
           [](s& x) -> double& { return x.tenant.admission.rate_per_s; }),
      real("tenant.burst", "requests at once", 1, 1e9,
           [](s& x) -> double& { return x.tenant.admission.burst; }),
      number<uint32_t>("tenant.active_runs", "runs awake at once; past it 429", 1, huge,
                       [](s& x) -> uint32_t& { return x.tenant.active_runs; }),
      number<unsigned>("tenant.crash_limit", "crashes in a row after which a run is quarantined", 1,
                       1000, [](s& x) -> unsigned& { return x.tenant.crash_limit; }),
      duration("tenant.passivate_after_ms", "a waiting run that is left alone leaves memory",
               [](s& x) -> milliseconds& { return x.tenant.passivate_after; }),
      number<uint32_t>("tenant.inbox_hours", "events are kept for listeners that come later", 1,
                       24 * 366, [](s& x) -> uint32_t& { return x.tenant.inbox_hours; }),
      number<uint64_t>("run.steps", "tasks that one run may enter in its life", 1, 1'000'000'000,
                       [](s& x) -> uint64_t& { return x.tenant.machine.steps; }),
      number<uint32_t>("run.nesting", "scopes inside scopes", 1, 10'000,
                       [](s& x) -> uint32_t& { return x.tenant.machine.nesting; }),
      number<size_t>("run.data_bytes", "one value that flows", 1024, 1 << 30,
                     [](s& x) -> size_t& { return x.tenant.machine.data_bytes; }),
      number<uint64_t>("run.expression_fuel", "steps of one evaluation", 1000, 1'000'000'000,
                       [](s& x) -> uint64_t& { return x.tenant.machine.expression.fuel; }),
      number<size_t>("run.expression_bytes", "memory that one evaluation may allocate", 65536, huge,
                     [](s& x) -> size_t& { return x.tenant.machine.expression.bytes; }),
      duration("http_client.connect_timeout_ms", "to reach a service",
               [](s& x) -> milliseconds& { return x.http_client.connect_timeout; }),
      duration("http_client.timeout_ms", "for one whole call",
               [](s& x) -> milliseconds& { return x.http_client.timeout; }),
      number<size_t>("http_client.response_bytes", "larger answers fail the call", 1024, 1 << 30,
                     [](s& x) -> size_t& { return x.http_client.response_bytes; }),
      number<size_t>("http_client.concurrent", "calls under way; more wait", 1, 65536,
                     [](s& x) -> size_t& { return x.http_client.concurrent; }),
      number<size_t>("http_client.queue", "calls waiting; past it they fail", 1, huge,
                     [](s& x) -> size_t& { return x.http_client.queue; }),
      number<size_t>("http_client.per_host", "calls to one host at once", 1, 65536,
                     [](s& x) -> size_t& { return x.http_client.per_host; }),
      text(
          "http_client.ca_bundle", "file of trusted certificates; empty: the system's",
          [](s& x, std::string v) { x.http_client.ca_bundle = std::move(v); },
          [](const s& x) { return x.http_client.ca_bundle; }),
      texts("http_client.connect_to",
            "\"host:port=address:port\": calls to the first go to the second",
            "a list of \"host:port=address:port\"", is_connect_to,
            [](s& x) -> std::vector<std::string>& { return x.http_client.connect_to; }),
      texts("http_client.allowed_hosts", "names, \"*.example.com\", addresses; others are refused",
            host_patterns, is_host_pattern,
            [](s& x) -> std::vector<std::string>& { return x.http_client.allowed_hosts; }),
      flag("http_client.private_networks",
           "false: private, loopback and link-local addresses are refused",
           [](s& x) -> bool& { return x.http_client.private_networks; }),
      text(
          "secrets.directory", "holds <tenant>/<name> files; empty: there are no secrets",
          [](s& x, std::string v) { x.secrets.directory = std::move(v); },
          [](const s& x) { return x.secrets.directory.string(); }),
      texts("workflow.resources.hosts", "from where definitions may load what they refer to",
            host_patterns, is_host_pattern,
            [](s& x) -> std::vector<std::string>& { return x.resources.hosts; }),
  };
  return all;
}

std::string unknown_key(const std::string& path) {
  std::vector<std::string_view> known;
  for (const auto& k : keys()) known.emplace_back(k.path);
  return path + ": there is no such key" + workflow::reader::suggestion(path, known);
}

void apply(const std::string& prefix, const value& v, settings& into,
           std::vector<std::string>& problems) {
  for (const auto& m : v.members()) {
    const std::string path = prefix.empty() ? std::string{m.key.as_string()}
                                            : prefix + "." + std::string{m.key.as_string()};
    if (m.item.is_object()) {
      apply(path, m.item, into, problems);
      continue;
    }
    const auto known =
        std::find_if(keys().begin(), keys().end(), [&](const key& k) { return k.path == path; });
    if (known == keys().end()) {
      problems.push_back(unknown_key(path));
      continue;
    }
    if (auto expected = known->put(into, m.item); !expected.empty())
      problems.push_back(path + ": what is there is not " + expected);
  }
}

/// Nothing but blank lines and comments: a file that changes nothing, though it is no YAML
/// document.
bool says_nothing(std::string_view yaml) {
  for (size_t at = 0; at < yaml.size();) {
    const auto end = std::min(yaml.find('\n', at), yaml.size());
    const auto line = yaml.substr(at, end - at);
    const auto first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#') return false;
    at = end + 1;
  }
  return true;
}

} // namespace

std::vector<std::string> load(std::string_view yaml, settings& into) {
  if (says_nothing(yaml)) return {};
  workflow::reader_limits limits; // a key for each of many thousands of tenants
  limits.bytes = 16u << 20;
  limits.nodes = 2'000'000;
  auto document = workflow::read_yaml(yaml, limits);
  std::vector<std::string> problems;
  if (!document) {
    for (const auto& p : document.error())
      problems.push_back("line " + std::to_string(p.line) + ", column " + std::to_string(p.column) +
                         ": " + p.message);
    return problems;
  }
  if (document->is_null()) return problems;
  if (!document->is_object()) return {"the file is not a mapping of keys"};
  apply("", *document, into, problems);
  return problems;
}

std::string to_yaml(const settings& s) {
  std::string out, section;
  for (const auto& k : keys()) {
    const auto dot = k.path.find('.');
    const auto head = dot == std::string::npos ? std::string{} : k.path.substr(0, dot);
    if (head != section) {
      out += "\n" + head + ":\n";
      section = head;
    }
    out += (head.empty() ? "" : "  ") +
           (dot == std::string::npos ? k.path : k.path.substr(dot + 1)) + ": " +
           workflow::to_json(k.get(s)) + " # " + k.comment + "\n";
  }
  return out;
}

} // namespace steward::config
