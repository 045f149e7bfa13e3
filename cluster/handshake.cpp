#include "cluster/handshake.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace steward::cluster {

hello make_hello(const std::string& cluster, int64_t node) {
  hello h;
  h.cluster = cluster;
  h.node = node;
  h.nonce.resize(16);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(h.nonce.data()), 16) != 1)
    throw std::runtime_error("the system gives no random bytes");
  return h;
}

std::string proof_of(const std::string& secret, bool by_dialer, std::string_view dialer,
                     std::string_view acceptor) {
  std::string text{by_dialer ? "steward dialer " : "steward acceptor "};
  text.append(std::to_string(dialer.size())).append(" ").append(dialer).append(acceptor);
  std::string proof(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  const std::string key = "steward cluster " + secret;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(proof.data()), &size);
  proof.resize(size);
  return proof;
}

bool same_proof(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace steward::cluster
