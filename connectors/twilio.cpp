#include "connectors/twilio.hpp"

#include <array>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace steward::connectors {

namespace {

std::string base64(const unsigned char* bytes, size_t size) {
  std::string out(4 * ((size + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size));
  return out;
}

void append_form(std::string& form, std::string_view name, std::string_view value) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  if (!form.empty()) form += '&';
  form.append(name).append("=");
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain)
      form += c;
    else
      form.append({'%', hex[byte >> 4], hex[byte & 15]});
  }
}

} // namespace

perform_call twilio_call(const twilio_account& account, const twilio_message& message) {
  const bool whatsapp = message.channel == "whatsapp";
  const std::string prefix = whatsapp ? "whatsapp:" : "";
  perform_call call;
  call.method = "POST";
  call.url = account.base_url + "/2010-04-01/Accounts/" + account.sid + "/Messages.json";
  call.idempotency_key = message.token;
  std::string form;
  append_form(form, "To", prefix + message.to);
  append_form(form, "From", prefix + (whatsapp ? account.whatsapp_from : account.from));
  append_form(form, "Body", message.text);
  if (!message.status_callback.empty())
    append_form(form, "StatusCallback", message.status_callback);
  call.body = std::move(form);
  const auto credentials = account.sid + ":" + account.token;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                  {"I-Twilio-Idempotency-Token", message.token},
                  {"Authorization",
                   "Basic " + base64(reinterpret_cast<const unsigned char*>(credentials.data()),
                                     credentials.size())}};
  return call;
}

std::string twilio_signature(const std::string& token, const std::string& url,
                             const std::map<std::string, std::string>& form) {
  auto text = url;
  for (const auto& [name, value] : form) text.append(name).append(value);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha1(), token.data(), static_cast<int>(token.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return base64(digest.data(), size);
}

bool same_signature(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace steward::connectors
