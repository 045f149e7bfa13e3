#pragma once

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How two servers make sure of each other before anything else is said: each sends a `hello`, then
/// a proof that it knows the cluster's secret, which is an HMAC over both hellos (with a nonce in
/// each, so that no proof serves twice). TLS, where there is one, has authenticated both already.
namespace steward::cluster {

constexpr uint32_t protocol_version = 1;

struct hello {
  uint32_t protocol = protocol_version; ///< Both speak the lower of the two.
  std::string cluster;
  int64_t node = 0;  ///< Of this life of the server: given by the database, never twice.
  std::string nonce; ///< 16 random bytes.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, hello& x) {
    return f(caf::meta::type_name("hello"), x.protocol, x.cluster, x.node, x.nonce);
  }
};

hello make_hello(const std::string& cluster, int64_t node);

/// `dialer` and `acceptor` are the hellos as they were sent. The two sides' proofs differ.
std::string proof_of(const std::string& secret, bool by_dialer, std::string_view dialer,
                     std::string_view acceptor);
/// In constant time.
bool same_proof(std::string_view a, std::string_view b);

} // namespace steward::cluster
