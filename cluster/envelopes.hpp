#pragma once

#include "cluster/wire.hpp"
#include "messages/reply.hpp"
#include "messages/shards.hpp"

/// What the servers of a cluster say to each other. Frames are one byte that says which of these it
/// is, and its fields (cluster/wire.hpp).
namespace steward::cluster {

/// For the server that has the tenant. `name` and `body` are a message of `messages/`. Answered
/// once.
struct remote_request {
  static constexpr char tag = 'r';
  uint64_t id = 0; ///< Grows with each request of the asking server's life: a smaller one is old.
  std::string name;
  tenant_id tenant;
  uint64_t epoch = 0; ///< Of the tenant's shard, as the asking server knows it.
  std::string body;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, remote_request& x) {
    return f(caf::meta::type_name("remote_request"), x.id, x.name, x.tenant, x.epoch, x.body);
  }
};

struct remote_answer {
  static constexpr char tag = 'a';
  uint64_t id = 0;
  /// The tenant is elsewhere, or was not meant as it is now: nothing was done. `owner` and `epoch`
  /// are what the asked server knows of the shard.
  bool moved = false;
  int64_t owner = 0;
  uint64_t epoch = 0;
  reply::kind what = reply::kind::ok;
  std::string json, location, content_type;
  failure why;
  std::string etag;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, remote_answer& x) {
    return f(caf::meta::type_name("remote_answer"), x.id, x.moved, x.owner, x.epoch, x.what, x.json,
             x.location, x.content_type, x.why, x.etag);
  }
};

/// May be lost, may be said again, is not answered.
struct remote_notice {
  static constexpr char tag = 'n';
  std::string name, body;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, remote_notice& x) {
    return f(caf::meta::type_name("remote_notice"), x.name, x.body);
  }
};

template <class Envelope>
std::string to_frame(const Envelope& e) {
  return Envelope::tag + encode(e);
}

} // namespace steward::cluster
