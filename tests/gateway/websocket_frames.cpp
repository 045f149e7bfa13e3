#define CAF_SUITE gateway_websocket_frames
#include "gateway/websocket_frames.hpp"

#include "caf/test/dsl.hpp"

#include <string>

using namespace steward::gateway;

namespace {

/// A client's frame.
std::string masked(unsigned first, std::string_view payload) {
  std::string out{static_cast<char>(first)};
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  }
  const std::string mask = "\x11\x22\x33\x44";
  out += mask;
  for (size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

ws_close error_of(const std::string& bytes) {
  ws_reader r;
  r.put(bytes);
  return r.error();
}

} // namespace

CAF_TEST(the accept value is the one of the RFC) {
  CAF_CHECK_EQUAL(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CAF_CHECK(valid_websocket_key("dGhlIHNhbXBsZSBub25jZQ=="));
  CAF_CHECK(!valid_websocket_key("short"));
  CAF_CHECK(!valid_websocket_key("dGhlIHNhbXBsZSBub25j\r\n=="));
}

CAF_TEST(a frame has the shortest length that fits) {
  std::string out;
  append_frame(out, ws_opcode::text, "hi");
  CAF_CHECK_EQUAL(out, std::string("\x81\x02hi"));
  out.clear();
  append_frame(out, ws_opcode::text, std::string(126, 'a'));
  CAF_CHECK_EQUAL(out.substr(0, 4), std::string("\x81\x7e\x00\x7e", 4));
  out.clear();
  append_frame(out, ws_opcode::text, std::string(65536, 'a'));
  CAF_CHECK_EQUAL(out.substr(0, 10), std::string("\x81\x7f\0\0\0\0\0\1\0\0", 10));
}

CAF_TEST(a close reason is cut at a character) {
  std::string out;
  append_close_frame(out, ws_close::try_again_later, std::string(122, 'a') + "\xc3\xa4");
  CAF_CHECK_EQUAL(out.size(), 2u + 2u + 122u);
  CAF_CHECK_EQUAL(out.substr(2, 2), std::string("\x03\xf5"));
}

CAF_TEST(control frames come out between the pieces of a message that is overlooked) {
  const auto bytes = masked(0x01, "one") + masked(0x89, "ping") + masked(0x80, "two") +
                     masked(0x8a, "") + masked(0x88, "\x03\xe8");
  for (const bool bytewise : {false, true}) {
    ws_reader r;
    std::vector<ws_reader::control> seen;
    if (bytewise) {
      for (const char c : bytes)
        for (auto& frame : r.put({&c, 1})) seen.push_back(std::move(frame));
    } else {
      seen = r.put(bytes);
    }
    CAF_REQUIRE_EQUAL(seen.size(), 3u);
    CAF_CHECK(seen[0].opcode == ws_opcode::ping);
    CAF_CHECK_EQUAL(seen[0].payload, "ping");
    CAF_CHECK(seen[1].opcode == ws_opcode::pong);
    CAF_CHECK(seen[2].opcode == ws_opcode::close);
    CAF_CHECK(r.error() == ws_close::normal);
  }
}

CAF_TEST(messages are read up to a kilobyte and no further) {
  CAF_CHECK(error_of(masked(0x81, std::string(1024, 'a'))) == ws_close::normal);
  CAF_CHECK(error_of(masked(0x81, std::string(1025, 'a'))) == ws_close::too_big);
  CAF_CHECK(error_of(masked(0x01, std::string(600, 'a')) + masked(0x80, std::string(600, 'a'))) ==
            ws_close::too_big);
  CAF_CHECK(error_of(std::string("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff....", 14)) ==
            ws_close::too_big);
}

CAF_TEST(what RFC 6455 forbids ends the connection) {
  CAF_CHECK(error_of(std::string("\x81\x02hi")) == ws_close::protocol_error); // not masked
  CAF_CHECK(error_of(masked(0xc1, "x")) == ws_close::protocol_error);         // reserved bit
  CAF_CHECK(error_of(masked(0x83, "x")) == ws_close::protocol_error);         // unknown opcode
  CAF_CHECK(error_of(masked(0x09, "x")) == ws_close::protocol_error);         // ping in pieces
  CAF_CHECK(error_of(masked(0x89, std::string(126, 'a'))) == ws_close::protocol_error);
  CAF_CHECK(error_of(masked(0x80, "x")) == ws_close::protocol_error); // continues nothing
  CAF_CHECK(error_of(masked(0x01, "x") + masked(0x81, "x")) == ws_close::protocol_error);
  CAF_CHECK(error_of(masked(0x88, "x")) == ws_close::protocol_error); // half a code
  CAF_CHECK(error_of(masked(0x88, std::string("\x03\xed"))) == ws_close::protocol_error); // 1005
}
