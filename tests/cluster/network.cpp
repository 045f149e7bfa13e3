#define CAF_SUITE network

#include "caf/test/unit_test.hpp"
#include "cluster/handshake.hpp"
#include "cluster/transport.hpp"
#include "cluster/wire.hpp"

#include <arpa/inet.h>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

using namespace steward::cluster;
using namespace std::chrono_literals;

namespace {

uint16_t free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at);
  socklen_t size = sizeof at;
  getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
  close(fd);
  return ntohs(at.sin_port);
}

/// One server's end, and what it has seen.
class end {
public:
  explicit end(int64_t id, std::function<void(network_options&)> change = {}) : id_(id) {
    network_options o;
    o.cluster = "test";
    address_ = o.listen = "127.0.0.1:" + std::to_string(free_port());
    o.warn = [this](const std::string& why) { note([&] { warnings_.push_back(why); }); };
    if (change) change(o);
    link_ = network_transport(o, {[this](int64_t from, std::string frame) {
                                    note([&] { frames_[from].push_back(std::move(frame)); });
                                  },
                                  [this](int64_t node) { note([&] { ++ups_[node]; }); },
                                  [this](int64_t node) { note([&] { ++downs_[node]; }); }});
  }

  peer as_peer() const { return {id_, address_}; }
  transport& link() { return *link_; }
  void know(std::vector<peer> others) { link_->know(id_, std::move(others)); }
  void stop() { link_.reset(); }

  template <class Condition>
  bool wait(Condition condition, std::chrono::milliseconds limit = 10s) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, limit, [&] { return condition(*this); });
  }
  // Inside a condition:
  size_t frames(int64_t from) { return frames_[from].size(); }
  const std::vector<std::string>& of(int64_t from) { return frames_[from]; }
  int ups(int64_t node) { return ups_[node]; }
  int downs(int64_t node) { return downs_[node]; }
  bool warned(const std::string& of) {
    for (const auto& w : warnings_)
      if (w.find(of) != w.npos) return true;
    return false;
  }

private:
  template <class Change>
  void note(Change change) {
    const std::lock_guard lock{mutex_};
    change();
    changed_.notify_all();
  }
  int64_t id_;
  std::string address_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int64_t, std::vector<std::string>> frames_;
  std::map<int64_t, int> ups_, downs_;
  std::vector<std::string> warnings_;
  std::unique_ptr<transport> link_;
};

/// Shakes hands and then stands still, as if its process were stopped.
class stubborn_peer {
public:
  explicit stubborn_peer(int64_t id) : id_(id), door_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(door_, reinterpret_cast<sockaddr*>(&at), sizeof at);
    socklen_t size = sizeof at;
    getsockname(door_, reinterpret_cast<sockaddr*>(&at), &size);
    listen(door_, 1);
    port_ = ntohs(at.sin_port);
  }
  ~stubborn_peer() {
    close(door_);
    close(way_);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  void shake_hands() {
    way_ = accept(door_, nullptr, nullptr);
    const auto own = encode(make_hello("test", id_));
    put(own);
    const auto others = take();
    put(proof_of("", false, others, own));
    take();
  }

private:
  void put(const std::string& bytes) {
    const auto size = htonl(static_cast<uint32_t>(bytes.size() + 1));
    std::string frame{reinterpret_cast<const char*>(&size), 4};
    frame += 'h' + bytes;
    CAF_REQUIRE_EQUAL(write(way_, frame.data(), frame.size()), static_cast<ssize_t>(frame.size()));
  }
  std::string take() {
    uint32_t size = 0;
    CAF_REQUIRE_EQUAL(recv(way_, &size, 4, MSG_WAITALL), 4);
    std::string bytes(ntohl(size), '\0');
    CAF_REQUIRE_EQUAL(recv(way_, bytes.data(), bytes.size(), MSG_WAITALL),
                      static_cast<ssize_t>(bytes.size()));
    return bytes.substr(1);
  }
  int64_t id_;
  int door_, way_ = -1;
  uint16_t port_ = 0;
};

void introduce(end& a, end& b) {
  a.know({b.as_peer()});
  b.know({a.as_peer()});
}

