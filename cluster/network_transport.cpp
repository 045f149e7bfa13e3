#include "cluster/network_link.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

namespace steward::cluster {

namespace {

constexpr size_t strangers_at_once = 64; ///< That have not proved themselves yet.
using clock = std::chrono::steady_clock;

struct endpoint_text {
  std::string host, port;
};

endpoint_text split(const std::string& address) {
  const auto colon = address.rfind(':');
  auto host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return {host, colon == std::string::npos ? std::string{} : address.substr(colon + 1)};
}

/// Only who has a certificate of this authority is talked to, in both directions.
std::unique_ptr<asio::ssl::context> make_tls(const network_options& o) {
  if (o.certificate.empty()) return nullptr;
  auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls);
  try {
    tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                     asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                     asio::ssl::context::no_tlsv1_1);
    tls->use_certificate_chain_file(o.certificate.string());
    tls->use_private_key_file(o.key.string(), asio::ssl::context::pem);
    tls->load_verify_file(o.authority.string());
    tls->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  } catch (const boost::system::system_error& e) {
    throw std::runtime_error("the cluster's certificate, key or authority can't be used: " +
                             std::string{e.what()});
  }
  return tls;
}

class network_transport_impl final : public transport {
public:
  network_transport_impl(network_options o, transport_events events)
      : options_(std::move(o)), on_(std::move(events)), tls_(make_tls(options_)), acceptor_(io_),
        timer_(io_), resolver_(io_) {
    listen();
    accept();
    beat();
    thread_ = std::thread{[this] { io_.run(); }};
  }

  ~network_transport_impl() override {
    asio::post(io_, [this] { stop(); });
    thread_.join();
  }

  void know(int64_t self, std::vector<peer> others) override {
    asio::post(io_, [this, self, others = std::move(others)] { learn(self, others); });
  }

  bool send(int64_t to, std::string frame) override {
    std::shared_ptr<network_link> over;
    {
      const std::lock_guard lock{mutex_};
      if (const auto found = open_.find(to); found != open_.end()) over = found->second;
    }
    if (!over || frame.size() >= options_.frame_bytes || !over->reserve(frame.size())) return false;
    asio::post(io_, [over, frame = std::move(frame)]() mutable { over->send(std::move(frame)); });
    return true;
  }

  bool linked(int64_t to) const override {
    const std::lock_guard lock{mutex_};
    return open_.contains(to);
  }

private:
  struct known {
    std::string address;
    bool dialing = false;
    clock::time_point next_dial{};
    std::chrono::milliseconds pause{0};
  };

  void listen() {
    const auto at = split(options_.listen);
    error_code e;
    const auto found = tcp::resolver{io_}.resolve(
        at.host, at.port, tcp::resolver::passive | tcp::resolver::numeric_service, e);
    if (!e && !found.empty()) {
      const tcp::endpoint where = *found.begin();
      acceptor_.open(where.protocol(), e);
      if (!e) acceptor_.set_option(tcp::acceptor::reuse_address{true}, e);
      if (!e) acceptor_.bind(where, e);
      if (!e) acceptor_.listen(tcp::acceptor::max_listen_connections, e);
    }
    if (e)
      throw std::runtime_error("the cluster can't be listened to on " + options_.listen + ": " +
                               e.message());
  }

  void accept() {
    acceptor_.async_accept([this](error_code e, tcp::socket socket) {
      if (e == asio::error::operation_aborted) return;
      if (!e && strangers_.size() < strangers_at_once) begin(std::move(socket), false, 0);
      accept();
    });
  }

  void learn(int64_t self, const std::vector<peer>& others) {
    if (self != self_) close_all("this server has another id now");
    self_ = self;
    std::map<int64_t, known> now;
    for (const auto& p : others) {
      auto old = peers_.extract(p.node);
      if (!old.empty() && old.mapped().address == p.address)
        now.insert(std::move(old));
      else
        now[p.node].address = p.address;
    }
    peers_ = std::move(now);
    std::vector<std::shared_ptr<network_link>> gone;
    {
      const std::lock_guard lock{mutex_};
      for (const auto& [node, link] : open_)
        if (!peers_.contains(node)) gone.push_back(link);
    }
    for (const auto& link : gone) link->close("it is no member any more");
    dial_all();
  }

  /// The older of two dials the younger, so that there is one link between them.
  void dial_all() {
    if (self_ == 0) return;
    const auto now = clock::now();
    for (auto& [node, p] : peers_) {
      if (node < self_ || p.dialing || linked(node) || now < p.next_dial) continue;
      p.dialing = true;
      dial(node, p.address);
    }
  }

  void dial(int64_t node, const std::string& address) {
    const auto at = split(address);
    resolver_.async_resolve(
        at.host, at.port, [this, node](error_code e, const tcp::resolver::results_type& found) {
          if (e) return dialed(node, false);
          auto socket = std::make_shared<tcp::socket>(io_);
          auto limit = std::make_shared<asio::steady_timer>(io_, options_.connect_timeout);
          limit->async_wait([socket](error_code stopped) {
            error_code ignored;
            if (!stopped) socket->close(ignored);
          });
          asio::async_connect(*socket, found,
                              [this, node, socket, limit](error_code failed, const tcp::endpoint&) {
                                limit->cancel();
                                if (failed || !socket->is_open()) return dialed(node, false);
                                begin(std::move(*socket), true, node);
                              });
        });
  }

