#include "connectors/curl_transfer.hpp"

#include <algorithm>
#include <new>
#include <sys/socket.h>

namespace steward::connectors {

namespace {

/// Without a length some servers answer such a request with 411 when it has no body.
bool expects_body(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

curl_slist* longer(curl_slist* list, const std::string& line) {
  auto* with_line = curl_slist_append(list, line.c_str());
  if (with_line) return with_line;
  curl_slist_free_all(list);
  throw std::bad_alloc{};
}

} // namespace

bool start_curl() {
  static const auto started = curl_global_init(CURL_GLOBAL_DEFAULT);
  return started == CURLE_OK;
}

easy_handle new_easy_handle() {
  easy_handle fresh{start_curl() ? curl_easy_init() : nullptr};
  if (!fresh) throw std::bad_alloc{};
  return fresh;
}

transfer_options::transfer_options(const config::http_client_settings& settings, std::string agent,
                                   const std::vector<std::string>& hosts, std::string hosts_setting)
    : connect_timeout(settings.connect_timeout), response_bytes(settings.response_bytes),
      ca_bundle(settings.ca_bundle), user_agent(std::move(agent)),
      egress(std::make_shared<const egress_policy>(hosts, std::move(hosts_setting), settings)) {
  curl_slist* lines = nullptr;
  for (auto entry : settings.connect_to) {
    std::ranges::replace(entry, '=', ':');
    lines = longer(lines, entry);
  }
  connect_to = {lines, list_cleanup{}};
}

void guarded_opening::set_on(CURL* handle) {
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &guarded_opening::on_open);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
}

/// The address is known only here: the name server's word, not the author's.
curl_socket_t guarded_opening::on_open(void* self, curlsocktype, curl_sockaddr* address) noexcept {
  auto& opening = *static_cast<guarded_opening*>(self);
  try {
    opening.refused = opening.egress_->why_not(opening.url, address->addr);
  } catch (const std::bad_alloc&) {
    return CURL_SOCKET_BAD;
  }
  if (!opening.refused.empty()) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void set_common(CURL* handle, const transfer_options& options, guarded_opening& opening) {
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(handle, option, value); };
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L); // a name server that hangs must not hang this thread
  set(CURLOPT_PROXY, "");      // the environment is the server's, not the tenant's
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_bundle.empty()) set(CURLOPT_CAINFO, options.ca_bundle.c_str());
  if (options.connect_to) set(CURLOPT_CONNECT_TO, options.connect_to.get());
  opening.set_on(handle);
}

curl_transfer::curl_transfer(easy_handle handle, const http_order& order, checked_url url,
                             const transfer_options& options, std::chrono::milliseconds timeout)
    : handle_(std::move(handle)), opening_(std::move(url), options.egress),
      room_(options.response_bytes), limit_(options.response_bytes) {
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(handle_.get(), option, value);
  };
  set_common(handle_.get(), options, opening_);
  set(CURLOPT_ERRORBUFFER, error_);
  set(CURLOPT_URL, opening_.url.text.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L); // redirect.hpp follows: libcurl would repeat a PUT after a 303
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  // Over TLS the first connection tells whether requests can share it: worth one handshake's wait.
  if (opening_.url.text.starts_with("https:")) set(CURLOPT_PIPEWAIT, 1L);
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  if (!has_header(order.headers, "accept-encoding")) set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_HEADERFUNCTION, &curl_transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &curl_transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  if (order.digest) {
    // libcurl keeps the body back until it knows the challenge.
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_DIGEST));
    set(CURLOPT_USERNAME, order.digest->first.c_str());
    set(CURLOPT_PASSWORD, order.digest->second.c_str());
  }
  set_request(order);
  set_headers(order);
}

void curl_transfer::set_request(const http_order& order) {
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(handle_.get(), option, value);
  };
  if (order.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (order.body || expects_body(order.method)) {
    body_out_ = order.body.value_or(std::string{});
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_out_.size()));
    set(CURLOPT_POSTFIELDS, body_out_.c_str());
  }
  set(CURLOPT_CUSTOMREQUEST, order.method.c_str());
}

void curl_transfer::set_headers(const http_order& order) {
  curl_slist* lines = nullptr;
  const auto add = [&](const std::string& line) { lines = longer(lines, line); };
  for (const auto& [name, value] : order.headers)
    if (!is_framing_header(name)) add(value.empty() ? name + ";" : name + ": " + value);
  // A colon and nothing else keeps libcurl from adding these by itself.
  if (!has_header(order.headers, "content-type")) add("Content-Type:");
  add("Expect:");
  lines_.reset(lines);
  curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, lines_.get());
}

bool curl_transfer::take(size_t bytes) {
  too_large_ = too_large_ || bytes > room_;
  if (too_large_) return false;
  room_ -= bytes;
  return true;
}

size_t curl_transfer::on_header(char* data, size_t size, size_t count, void* self) noexcept {
  auto& transfer = *static_cast<curl_transfer*>(self);
  const auto bytes = size * count;
  try {
    if (!transfer.take(bytes)) return 0;
    // Header lines after the first body byte are trailers; nothing says that they may be merged.
    if (transfer.body_in_.empty()) transfer.headers_.add_line({data, bytes});
  } catch (const std::bad_alloc&) {
    return 0;
  }
  return bytes;
}

size_t curl_transfer::on_body(char* data, size_t size, size_t count, void* self) noexcept {
  auto& transfer = *static_cast<curl_transfer*>(self);
  const auto bytes = size * count;
  try {
    if (!transfer.take(bytes)) return 0;
    transfer.body_in_.append(data, bytes);
  } catch (const std::bad_alloc&) {
    return 0;
  }
  return bytes;
}

http_answer curl_transfer::finish(CURLcode code) {
  if (too_large_)
    return http_answer::failure("the answer is larger than " + std::to_string(limit_) + " bytes");
  if (code != CURLE_OK) {
    if (!opening_.refused.empty()) return http_answer::failure(opening_.refused, "authorization");
    auto failure = http_answer::failure(error_[0] ? error_ : curl_easy_strerror(code));
    failure.timed_out = code == CURLE_OPERATION_TIMEDOUT;
    return failure;
  }
  long status = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  return {.answered = true,
          .timed_out = false,
          .status = static_cast<int>(status),
          .headers = headers_.take(),
          .body = std::move(body_in_),
          .reason = {}};
}

easy_handle curl_transfer::release() {
  curl_easy_reset(handle_.get());
  return std::move(handle_);
}

} // namespace steward::connectors