/// An authority and certificates of it, made by openssl; gone at the end.
class certificates {
public:
  certificates() {
    char name[] = "/tmp/steward-certificates-XXXXXX";
    folder_ = mkdtemp(name);
    authority("own");
    authority("other");
    certificate("own", "a");
    certificate("own", "b");
    certificate("other", "stranger");
  }
  ~certificates() { std::filesystem::remove_all(folder_); }
  std::function<void(network_options&)> use(const std::string& name,
                                            const std::string& trust = "own") {
    return [=, this](network_options& o) {
      o.certificate = folder_ + "/" + name + ".pem";
      o.key = folder_ + "/" + name + ".key";
      o.authority = folder_ + "/" + trust + ".pem";
    };
  }

private:
  void run(const std::string& command) {
    CAF_REQUIRE_EQUAL(std::system(("cd " + folder_ + " && " + command + " 2>/dev/null").c_str()),
                      0);
  }
  void authority(const std::string& name) {
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name +
        ".key -out " + name + ".pem -days 2 -subj /CN=" + name);
  }
  void certificate(const std::string& by, const std::string& name) {
    run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name +
        ".key -out " + name + ".csr -subj /CN=" + name);
    run("openssl x509 -req -in " + name + ".csr -CA " + by + ".pem -CAkey " + by +
        ".key -CAcreateserial -out " + name + ".pem -days 2");
  }
  std::string folder_;
};

} // namespace

