#include "connectors/curl_transport.hpp"

#include "connectors/call_queue.hpp"
#include "connectors/curl_transfer.hpp"
#include "connectors/redirect.hpp"
#include "connectors/url.hpp"

#include <atomic>
#include <csignal>
#include <map>
#include <mutex>
#include <pthread.h>
#include <stdexcept>
#include <thread>
#include <unordered_map>
#include <variant>

namespace steward::connectors {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct multi_cleanup {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
using multi_handle = std::unique_ptr<CURLM, multi_cleanup>;

multi_handle open_multi(const config::http_client_settings& settings) {
  multi_handle multi{start_curl() ? curl_multi_init() : nullptr};
  if (!multi) throw std::runtime_error{"libcurl can't be started"};
  // Requests take turns in call_queue. These are for what redirects add, and for idle connections.
  curl_multi_setopt(multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS,
                    static_cast<long>(settings.per_host));
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(settings.concurrent));
  return multi;
}

/// One order from `send` to its completion.
struct call {
  http_order order;
  http_completion done;
  checked_url url;
  unsigned redirects = 0;
  std::optional<clock::time_point> deadline; ///< Set when its turn comes first.
  std::unique_ptr<curl_transfer> transfer;   ///< While on the wire.
};

struct new_order {
  http_order order;
  http_completion done;
};
using request = std::variant<new_order, order_id>; ///< An id alone cancels.

} // namespace

/// Everything but the inbox belongs to the thread.
class curl_transport::loop {
public:
  loop(const config::http_client_settings& settings, std::string user_agent)
      : settings_(settings), options_{settings, std::move(user_agent), settings.allowed_hosts,
                                      "http_client.allowed_hosts"},
        multi_(open_multi(settings)), queue_(settings.concurrent, settings.per_host) {
    // The process's signals are for its main thread; and OpenSSL writes may raise SIGPIPE here.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread{[this] { run(); }};
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_setname_np(thread_.native_handle(), "http-client");
  }

  ~loop() {
    stopping_ = true;
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }

  void post(request r) {
    const std::lock_guard guard{mutex_};
    inbox_.push_back(std::move(r));
    if (inbox_.size() == 1) curl_multi_wakeup(multi_.get());
  }

  /// Takes one of the places for open orders; `give_place` gives it back.
  bool take_place() {
    if (open_.fetch_add(1) < settings_.concurrent + settings_.queue) return true;
    give_place();
    return false;
  }
  void give_place() { --open_; }

