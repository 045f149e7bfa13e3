#include "app/demo/http_session.hpp"

#include "workflow/json.hpp"

#include <algorithm>
#include <thread>

namespace steward::app {

using namespace std::chrono_literals;

struct http_session::transfer {
  const char* method;
  std::string url, body;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers{nullptr,
                                                                      &curl_slist_free_all};
  void add_header(const std::string& line) {
    auto* longer = curl_slist_append(headers.get(), line.c_str());
    if (!longer) throw std::bad_alloc{};
    static_cast<void>(headers.release());
    headers.reset(longer);
  }
};

namespace {

size_t take_bytes(char* bytes, size_t size, size_t count, void* into) {
  static_cast<std::string*>(into)->append(bytes, size * count);
  return size * count;
}

constexpr auto longest_call = 10min; // moving the clock takes as long as all agents together

} // namespace

http_session::http_session(std::string base, std::string key, std::chrono::milliseconds patience)
    : base_(std::move(base)), key_(std::move(key)), patience_(patience),
      curl_(nullptr, &curl_easy_cleanup) {
  static const auto started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started == CURLE_OK) curl_.reset(curl_easy_init());
  if (!curl_) throw std::runtime_error{"libcurl can't be started"};
}

bool http_session::try_once(const transfer& what, http_answer& answer,
                            std::chrono::milliseconds& wait) {
  auto* c = curl_.get();
  answer = {};
  curl_easy_reset(c); // keeps the connection
  curl_easy_setopt(c, CURLOPT_URL, what.url.c_str());
  curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, what.method);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, what.headers.get());
  if (!what.body.empty()) {
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, what.body.data());
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what.body.size()));
  }
  curl_easy_setopt(c, CURLOPT_PROXY, "");
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 5L);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::chrono::milliseconds{longest_call}.count()));
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_bytes);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &answer.text);
  ++calls_;
  if (const auto code = curl_easy_perform(c); code != CURLE_OK) {
    answer.text = curl_easy_strerror(code);
    return false;
  }
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer.status);
  if (answer.status != 429 && answer.status != 503) return true;
  curl_off_t seconds = 0;
  curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &seconds);
  if (seconds > 0) wait = std::min<std::chrono::milliseconds>(std::chrono::seconds{seconds}, 10s);
  return false;
}

http_answer http_session::call(const char* method, const std::string& path,
                               const workflow::value& body, const std::string& idempotency_key) {
  transfer what{method, base_ + path, {}, {nullptr, &curl_slist_free_all}};
  what.add_header("Accept: application/json");
  what.add_header("Expect:"); // no waiting for "100 Continue"
  if (!body.is_null()) {
    what.body = workflow::to_json(body);
    what.add_header("Content-Type: application/json");
  } else if (std::string_view{method} != "GET") {
    what.add_header("Content-Length: 0");
  }
  if (!key_.empty()) what.add_header("Authorization: Bearer " + key_);
  if (!idempotency_key.empty()) what.add_header("Idempotency-Key: " + idempotency_key);
  const auto give_up = std::chrono::steady_clock::now() + patience_;
  http_answer answer;
  for (std::chrono::milliseconds pause = 20ms;;
       pause = std::min<std::chrono::milliseconds>(pause * 2, 1s)) {
    auto wait = pause;
    what.url = base_ + path;
    if (try_once(what, answer, wait)) break;
    if (std::chrono::steady_clock::now() + wait > give_up)
      throw no_answer{std::string{method} + " " + base_ + path + ": " +
                      (answer.status ? std::to_string(answer.status) + " " : "") + answer.text};
    if (on_retry) on_retry();
    ++retries_;
    std::this_thread::sleep_for(wait);
  }
  if (auto read = workflow::parse_json(answer.text)) answer.body = *read;
  return answer;
}

std::string url_quoted(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr auto digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != plain.npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

} // namespace steward::app
