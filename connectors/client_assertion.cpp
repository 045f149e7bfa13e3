#include "connectors/client_assertion.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

namespace steward::connectors {

namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using key_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using context_handle = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using signature_handle = std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>>;

constexpr int64_t good_for_s = 60;
constexpr size_t p256_bytes = 32;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64url(std::string_view bytes) {
  auto text = workflow::base64::encode(bytes);
  text.erase(text.find_last_not_of('=') + 1);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::string signing_input(const client_claims& c, std::string_view algorithm) {
  const auto header = workflow::value::object({{"alg", algorithm}, {"typ", "JWT"}});
  const auto payload = workflow::value::object({{"iss", c.client},
                                                {"sub", c.client},
                                                {"aud", c.audience},
                                                {"jti", c.id},
                                                {"iat", c.now_s},
                                                {"exp", c.now_s + good_for_s}});
  return base64url(workflow::to_json(header)) + '.' + base64url(workflow::to_json(payload));
}

key_handle read_key(std::string_view pem) {
  const std::unique_ptr<BIO, freed_by<BIO_free_all>> source{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  // The empty passphrase keeps OpenSSL from asking for one at a terminal.
  char no_passphrase[] = "";
  return key_handle{PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, no_passphrase)};
}

std::string signature(EVP_PKEY* key, std::string_view text) {
  const context_handle context{EVP_MD_CTX_new()};
  size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) != 1)
    return {};
  std::string out(size, '\0');
  auto* into = reinterpret_cast<unsigned char*>(out.data());
  if (EVP_DigestSign(context.get(), into, &size, bytes_of(text), text.size()) != 1) return {};
  out.resize(size);
  return out;
}

/// OpenSSL's form of an ECDSA signature is DER, that of a JSON Web Token both numbers side by side.
std::string side_by_side(std::string_view der) {
  const auto* from = bytes_of(der);
  const signature_handle parsed{d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(der.size()))};
  if (!parsed) return {};
  std::array<unsigned char, 2 * p256_bytes> out{};
  BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), out.data(), p256_bytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), out.data() + p256_bytes, p256_bytes);
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

} // namespace

std::string assertion_by_secret(const client_claims& claims, std::string_view secret) {
  auto token = signing_input(claims, "HS256");
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(token), token.size(),
       mac.data(), &size);
  token += '.' + base64url({reinterpret_cast<const char*>(mac.data()), size});
  return token;
}

outcome<std::string, std::string> assertion_by_key(const client_claims& claims,
                                                   std::string_view pem) {
  const auto key = read_key(pem);
  if (!key) return failed{std::string{"the client's private key can't be read"}};
  const bool rsa = EVP_PKEY_is_a(key.get(), "RSA") == 1;
  const bool p256 = EVP_PKEY_is_a(key.get(), "EC") == 1 && EVP_PKEY_get_bits(key.get()) == 256;
  if (!rsa && !p256)
    return failed{std::string{"the client's private key is neither RSA nor on the curve P-256"}};
  auto token = signing_input(claims, rsa ? "RS256" : "ES256");
  auto signed_bytes = signature(key.get(), token);
  if (p256) signed_bytes = side_by_side(signed_bytes);
  if (signed_bytes.empty()) return failed{std::string{"the client's private key can't sign"}};
  return token + '.' + base64url(signed_bytes);
}

std::string unverified_payload(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == token.npos ? first : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return {};
  std::string text{token.substr(first + 1, second - first - 1)};
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return workflow::base64::decode(text).value_or("");
}

} // namespace steward::connectors