  void dialed(int64_t node, bool well) {
    const auto found = peers_.find(node);
    if (found == peers_.end()) return;
    using namespace std::chrono_literals;
    auto& p = found->second;
    p.dialing = false;
    p.pause = well ? 0ms : std::clamp(p.pause * 2, 100ms, 1'000ms);
    p.next_dial = clock::now() + p.pause;
  }

  void begin(tcp::socket socket, bool dialer, int64_t expected) {
    error_code ignored;
    const auto from = socket.remote_endpoint(ignored);
    std::string where = from.address().to_string() + ":" + std::to_string(from.port());
    const auto opened = std::make_shared<int64_t>(0);
    network_link::events on;
    on.on_open = [this, expected, opened, dialer](const std::shared_ptr<network_link>& link) {
      strangers_.erase(link);
      if (dialer) dialed(expected, link->other() == expected);
      // One that is not known yet, or not any more: it will be, or it tries in vain.
      if (!peers_.contains(link->other()) || (dialer && link->other() != expected)) return false;
      *opened = link->other();
      adopt(link);
      return true;
    };
    on.on_frame = [this, opened](std::string frame) { on_.on_frame(*opened, std::move(frame)); };
    auto link = std::make_shared<network_link>(link_context{options_, tls_.get()},
                                               std::move(socket), dialer, self_);
    on.on_closed = [this, opened, dialer, expected, where,
                    weak = std::weak_ptr{link}](const std::string& why) {
      const auto closed = weak.lock();
      strangers_.erase(closed);
      if (*opened != 0) return lost(*opened, closed);
      if (dialer) dialed(expected, false);
      if (!why.empty() && options_.warn) warn(where, why);
    };
    link->listen(std::move(on));
    strangers_.insert(link);
    link->start();
  }

  void adopt(const std::shared_ptr<network_link>& link) {
    std::shared_ptr<network_link> old;
    {
      const std::lock_guard lock{mutex_};
      auto& place = open_[link->other()];
      old = std::exchange(place, link);
    }
    if (old) {
      old->close("there is a newer link");
      on_.on_down(link->other());
    }
    on_.on_up(link->other());
  }

  void lost(int64_t node, const std::shared_ptr<network_link>& link) {
    {
      const std::lock_guard lock{mutex_};
      const auto found = open_.find(node);
      if (found == open_.end() || found->second != link) return; // A newer one is there.
      open_.erase(found);
    }
    on_.on_down(node);
  }

  /// One line in ten seconds for each reason is enough.
  void warn(const std::string& where, const std::string& why) {
    if (warned_.size() > 100) warned_.clear();
    auto& last = warned_[why];
    if (last != clock::time_point{} && clock::now() - last < std::chrono::seconds{10}) return;
    last = clock::now();
    options_.warn(where + ": " + why);
  }

  void beat() {
    timer_.expires_after(options_.heartbeat);
    timer_.async_wait([this](error_code e) {
      if (e) return;
      const auto now = clock::now();
      std::vector<std::shared_ptr<network_link>> open;
      {
        const std::lock_guard lock{mutex_};
        for (const auto& [node, link] : open_) open.push_back(link);
      }
      for (const auto& link : open)
        if (now - link->heard() > options_.silence)
          link->close("it has been silent for too long");
        else
          link->beat();
      const auto strangers = strangers_;
      for (const auto& link : strangers)
        if (now - link->begun() > options_.connect_timeout)
          link->close("the handshake takes too long");
      dial_all();
      beat();
    });
  }

  void close_all(const char* why) {
    std::vector<std::shared_ptr<network_link>> all{strangers_.begin(), strangers_.end()};
    {
      const std::lock_guard lock{mutex_};
      for (const auto& [node, link] : open_) all.push_back(link);
    }
    for (const auto& link : all) link->close(why);
  }

  void stop() {
    on_.on_down = [](int64_t) {};
    options_.warn = {};
    peers_.clear();
    error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel();
    resolver_.cancel();
    close_all("the server stops");
    io_.stop();
  }

  network_options options_;
  transport_events on_;
  asio::io_context io_{1};
  std::unique_ptr<asio::ssl::context> tls_;
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  tcp::resolver resolver_;
  int64_t self_ = 0;
  std::map<int64_t, known> peers_;
  std::set<std::shared_ptr<network_link>> strangers_;
  std::map<std::string, clock::time_point> warned_;
  mutable std::mutex mutex_; ///< Guards `open_`, which only this transport's thread changes.
  std::map<int64_t, std::shared_ptr<network_link>> open_;
  std::thread thread_;
};

} // namespace

std::unique_ptr<transport> network_transport(network_options options, transport_events events) {
  return std::make_unique<network_transport_impl>(std::move(options), std::move(events));
}

} // namespace steward::cluster
