#include "messages/digest.hpp"

#include <array>
#include <openssl/evp.h>
#include <stdexcept>

namespace steward {

std::string sha256_digest(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), &length, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available");
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "sha256:";
  for (size_t i = 0; i < length; ++i) {
    out += digits[hash[i] >> 4];
    out += digits[hash[i] & 15];
  }
  return out;
}

} // namespace steward