CAF_TEST(frames arrive in order in both directions) {
  end a{1}, b{2};
  introduce(a, b);
  CAF_REQUIRE(a.wait([](end& e) { return e.ups(2) == 1; }));
  CAF_REQUIRE(b.wait([](end& e) { return e.ups(1) == 1; }));
  for (int i = 0; i < 1'000; ++i) {
    CAF_REQUIRE(a.link().send(2, std::to_string(i)));
    CAF_REQUIRE(b.link().send(1, "b" + std::to_string(i)));
  }
  CAF_CHECK(a.link().send(2, std::string(5'000'000, 'x')));
  CAF_CHECK(b.wait([](end& e) { return e.frames(1) == 1'001; }));
  CAF_CHECK(a.wait([](end& e) { return e.frames(2) == 1'000; }));
  b.wait([](end& e) {
    for (int i = 0; i < 1'000; ++i)
      CAF_CHECK_EQUAL(e.of(1).at(static_cast<size_t>(i)), std::to_string(i));
    CAF_CHECK_EQUAL(e.of(1).at(1'000).size(), 5'000'000u);
    return true;
  });
}

CAF_TEST(a link that is lost is told and made again) {
  end a{1};
  auto b = std::make_unique<end>(2);
  introduce(a, *b);
  CAF_REQUIRE(a.wait([](end& e) { return e.ups(2) == 1; }));
  const auto was = b->as_peer();
  b.reset();
  CAF_CHECK(a.wait([](end& e) { return e.downs(2) == 1; }));
  CAF_CHECK(!a.link().send(2, "nobody there"));
  end again{2, [&](network_options& o) { o.listen = was.address; }};
  again.know({a.as_peer()});
  CAF_CHECK(a.wait([](end& e) { return e.ups(2) == 2; }));
}

CAF_TEST(who is not known gets no link) {
  end a{1}, b{2}, stranger{3};
  introduce(a, b);
  stranger.know({a.as_peer(), b.as_peer()}); // They are older: they would have to dial.
  end older{0, {}};
  older.know({});
  end late{4};
  a.know({b.as_peer(), late.as_peer()});
  CAF_CHECK(a.wait([](end& e) { return e.ups(2) == 1; }));
  // The one that does not know a yet refuses its link, until it does.
  CAF_CHECK(!late.wait([](end& e) { return e.ups(1) > 0; }, 500ms));
  late.know({a.as_peer()});
  CAF_CHECK(late.wait([](end& e) { return e.ups(1) == 1; }));
  CAF_CHECK(!stranger.wait([](end& e) { return e.ups(1) + e.ups(2) > 0; }, 300ms));
}

CAF_TEST(another secret or another cluster is refused and named) {
  end a{1, [](network_options& o) { o.secret = "right"; }};
  end b{2, [](network_options& o) { o.secret = "wrong"; }};
  end c{3, [](network_options& o) { o.cluster = "elsewhere"; }};
  a.know({b.as_peer(), c.as_peer()});
  b.know({a.as_peer()});
  c.know({a.as_peer()});
  CAF_CHECK(a.wait([](end& e) { return e.warned("secret"); }));
  CAF_CHECK(a.wait([](end& e) { return e.warned("'elsewhere'"); }));
  CAF_CHECK(!a.wait([](end& e) { return e.ups(2) + e.ups(3) > 0; }, 300ms));
}

CAF_TEST(only certificates of the authority make a link) {
  certificates all;
  end a{1, all.use("a")}, b{2, all.use("b")};
  end stranger{3, all.use("stranger", "own")}, plain{4};
  const std::vector<peer> others{b.as_peer(), stranger.as_peer(), plain.as_peer()};
  a.know(others);
  b.know({a.as_peer()});
  stranger.know({a.as_peer()});
  plain.know({a.as_peer()});
  CAF_CHECK(a.wait([](end& e) { return e.ups(2) == 1; }));
  CAF_REQUIRE(a.link().send(2, "over TLS"));
  CAF_CHECK(b.wait([](end& e) { return e.frames(1) == 1; }));
  CAF_CHECK(a.wait([](end& e) { return e.warned("TLS") || e.warned("certificate"); }));
  CAF_CHECK(!a.wait([](end& e) { return e.ups(3) + e.ups(4) > 0; }, 1s));
}

CAF_TEST(a file that is no certificate is refused at the start) {
  try {
    end a{1, [](network_options& o) { o.certificate = o.key = o.authority = "/nowhere.pem"; }};
    CAF_FAIL("it was taken");
  } catch (const std::runtime_error& e) {
    CAF_CHECK(std::string{e.what()}.find("certificate") != std::string::npos);
  }
}

CAF_TEST(a dial that nobody answers holds up no other) {
  end a{1}, b{2};
  // An address of the documentation's range: packets to it are dropped or refused by nobody here.
  a.know({{5, "192.0.2.1:9"}, {6, "nowhere.invalid:9"}, b.as_peer()});
  b.know({a.as_peer()});
  CAF_CHECK(a.wait([](end& e) { return e.ups(2) == 1; }, 3s));
  CAF_CHECK(!a.link().send(5, "x"));
}

CAF_TEST(a peer that does not read is bounded and then given up) {
  end a{1, [](network_options& o) { o.queue_bytes = 1 << 20; }};
  stubborn_peer peer{2};
  a.know({{2, peer.address()}});
  peer.shake_hands();
  CAF_REQUIRE(a.wait([](end& e) { return e.ups(2) == 1; }));
  size_t sent = 0;
  while (sent < 100'000 && a.link().send(2, std::string(1'000, 'x'))) ++sent;
  CAF_CHECK(sent < 100'000); // the socket's buffers and ours are full
  CAF_CHECK(a.wait([](end& e) { return e.downs(2) == 1; }, 4s));
}

CAF_TEST(garbage ends the connection and nothing else) {
  end a{1}, b{2};
  introduce(a, b);
  CAF_REQUIRE(a.wait([](end& e) { return e.ups(2) == 1; }));
  const auto colon = a.as_peer().address.rfind(':');
  const auto port = static_cast<uint16_t>(std::stoi(a.as_peer().address.substr(colon + 1)));
  for (const auto& text : {std::string{"GET / HTTP/1.1\r\n\r\n"}, std::string(100, '\xff'),
                           std::string("\0\0\0\5h\1\2\3\4", 9), std::string("\0\0\0\0", 4)}) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CAF_REQUIRE_EQUAL(connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    CAF_CHECK(write(fd, text.data(), text.size()) > 0);
    char byte[4096];
    while (read(fd, byte, sizeof byte) > 0) {
    }
    close(fd);
  }
  CAF_CHECK(a.link().send(2, "still there"));
  CAF_CHECK(b.wait([](end& e) { return e.frames(1) == 1; }));
}
