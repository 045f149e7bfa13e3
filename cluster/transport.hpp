#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// What carries frames between the servers of a cluster. What it says of who is up is a hint: only
/// leases decide (store/membership.hpp).
namespace steward::cluster {

struct peer {
  int64_t node = 0;
  std::string address; ///< host:port
  friend bool operator==(const peer&, const peer&) = default;
};

/// Called on the transport's thread; must not block.
struct transport_events {
  std::function<void(int64_t from, std::string frame)> on_frame;
  std::function<void(int64_t node)> on_up, on_down;
};

/// A frame arrives once or never, and those from one server in the order in which they were sent. A
/// link that is up is one on which the other side has answered within `silence`. Thread-safe.
class transport {
public:
  virtual ~transport() = default;
  /// Who this server is from now on, and who the others are: links to all of them are made and
  /// kept, others are closed and not taken. A new `self` ends all links.
  virtual void know(int64_t self, std::vector<peer> others) = 0;
  /// False: there is no link to that node now, or too much is waiting for it.
  virtual bool send(int64_t to, std::string frame) = 0;
  virtual bool linked(int64_t to) const = 0;
};

using transport_factory = std::function<std::unique_ptr<transport>(transport_events)>;

struct network_options {
  std::string cluster;
  std::string listen; ///< host:port
  std::string secret; ///< Both sides prove that they know it; empty: none.
  /// PEM files for mutual TLS; all or none.
  std::filesystem::path certificate, key, authority;
  std::chrono::milliseconds connect_timeout{1'000}; ///< For each attempt, and for the handshake.
  std::chrono::milliseconds heartbeat{300};
  std::chrono::milliseconds silence{
      1'400};                     ///< A link whose other side says nothing so long is down.
  size_t queue_bytes = 8u << 20;  ///< Waiting for one node; past it `send` is false.
  size_t frame_bytes = 16u << 20; ///< The largest frame; a larger one ends the link.
  std::function<void(const std::string&)> warn = {}; ///< Told who was refused, and why.
};

/// Links over TCP, with TLS when there are certificates. Throws std::runtime_error when it can't
/// listen there, or a file can't be used.
std::unique_ptr<transport> network_transport(network_options options, transport_events events);

} // namespace steward::cluster
