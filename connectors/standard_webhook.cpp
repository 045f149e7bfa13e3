#include "connectors/standard_webhook.hpp"

#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace steward::connectors {

namespace {

constexpr std::string_view prefix = "whsec_";

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.resize(static_cast<size_t>(size) - padding);
  return out;
}

} // namespace

std::optional<std::string> webhook_signature(const webhook_message& m, const std::string& secret) {
  auto key = std::optional{secret};
  if (secret.starts_with(prefix)) key = from_base64(std::string_view{secret}.substr(prefix.size()));
  if (!key) return std::nullopt;
  const auto text = m.id + "." + std::to_string(m.time_s) + "." + m.body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key->data(), static_cast<int>(key->size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  std::string base64(4 * ((size + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), digest.data(),
                  static_cast<int>(size));
  return "v1," + base64;
}

perform_call webhook_call(const webhook_message& m, const std::string& signature) {
  perform_call call;
  call.method = "POST";
  call.url = m.url;
  call.idempotency_key = m.id;
  call.body = m.body;
  call.headers = {{"Content-Type", "application/json"},
                  {"webhook-id", m.id},
                  {"webhook-timestamp", std::to_string(m.time_s)}};
  if (!signature.empty()) call.headers.emplace_back("webhook-signature", signature);
  return call;
}

} // namespace steward::connectors
