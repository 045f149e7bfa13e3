#pragma once

#include "connectors/egress.hpp"
#include "connectors/http_headers.hpp"
#include "connectors/http_transport.hpp"

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>

namespace steward::connectors {

struct easy_cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using easy_handle = std::unique_ptr<CURL, easy_cleanup>;

/// Starts libcurl, once for the process; false if it can't be started.
bool start_curl();
/// Throws std::bad_alloc.
easy_handle new_easy_handle();

struct list_cleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// Of all requests of one client.
struct transfer_options {
  std::chrono::milliseconds connect_timeout;
  size_t response_bytes; ///< Header and decompressed body together.
  std::string ca_bundle; ///< Empty: the system's.
  std::string user_agent;
  std::shared_ptr<const egress_policy> egress;
  std::shared_ptr<curl_slist> connect_to; ///< As CURLOPT_CONNECT_TO takes it.

  /// `hosts`: those that may be called, and the setting that says so.
  transfer_options(const config::http_client_settings& settings, std::string agent,
                   const std::vector<std::string>& hosts, std::string hosts_setting);
};

/// Opens connections of one transfer where the policy lets it, and remembers why not. libcurl keeps
/// a pointer to it, so it stays where it is.
class guarded_opening {
public:
  guarded_opening(checked_url to, std::shared_ptr<const egress_policy> egress)
      : url(std::move(to)), egress_(std::move(egress)) {}
  guarded_opening(const guarded_opening&) = delete;
  guarded_opening& operator=(const guarded_opening&) = delete;

  void set_on(CURL* handle);

  const checked_url url;
  std::string refused; ///< Why a connection was not opened.

private:
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  std::shared_ptr<const egress_policy> egress_;
};

/// What all transfers have in common: whom they trust, and nothing taken from the environment.
void set_common(CURL* handle, const transfer_options& options, guarded_opening& opening);

/// One request on one easy handle: sets the handle up and gathers the answer. libcurl keeps
/// pointers into it until the handle has left its multi handle, so it stays where it is.
class curl_transfer {
public:
  curl_transfer(easy_handle handle, const http_order& order, checked_url url,
                const transfer_options& options, std::chrono::milliseconds timeout);
  curl_transfer(const curl_transfer&) = delete;
  curl_transfer& operator=(const curl_transfer&) = delete;

  CURL* handle() const { return handle_.get(); }
  /// What the request came to, once libcurl is done with it.
  http_answer finish(CURLcode code);
  /// Gives the handle back for the next request. The connection lives on in the multi handle.
  easy_handle release();

private:
  static size_t on_header(char* data, size_t size, size_t count, void* self) noexcept;
  static size_t on_body(char* data, size_t size, size_t count, void* self) noexcept;
  bool take(size_t bytes);
  void set_request(const http_order& order);
  void set_headers(const http_order& order);

  easy_handle handle_;
  guarded_opening opening_;
  std::string body_out_;
  std::unique_ptr<curl_slist, list_cleanup> lines_;
  header_collector headers_;
  std::string body_in_;
  size_t room_, limit_;
  bool too_large_ = false;
  char error_[CURL_ERROR_SIZE] = {};
};

} // namespace steward::connectors
