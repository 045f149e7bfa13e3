#include "connectors/smtp.hpp"

#include "connectors/curl_transfer.hpp"
#include "workflow/machine/base64.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <tuple>
#include <utility>

namespace steward::connectors {

namespace {

using enum attempt_end::kind;
using std::chrono::milliseconds;

constexpr milliseconds connect_most{10'000}, all_most{60'000};
constexpr size_t reply_bytes = 500;

bool is_this_machine(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") &&
         std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

/// One mail on its way.
class smtp_transfer {
public:
  smtp_transfer(const mail& m, const transfer_options& options, const std::atomic<bool>& stop)
      : mail_(m), stop_(stop), opening_(m.server.url, options.egress), rest_(m.lines) {
    set_common(handle_.get(), options, opening_);
    // What follows the address is the name that EHLO gives us.
    url_ = m.server.url.text + "/" + m.from_domain;
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_ERRORBUFFER, error_);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_most.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(all_most.count()));
    // Of each reply, also of the one to QUIT, which the time of all does not bound.
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(all_most.count() / 1000));
    set(CURLOPT_FORBID_REUSE, 1L);
    set(CURLOPT_USE_SSL, encryption());
    if (!m.user.empty()) {
      set(CURLOPT_USERNAME, m.user.c_str());
      set(CURLOPT_PASSWORD, m.password.c_str());
    }
    set(CURLOPT_MAIL_FROM, m.from.c_str());
    to_.reset(curl_slist_append(nullptr, m.to.c_str()));
    if (!to_) throw std::bad_alloc{};
    set(CURLOPT_MAIL_RCPT, to_.get());
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(m.lines.size()));
    set(CURLOPT_READFUNCTION, &smtp_transfer::on_read);
    set(CURLOPT_READDATA, static_cast<void*>(this));
    set(CURLOPT_HEADERFUNCTION, &smtp_transfer::on_reply);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &smtp_transfer::on_progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  }
  smtp_transfer(const smtp_transfer&) = delete;
  smtp_transfer& operator=(const smtp_transfer&) = delete;

  attempt_end perform() {
    const auto code = curl_easy_perform(handle_.get());
    if (code == CURLE_OK) return {taken, mail_.id};
    if (!opening_.refused.empty()) return {refused, opening_.refused};
    if (code == CURLE_ABORTED_BY_CALLBACK) return {may_pass, "the server is stopping"};
    if (code == CURLE_USE_SSL_FAILED) return {refused, "the mail server does not offer STARTTLS"};
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status >= 400 && status < 600)
      return {status < 500 ? may_pass : refused, "the mail server answered " + complaint(status)};
    if (code == CURLE_LOGIN_DENIED)
      return {refused, "the mail server offers no way to log in that we know"};
    return {may_pass, error_[0] ? error_ : curl_easy_strerror(code)};
  }

private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(handle_.get(), option, value);
  }

  long encryption() const {
    switch (mail_.server.tls) {
    case mail_server::encryption::whole:
    case mail_server::encryption::starttls:
      return CURLUSESSL_ALL;
    case mail_server::encryption::if_offered:
      return CURLUSESSL_TRY;
    case mail_server::encryption::none:
      break;
    }
    return CURLUSESSL_NONE;
  }

  /// The reply with that status, as text that can be shown.
  std::string complaint(long status) const {
    const auto code = std::to_string(status);
    auto out = complaint_.starts_with(code) ? complaint_ : code;
    const auto& [user, password] = std::tie(mail_.user, mail_.password);
    const std::string zero(1, '\0');
    for (const auto& secret : {password, workflow::base64::encode(password),
                               workflow::base64::encode(zero + user + zero + password)})
      for (size_t at = 0; !secret.empty() && (at = out.find(secret, at)) != out.npos; at += 3)
        out.replace(at, secret.size(), "***");
    std::ranges::replace_if(
        out, [](char c) { return c < ' ' || c > '~'; }, ' ');
    while (out.ends_with(' ')) out.pop_back();
    return out;
  }

  static size_t on_read(char* to, size_t size, size_t count, void* self) noexcept {
    auto& rest = static_cast<smtp_transfer*>(self)->rest_;
    const auto bytes = std::min(size * count, rest.size());
    std::memcpy(to, rest.data(), bytes);
    rest.remove_prefix(bytes);
    return bytes;
  }

  /// A line of a reply: `550-` when more follow.
  static size_t on_reply(char* data, size_t size, size_t count, void* self) noexcept {
    auto& transfer = *static_cast<smtp_transfer*>(self);
    const std::string_view line{data, size * count};
    try {
      auto& kept = transfer.complaint_;
      const bool complains = line.starts_with('4') || line.starts_with('5');
      if (!complains) return line.size(); // what follows a complaint is the goodbye
      if (std::exchange(transfer.ended_, line.size() < 4 || line[3] != '-')) kept.clear();
      if (kept.size() < reply_bytes)
        kept +=
            line.substr(kept.empty() ? 0 : std::min<size_t>(4, line.size())).substr(0, reply_bytes);
    } catch (const std::bad_alloc&) {
      return 0;
    }
    return line.size();
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
    return static_cast<smtp_transfer*>(self)->stop_ ? 1 : 0;
  }

  const mail& mail_;
  const std::atomic<bool>& stop_;
  guarded_opening opening_;
  std::string_view rest_; ///< Of the mail, that libcurl has not taken yet.
  std::string url_, complaint_;
  bool ended_ = true; ///< The complaint.
  char error_[CURL_ERROR_SIZE] = {};
  std::unique_ptr<curl_slist, list_cleanup> to_;
  easy_handle handle_ = new_easy_handle(); ///< Last: it uses what is above until it is gone.
};

} // namespace

outcome<mail_server, std::string> read_mail_server(const std::string& server,
                                                   const std::string& tls) {
  auto url = check_mail_url(server);
  if (!url) return failed{"settings.email.server: " + url.error()};
  const bool here = is_this_machine(url->host);
  if (!tls.empty() && tls != "never")
    return failed{std::string{"settings.email.tls is nothing but \"never\""}};
  if (tls == "never" && !here)
    return failed{std::string{"settings.email.tls is \"never\" only for a server on this machine"}};
  using enum mail_server::encryption;
  if (url->text.starts_with("smtps:")) return mail_server{std::move(*url), whole};
  if (tls == "never") return mail_server{std::move(*url), none};
  return mail_server{std::move(*url), here ? if_offered : starttls};
}

smtp_client::smtp_client(const config::http_client_settings& settings)
    : options_(std::make_unique<transfer_options>(settings, "steward", settings.allowed_hosts,
                                                  "http_client.allowed_hosts")) {}
smtp_client::~smtp_client() = default;

attempt_end smtp_client::send(const mail& m, const std::atomic<bool>& stop) const {
  if (auto why_not = options_->egress->why_not(m.server.url); !why_not.empty())
    return {refused, std::move(why_not)};
  return smtp_transfer{m, *options_, stop}.perform();
}

} // namespace steward::connectors
