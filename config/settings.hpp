#pragma once

#include "messages/admission.hpp"
#include "workflow/machine.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Everything that can be set, with its default beside it. `config/example.yaml` lists every key;
/// a test keeps the two equal. Durations in files are milliseconds, keys end in `_ms`.
namespace steward::config {

using std::chrono::milliseconds;

/// A key that may use the API as the owner of one tenant. The key itself is never kept, only its
/// hash: `steward key` makes both.
struct api_key {
  std::string name; ///< For people: whose it is.
  tenant_id tenant;
  std::string sha256;    ///< 64 hexadecimal digits.
  bool operates = false; ///< May also see the tree of the whole server and kill actors in it.
};

/// Restart needed for all of these.
struct gateway_settings {
  std::string host = "127.0.0.1";
  uint16_t port = 8080;                ///< 0: any free port; the address line tells which.
  unsigned threads = 1;                ///< I/O threads, 1 to 16.
  size_t connections = 10'000;         ///< Open at once; past it a new one gets 503 and is closed.
  size_t header_bytes = 16 << 10;      ///< 431 past it.
  size_t body_bytes = 1 << 20;         ///< 413 past it.
  size_t event_bytes = 256 << 10;      ///< One published event; 400 past it.
  milliseconds header_timeout{10'000}; ///< From the first byte to the end of the header: 408.
  milliseconds body_timeout{30'000};   ///< For the whole body: 408.
  milliseconds idle_timeout{75'000};   ///< Between requests: closed.
  milliseconds reply_timeout{
      60'000};          ///< An answer that does not come, beyond a caller's own wait: 503.
  size_t pipeline = 16; ///< Requests of one connection in work at once.
  size_t feed_queue_items = 1024; ///< A feed reader that lags further is dropped.
  size_t feed_queue_bytes = 4 << 20;
  std::filesystem::path dashboard; ///< Folder of the built dashboard; empty: none.
  std::vector<api_key> keys;       ///< Who may use the API; without any only dev mode serves.
  bool dev = false; ///< No credentials needed; the caller is owner of `default`. Loopback only.
};

struct store_settings {
  std::filesystem::path data = "./var";
  size_t group_batches = 256;    ///< At most so many batches ride one commit.
  size_t queue_batches = 20'000; ///< Waiting for a commit; past it writes are refused.
  size_t query_queue = 1000;     ///< Queries waiting; past it 503.
};

/// For how long what is over is kept; 0: for ever.
struct retention_settings {
  uint32_t run_hours = 24 * 30; ///< Ended runs, with their journals.
  uint32_t feed_hours = 24 * 7; ///< Events of the feed, for readers that come back.
};

struct database_settings {
  /// postgresql://... in place of the embedded store; empty: none. May hold a password: show it
  /// through `store::describe` only.
  std::string url;
};

struct tenant_settings {
  admission_limits admission;
  uint32_t active_runs = 20'000;        ///< Run actors alive at once; past it starts are refused.
  unsigned crash_limit = 5;             ///< Crashes in a row after which a run is quarantined.
  milliseconds passivate_after{10'000}; ///< A waiting run that is left alone leaves memory.
  uint32_t inbox_hours = 24; ///< For how long events are kept for listeners that come later.
  workflow::machine_limits machine;
};

struct http_client_settings {
  milliseconds connect_timeout{5'000};
  milliseconds timeout{30'000};
  size_t response_bytes = 8 << 20; ///< Larger answers fail the call.
  size_t concurrent = 512;         ///< Requests under way; more wait ...
  size_t queue = 50'000;           ///< ... up to this many; past it they fail.
  size_t per_host = 64;            ///< Connections to one host.
  std::string ca_bundle;           ///< Empty: the system's.
  /// "host:port=address:port": calls to the first go to the second, with the first's name for TLS
  /// and Host.
  std::vector<std::string> connect_to;
  std::vector<std::string> allowed_hosts{"*"}; ///< Names, "*.example.com", addresses, "*".
  /// False: private, loopback and link-local addresses are refused after resolution.
  bool private_networks = true;
};

struct secret_settings {
  std::filesystem::path directory; ///< Holds <tenant>/<name> files; empty: there are no secrets.
};

struct resource_settings {
  std::vector<std::string> hosts{"*"}; ///< From which definitions may load, as `allowed_hosts`.
};

/// Several servers on one database (docs/cluster.md).
struct cluster_settings {
  std::string name;      ///< Empty: this server is alone.
  std::string advertise; ///< host:port where the others reach this server.
  std::string listen;    ///< host:port that it binds; empty: what it advertises.
  std::string node;      ///< What people call it; empty: what it advertises.
  std::string secret;    ///< All members have the same; empty: none.
  std::filesystem::path certificate, key, authority; ///< PEM; all, or none on loopback addresses.
  milliseconds lease{5'000}; ///< A server that is silent so long is given up.
};

struct settings {
  gateway_settings gateway;
  store_settings store;
  database_settings database;
  retention_settings retention;
  tenant_settings tenant;
  http_client_settings http_client;
  secret_settings secrets;
  resource_settings resources;
  cluster_settings cluster;
  unsigned scheduler_threads = 0; ///< 0: one for each core.
  int64_t clock_begins_us = 0;    ///< A clock that is moved by hand begins here; 0: the machine's.
  std::string log_level = "info"; ///< trace, debug, info, warn, error
};

} // namespace steward::config
