#include "gateway/websocket_frames.hpp"

#include <algorithm>
#include <array>
#include <openssl/evp.h>

namespace steward::gateway {

namespace {

bool is_control(ws_opcode opcode) { return (static_cast<unsigned>(opcode) & 8u) != 0; }

bool is_known(ws_opcode opcode) {
  const auto n = static_cast<unsigned>(opcode);
  return n <= 2 || (n >= 8 && n <= 10);
}

/// Codes that may be sent in a close frame.
bool may_be_sent(unsigned code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
         (code >= 3000 && code <= 4999);
}

} // namespace

std::string websocket_accept(std::string_view key) {
  static constexpr std::string_view magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const auto text = std::string{key}.append(magic);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 64> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<size_t>(length)};
}

bool valid_websocket_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  return std::all_of(key.begin(), key.end() - 2, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  });
}

void append_frame(std::string& out, ws_opcode opcode, std::string_view payload) {
  const auto size = payload.size();
  out += static_cast<char>(0x80u | static_cast<unsigned>(opcode));
  const auto big_endian = [&](int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((size >> (8 * i)) & 0xff);
  };
  if (size < 126) {
    out += static_cast<char>(size);
  } else if (size < 65536) {
    out += static_cast<char>(126);
    big_endian(2);
  } else {
    out += static_cast<char>(127);
    big_endian(8);
  }
  out.append(payload);
}

void append_close_frame(std::string& out, ws_close code, std::string_view reason) {
  // A control frame's payload has at most 125 bytes.
  auto fits = reason.substr(0, 123);
  if (fits.size() < reason.size())
    while (!fits.empty() && (static_cast<uint8_t>(reason[fits.size()]) & 0xc0) == 0x80)
      fits.remove_suffix(1);
  const auto number = static_cast<unsigned>(code);
  std::string payload{static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
  append_frame(out, ws_opcode::close, payload.append(fits));
}

std::vector<ws_reader::control> ws_reader::put(std::string_view bytes) {
  std::vector<control> out;
  while (error_ == ws_close::normal && !closed_) {
    if (!in_payload_) {
      if (bytes.empty()) break;
      header_ += bytes.front();
      bytes.remove_prefix(1);
      if (!take_header()) continue;
      if (left_ == 0) finish_frame(out);
      continue;
    }
    if (bytes.empty()) break;
    const auto piece =
        bytes.substr(0, static_cast<size_t>(std::min<uint64_t>(left_, bytes.size())));
    for (const char c : piece)
      payload_ += static_cast<char>(static_cast<uint8_t>(c) ^ mask_[at_++ & 3]);
    bytes.remove_prefix(piece.size());
    left_ -= piece.size();
    if (left_ == 0) finish_frame(out);
  }
  return out;
}

/// Whether the header is whole now; then the frame's fields are set or `error_` is.
bool ws_reader::take_header() {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(header_[i]); };
  if (header_.size() < 2) return false;
  const unsigned short_size = byte(1) & 0x7fu;
  const size_t extra = short_size == 126 ? 2 : short_size == 127 ? 8 : 0;
  if (header_.size() < 2 + extra + 4) {
    // What is wrong already need not wait for the rest.
    if ((byte(1) & 0x80) == 0 || (byte(0) & 0x70) != 0) error_ = ws_close::protocol_error;
    return false;
  }
  final_ = (byte(0) & 0x80) != 0;
  opcode_ = static_cast<ws_opcode>(byte(0) & 0x0f);
  left_ = short_size;
  if (extra > 0) {
    left_ = 0;
    for (size_t i = 0; i < extra; ++i) left_ = left_ << 8 | byte(2 + i);
  }
  for (size_t i = 0; i < 4; ++i) mask_[i] = byte(2 + extra + i);
  header_.clear();
  payload_.clear();
  at_ = 0;
  in_payload_ = true;
  if (!is_known(opcode_)) {
    error_ = ws_close::protocol_error;
  } else if (is_control(opcode_)) {
    if (!final_ || left_ > 125) error_ = ws_close::protocol_error;
  } else if ((opcode_ == ws_opcode::continuation) != in_message_) {
    error_ = ws_close::protocol_error;
  } else if (left_ > message_bytes || message_ + left_ > message_bytes) {
    error_ = ws_close::too_big;
  }
  return true;
}

void ws_reader::finish_frame(std::vector<control>& out) {
  in_payload_ = false;
  if (error_ != ws_close::normal) return;
  if (!is_control(opcode_)) {
    message_ = final_ ? 0 : message_ + payload_.size();
    in_message_ = !final_;
    return;
  }
  if (opcode_ == ws_opcode::close) {
    closed_ = true;
    const auto code = payload_.size() < 2
                          ? 1000u
                          : static_cast<unsigned>(static_cast<uint8_t>(payload_[0])) << 8 |
                                static_cast<uint8_t>(payload_[1]);
    if (payload_.size() == 1 || !may_be_sent(code)) {
      error_ = ws_close::protocol_error;
      return;
    }
  }
  out.push_back({opcode_, std::move(payload_)});
  payload_.clear();
}

} // namespace steward::gateway
