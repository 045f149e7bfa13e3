#include "gateway/server.hpp"

#include "gateway/io_thread.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <vector>

namespace steward::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// How many connections past the limit are told so; yet more are closed without a word.
constexpr int64_t refused_at_once = 256;
/// When the process has no more file descriptors, accepting again at once would only spin.
constexpr std::chrono::milliseconds accept_pause{50};

} // namespace

struct http_server::impl {
  config::gateway_settings settings;
  server_counters counters;
  std::vector<std::unique_ptr<io_thread>> threads;
  std::optional<tcp::acceptor> acceptor; // on the first thread, like what follows
  std::optional<asio::steady_timer> pause;
  size_t next = 0;
  bool stopping = false;

  void accept() {
    if (stopping) return;
    acceptor->async_accept([this](const error_code& ec, tcp::socket socket) {
      if (stopping || ec == asio::error::operation_aborted) return;
      if (ec) {
        if (ec != asio::error::connection_aborted) return retry(ec);
      } else {
        take(std::move(socket));
      }
      accept();
    });
  }

  void retry(const error_code& ec) {
    spdlog::warn("gateway.accept.failed what={}", ec.message());
    pause->expires_after(accept_pause);
    pause->async_wait([this](const error_code& e) {
      if (!e) accept();
    });
  }

  void take(tcp::socket socket) {
    counters.accepted.fetch_add(1, std::memory_order_relaxed);
    const auto open = counters.connections.load(std::memory_order_relaxed);
    const auto most = static_cast<int64_t>(settings.connections);
    const bool refused = open >= most;
    if (refused) counters.refused.fetch_add(1, std::memory_order_relaxed);
    if (open >= most + refused_at_once) return;
    error_code ec;
    const auto protocol = socket.local_endpoint(ec).protocol();
    const int native = socket.release(ec);
    if (ec) return;
    threads[next++ % threads.size()]->adopt(native, protocol, refused);
  }
};

http_server::http_server() : impl_(std::make_unique<impl>()) {}
http_server::~http_server() { stop(); }

outcome<listening, std::string> http_server::start(const config::gateway_settings& settings,
                                                   request_handler& handler) {
  auto& s = *impl_;
  s.settings = settings;
  const auto count = std::clamp(settings.threads, 1u, 16u);
  for (unsigned i = 0; i < count; ++i)
    s.threads.push_back(std::make_unique<io_thread>(s.settings, handler, s.counters));
  auto& context = s.threads.front()->context();
  const auto place = settings.host + ":" + std::to_string(settings.port);
  error_code ec;
  const auto found = tcp::resolver{context}.resolve(settings.host, std::to_string(settings.port),
                                                    tcp::resolver::passive, ec);
  if (ec) return failed{"cannot listen on " + place + ": " + ec.message()};
  const auto endpoint = found.begin()->endpoint();
  s.acceptor.emplace(context);
  s.pause.emplace(context);
  auto& a = *s.acceptor;
  a.open(endpoint.protocol(), ec);
  if (!ec) a.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec) a.bind(endpoint, ec);
  if (!ec) a.listen(4096, ec);
  if (ec) {
    s.acceptor.reset();
    return failed{"cannot listen on " + place + ": " + ec.message()};
  }
  const auto local = a.local_endpoint(ec);
  s.accept();
  for (const auto& t : s.threads) t->run();
  return listening{local.address().to_string(), local.port()};
}

void http_server::begin_stop(std::chrono::milliseconds grace, std::function<void()> done) {
  auto& s = *impl_;
  if (s.threads.empty() || !s.acceptor) return done();
  asio::post(s.threads.front()->context(), [&s] {
    s.stopping = true;
    error_code ignored;
    s.acceptor->close(ignored);
    s.pause->cancel();
  });
  // The last thread to be done tells.
  const auto left = std::make_shared<std::atomic<size_t>>(s.threads.size());
  for (const auto& t : s.threads)
    t->begin_stop(grace, [left, done] {
      if (left->fetch_sub(1) == 1) done();
    });
}

void http_server::stop() {
  auto& s = *impl_;
  // The acceptor belongs to the first thread until that has ended.
  for (const auto& t : s.threads) t->stop();
  s.acceptor.reset();
  s.pause.reset();
  s.threads.clear();
}

const server_counters& http_server::counters() const { return impl_->counters; }

} // namespace steward::gateway
