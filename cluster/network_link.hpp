#pragma once

#include "cluster/handshake.hpp"
#include "cluster/transport.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <variant>

/// One connection to another server; only for the sources of the network transport. All but `room`
/// is for the transport's thread.
namespace steward::cluster {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// What links share.
struct link_context {
  const network_options& options;
  asio::ssl::context* tls = nullptr; ///< Null: plain, which is for loopback alone.
};

class network_link : public std::enable_shared_from_this<network_link> {
public:
  using clock = std::chrono::steady_clock;
  struct events {
    /// The other side has proved itself. False: it is not taken.
    std::function<bool(const std::shared_ptr<network_link>&)> on_open;
    std::function<void(std::string frame)> on_frame;
    std::function<void(const std::string& why)> on_closed;
  };

  network_link(link_context context, tcp::socket socket, bool dialer, int64_t self);

  void listen(events on) { on_ = std::move(on); }
  void start();
  void send(std::string frame);
  void beat();
  void close(const std::string& why);

  int64_t other() const { return other_; } ///< Known once it is open.
  bool is_open() const { return open_; }
  clock::time_point heard() const { return heard_; }
  clock::time_point begun() const { return begun_; }
  /// Takes room for a frame that will be sent; false when too much is waiting. Thread-safe.
  bool reserve(size_t bytes);

private:
  using plain = tcp::socket;
  using secure = asio::ssl::stream<tcp::socket>;
  enum class stage : uint8_t { hello, proof, open };
  enum class kind : char { heartbeat = 'b', data = 'd', handshake = 'h' };

  template <class Use>
  void on_stream(Use use) {
    std::visit([&](auto& s) { use(*s); }, stream_);
  }
  tcp::socket& socket();
  void say_hello();
  void read_length();
  void read_frame(size_t size);
  void take_frame();
  void take_hello(std::string_view bytes);
  void take_proof(std::string_view bytes);
  void put(kind what, std::string_view bytes, bool first);
  void write();

  const link_context context_;
  std::variant<std::unique_ptr<plain>, std::unique_ptr<secure>> stream_;
  const bool dialer_;
  const int64_t self_;
  events on_;
  stage stage_ = stage::hello;
  bool open_ = false, closed_ = false;
  int64_t other_ = 0;
  std::string own_hello_, others_hello_;
  clock::time_point begun_ = clock::now(), heard_ = begun_;
  std::array<unsigned char, 4> length_{};
  std::string frame_;
  std::deque<std::string> queue_;
  bool writing_ = false;
  std::atomic<size_t> queued_ = 0; ///< Bytes of data that were reserved and not yet written.
};

} // namespace steward::cluster
