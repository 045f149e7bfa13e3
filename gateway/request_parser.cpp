#include "gateway/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace steward::gateway {

namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

/// What one request has brought so far. Texts lie one after the other in `text`, so that a request
/// costs no allocation once the connection is warm.
struct collected {
  struct span {
    size_t name, name_size, value_size;
  };
  std::string text, body;
  std::vector<span> fields;
  std::vector<header_field> headers;
  size_t method_size = 0, target_size = 0;
  unsigned version = 11;
  bool header_done = false;
  bool unknown_coding = false;

  void clear() {
    text.clear();
    fields.clear();
    headers.clear();
    header_done = unknown_coding = false;
    // One large body should not stay allocated for the life of the connection.
    if (body.capacity() > 64 << 10) body = std::string{};
    body.clear();
  }
};

class message_parser : public http::basic_parser<true> {
public:
  message_parser(collected& into, const parse_limits& limits) : into_(into), limits_(limits) {
    const auto bound = std::numeric_limits<uint32_t>::max();
    header_limit(static_cast<uint32_t>(std::min<size_t>(limits.header_bytes, bound)));
    body_limit(limits.body_bytes);
  }
  bool target_too_long = false;

private:
  void on_request_impl(http::verb, boost::beast::string_view method,
                       boost::beast::string_view target, int version, error_code& ec) override {
    if (target.size() > limits_.target_bytes) {
      target_too_long = true;
      ec = http::error::bad_target;
      return;
    }
    into_.text.append(method).append(target);
    into_.method_size = method.size();
    into_.target_size = target.size();
    into_.version = static_cast<unsigned>(version);
  }
  void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
  void on_field_impl(http::field name, boost::beast::string_view text,
                     boost::beast::string_view value, error_code&) override {
    if (into_.header_done) return; // a trailer: nothing here reads any
    if (name == http::field::transfer_encoding && !same_word(value, "chunked"))
      into_.unknown_coding = true;
    into_.fields.push_back({into_.text.size(), text.size(), value.size()});
    into_.text.append(text).append(value);
  }
  void on_header_impl(error_code&) override {
    into_.header_done = true;
    const std::string_view all = into_.text;
    for (const auto& f : into_.fields)
      into_.headers.push_back(
          {all.substr(f.name, f.name_size), all.substr(f.name + f.name_size, f.value_size)});
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    // The announced length is within the limit here, but not yet believed for more than this.
    if (length) into_.body.reserve(std::min<size_t>(static_cast<size_t>(*length), 64 << 10));
  }
  size_t on_body_impl(boost::beast::string_view piece, error_code&) override {
    into_.body.append(piece);
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
  size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view piece, error_code&) override {
    into_.body.append(piece);
    return piece.size();
  }
  void on_finish_impl(error_code&) override {}

  collected& into_;
  const parse_limits& limits_;
};

parse_error from_beast(const error_code& ec, const message_parser& parser, const collected& got) {
  if (parser.target_too_long) return parse_error::target_too_long;
  if (ec == http::error::header_limit)
    return got.method_size == 0 ? parse_error::target_too_long : parse_error::header_too_large;
  if (ec == http::error::body_limit) return parse_error::body_too_large;
  // Beast also says bad_version when there is none, as in "GET / http\r\n".
  if (ec == http::error::bad_version) return parse_error::version;
  return parse_error::malformed;
}

} // namespace

struct request_parser::reader {
  explicit reader(const parse_limits& l) : limits(l) { parser.emplace(got, limits); }

  parse_limits limits;
  collected got;
  std::optional<message_parser> parser;
  stage at = stage::head;
  parse_error error = parse_error::none;

  void fail(parse_error why) {
    at = stage::broken;
    error = why;
  }
  /// At the end of the header: what Beast leaves to its user.
  void check_head() {
    if (got.unknown_coding) return fail(parse_error::transfer_coding);
    const auto hosts = std::count_if(got.headers.begin(), got.headers.end(),
                                     [](const auto& f) { return same_word(f.name, "host"); });
    // HTTP/1.0 knows no transfer codings; whoever sends one there wants to be read in two ways.
    const bool coded = std::any_of(got.headers.begin(), got.headers.end(), [](const auto& f) {
      return same_word(f.name, "transfer-encoding");
    });
    if (hosts > 1 || (got.version == 11 && hosts == 0) || (got.version == 10 && coded))
      fail(parse_error::malformed);
  }
};

request_parser::request_parser(const parse_limits& limits)
    : reader_(std::make_unique<reader>(limits)) {}
request_parser::~request_parser() = default;

size_t request_parser::put(std::string_view bytes) {
  auto& r = *reader_;
  if (r.at == stage::complete || r.at == stage::broken) return 0;
  const bool in_head = r.at == stage::head;
  if (in_head && r.got.method_size == 0 && !bytes.empty() && bytes.front() == '\r') {
    // Empty lines before a request are to be overlooked (RFC 9112, 2.2).
    if (bytes.size() == 1) return 0;
    if (bytes[1] == '\n') return 2;
  }
  error_code ec;
  const auto taken = r.parser->put(boost::asio::const_buffer{bytes.data(), bytes.size()}, ec);
  if (ec == http::error::need_more) {
    // A chunk's header is never long; only its data is counted by Beast's limit.
    if (!in_head && taken == 0 && bytes.size() > r.limits.header_bytes)
      r.fail(parse_error::malformed);
    return taken;
  }
  if (ec) {
    r.fail(from_beast(ec, *r.parser, r.got));
    return taken;
  }
  if (in_head && r.parser->is_header_done()) {
    r.at = stage::body;
    r.check_head();
  }
  if (r.at == stage::body && r.parser->is_done()) r.at = stage::complete;
  return taken;
}

request_parser::stage request_parser::at() const { return reader_->at; }
parse_error request_parser::error() const { return reader_->error; }
bool request_parser::fresh() const {
  return reader_->at == stage::head && reader_->got.method_size == 0;
}

request_view request_parser::view() const {
  const auto& got = reader_->got;
  const std::string_view text = got.text;
  return {text.substr(0, got.method_size), text.substr(got.method_size, got.target_size),
          got.version, got.headers, got.body};
}

bool request_parser::keep_alive() const { return reader_->parser->keep_alive(); }

void request_parser::next() {
  auto& r = *reader_;
  r.got.clear();
  r.got.method_size = r.got.target_size = 0;
  r.parser.emplace(r.got, r.limits);
  r.at = stage::head;
  r.error = parse_error::none;
}

} // namespace steward::gateway
