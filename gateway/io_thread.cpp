#include "gateway/io_thread.hpp"

#include "gateway/connection.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <pthread.h>

namespace steward::gateway {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// How finely timeouts are kept. Looking at all connections this often costs less than arming a
/// timer for each request.
constexpr std::chrono::milliseconds tick_period{250};

} // namespace

// Only one thread runs the context, so its sockets need no locks; posting to it is still safe.
io_thread::io_thread(const config::gateway_settings& settings, request_handler& handler,
                     server_counters& counters)
    : settings_(settings), handler_(handler), counters_(counters),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO), work_(context_.get_executor()),
      timer_(context_), outbox_(std::make_shared<outbox>(
                            [this] { asio::post(context_, [this] { drain_outbox(); }); })) {
  read_clock();
}

io_thread::~io_thread() { stop(); }

void io_thread::run() {
  thread_ = std::thread{[this] {
    pthread_setname_np(pthread_self(), "gateway.io");
    // A handler that throws has lost its own connection at the most; the thread goes on.
    for (bool again = true; again;) {
      again = false;
      try {
        context_.run();
      } catch (const std::exception& what) {
        spdlog::error("gateway.io.exception what={}", what.what());
        again = true;
      }
    }
  }};
}

void io_thread::stop() {
  outbox_->close();
  if (thread_.joinable()) {
    asio::post(context_, [this] {
      while (!connections_.empty()) connections_.begin()->second->drop();
      context_.stop();
    });
    thread_.join();
  }
  connections_.clear();
}

void io_thread::adopt(int native_socket, asio::ip::tcp protocol, bool refused) {
  asio::dispatch(context_, [this, native_socket, protocol, refused] {
    error_code ec;
    client_socket socket{context_};
    socket.assign(protocol, native_socket, ec);
    if (!ec) add(std::move(socket), refused);
  });
}

void io_thread::add(client_socket socket, bool refused) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
  counters_.connections.fetch_add(1, std::memory_order_relaxed);
  if (connections_.empty()) read_clock();
  const auto id = next_++;
  auto c = std::make_shared<connection>(*this, std::move(socket), id);
  connections_.emplace(id, c);
  arm_tick();
  refused ? c->start_refused() : c->start();
}

void io_thread::remove(uint64_t id) {
  counters_.connections.fetch_sub(1, std::memory_order_relaxed);
  if (ticking_)
    gone_.push_back(id);
  else
    connections_.erase(id);
  if (stopping_) check_stopped();
}

void io_thread::drain_outbox() {
  outbox_->take(taken_);
  for (auto& item : taken_) {
    const auto found = connections_.find(item.connection);
    if (found == connections_.end()) continue;
    const auto c = found->second;
    if (item.what == outbox::item::kind::answer)
      c->deliver(item.request, std::move(item.answer));
    else
      c->feed_ready();
  }
  taken_.clear();
}

void io_thread::read_clock() {
  now_ = std::chrono::steady_clock::now();
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  if (second == date_second_) return;
  date_second_ = second;
  date_ = http_date(second);
}

/// Ticks only while there are connections: an idle server sleeps.
void io_thread::arm_tick() {
  if (armed_) return;
  armed_ = true;
  timer_.expires_after(tick_period);
  timer_.async_wait([this](const error_code& ec) {
    armed_ = false;
    if (!ec) tick();
  });
}

void io_thread::tick() {
  read_clock();
  ticking_ = true;
  for (const auto& [id, c] : connections_) c->tick(now_);
  ticking_ = false;
  for (const auto id : gone_) connections_.erase(id);
  gone_.clear();
  if (stopping_) check_stopped();
  if (!connections_.empty() || stopping_) arm_tick();
}

void io_thread::begin_stop(std::chrono::milliseconds grace, std::function<void()> done) {
  asio::post(context_, [this, grace, done = std::move(done)]() mutable {
    read_clock();
    stopping_ = true;
    stopped_ = std::move(done);
    stop_deadline_ = now_ + grace;
    std::vector<std::shared_ptr<connection>> all;
    for (const auto& [id, c] : connections_) all.push_back(c);
    for (const auto& c : all) c->begin_stop();
    arm_tick();
    check_stopped();
  });
}

void io_thread::check_stopped() {
  if (!stopped_ || ticking_) return;
  if (!connections_.empty() && now_ < stop_deadline_) return;
  std::exchange(stopped_, nullptr)();
}

} // namespace steward::gateway