  uint64_t connections() const { return connections_; }

private:
  void run() {
    while (!stopping_) {
      take_inbox();
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      finish_done();
      start_ready(); // last, so that what has ended makes room at once; polling wakes up for them
      curl_multi_poll(multi_.get(), nullptr, 0, 60'000, nullptr); // or sooner, as libcurl needs
    }
    for (auto& [number, c] : calls_) leave_wire(c);
    calls_.clear();
  }

  void take_inbox() {
    std::vector<request> requests;
    {
      const std::lock_guard guard{mutex_};
      requests.swap(inbox_);
    }
    for (auto& r : requests) {
      if (auto* order = std::get_if<new_order>(&r))
        accept(std::move(*order));
      else
        drop(std::get<order_id>(r));
    }
  }

  void accept(new_order fresh) {
    if (const auto same = numbers_.find(fresh.order.id); same != numbers_.end()) {
      calls_.at(same->second).done = std::move(fresh.done);
      give_place();
      return;
    }
    auto url = check_url(fresh.order.url);
    auto why_not = url ? why_not_sendable(fresh.order) : url.error();
    if (!why_not.empty()) {
      give_place();
      fresh.done(http_answer::failure(std::move(why_not)));
      return;
    }
    if (why_not = options_.egress->why_not(*url); !why_not.empty()) {
      give_place();
      fresh.done(http_answer::failure(std::move(why_not), "authorization"));
      return;
    }
    call c;
    c.url = *std::move(url);
    c.order = std::move(fresh.order);
    c.done = std::move(fresh.done);
    enqueue(std::move(c));
  }

  void enqueue(call c) {
    const auto number = ++last_number_;
    numbers_[c.order.id] = number;
    queue_.add(c.url.origin, number);
    calls_.emplace(number, std::move(c));
  }

  void start_ready() {
    while (const auto number = queue_.next()) {
      auto& c = calls_.at(*number);
      const auto now = clock::now();
      if (!c.deadline) c.deadline = now + settings_.timeout;
      const auto left = std::chrono::ceil<milliseconds>(*c.deadline - now);
      // 0 would mean forever to libcurl: a redirect chain that used up its time gets one more ms.
      c.transfer = std::make_unique<curl_transfer>(idle_handle(), c.order, c.url, options_,
                                                   std::max(left, milliseconds{1}));
      curl_easy_setopt(c.transfer->handle(), CURLOPT_PRIVATE, reinterpret_cast<void*>(*number));
      curl_multi_add_handle(multi_.get(), c.transfer->handle());
    }
  }

  easy_handle idle_handle() {
    if (idle_.empty()) return new_easy_handle();
    auto handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }

  void finish_done() {
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      void* number = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &number);
      long connections = 0;
      curl_easy_getinfo(message->easy_handle, CURLINFO_NUM_CONNECTS, &connections);
      connections_ += static_cast<uint64_t>(connections);
      // The message's memory goes away with the handle's removal.
      finish(reinterpret_cast<size_t>(number), message->data.result);
    }
  }

  void finish(size_t number, CURLcode code) {
    const auto place = calls_.find(number);
    auto c = std::move(place->second);
    const auto id = c.order.id;
    calls_.erase(place);
    auto answer = c.transfer->finish(code);
    leave_wire(c);
    if (c.order.follow_redirects && is_redirect(answer)) {
      auto why_not = redirect(c, answer);
      if (why_not.reason.empty()) {
        enqueue(std::move(c));
        return;
      }
      answer = std::move(why_not);
    }
    numbers_.erase(id);
    give_place();
    c.done(std::move(answer));
  }

  /// Turns the call into the one that the redirect asks for; otherwise says why not.
  http_answer redirect(call& c, const http_answer& answer) {
    if (++c.redirects > redirect_limit)
      return http_answer::failure("more than " + std::to_string(redirect_limit) + " redirects");
    auto next = follow(std::move(c.order), answer);
    if (!next) return http_answer::failure(next.error());
    c.order = *std::move(next);
    auto url = check_url(c.order.url);
    if (!url) return http_answer::failure(url.error());
    c.url = *std::move(url);
    return http_answer::failure(options_.egress->why_not(c.url), "authorization");
  }

  void drop(const order_id& id) {
    const auto found = numbers_.find(id);
    if (found == numbers_.end()) return;
    const auto place = calls_.find(found->second);
    if (place->second.transfer)
      leave_wire(place->second);
    else
      queue_.drop(place->second.url.origin, found->second);
    calls_.erase(place);
    numbers_.erase(found);
    give_place();
  }

  void leave_wire(call& c) {
    if (!c.transfer) return;
    curl_multi_remove_handle(multi_.get(), c.transfer->handle());
    idle_.push_back(c.transfer->release());
    c.transfer.reset();
    queue_.ended(c.url.origin);
  }

  const config::http_client_settings settings_;
  const transfer_options options_;

  std::mutex mutex_;
  std::vector<request> inbox_;
  std::atomic<size_t> open_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> connections_ = 0;

  std::vector<easy_handle> idle_; ///< Before the multi handle: outlives it.
  multi_handle multi_;
  call_queue queue_;
  std::unordered_map<size_t, call> calls_;
  std::unordered_map<order_id, size_t> numbers_;
  size_t last_number_ = 0;
  std::thread thread_; ///< Last: the thread sees everything else made.
};

curl_transport::curl_transport(config::http_client_settings settings, std::string user_agent)
    : loop_(std::make_unique<loop>(settings, std::move(user_agent))) {}

curl_transport::~curl_transport() = default;

void curl_transport::send(http_order order, http_completion done) {
  if (!loop_->take_place()) {
    done(http_answer::failure("too many calls are waiting"));
    return;
  }
  loop_->post(new_order{std::move(order), std::move(done)});
}

void curl_transport::cancel(const order_id& id) { loop_->post(id); }

uint64_t curl_transport::connections_opened() const { return loop_->connections(); }

} // namespace steward::connectors
