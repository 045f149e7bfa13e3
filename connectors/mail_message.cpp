#include "connectors/mail_message.hpp"

#include "workflow/machine/base64.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace steward::connectors {

namespace {

constexpr size_t line_most = 76;
constexpr size_t address_most = 254, local_part_most = 64, label_most = 63;
constexpr size_t word_bytes = 42; // 56 in base64; with "=?UTF-8?B?" and "?=" within 75

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Names between dots, none empty.
template <class Allowed>
bool is_dotted(std::string_view text, size_t name_most, Allowed allowed) {
  size_t length = 0;
  for (const char c : text) {
    if (c == '.' ? length == 0 : !allowed(c)) return false;
    length = c == '.' ? 0 : length + 1;
    if (length > name_most) return false;
  }
  return length > 0;
}

bool is_domain(std::string_view text) {
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-'; };
  return is_dotted(text, label_most, allowed) && text.front() != '-' && text.back() != '-' &&
         text.find("-.") == text.npos && text.find(".-") == text.npos;
}

bool is_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == text.npos || at > local_part_most || text.size() > address_most) return false;
  const auto allowed = [](char c) {
    return is_letter_or_digit(c) ||
           std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
  };
  return is_dotted(text.substr(0, at), local_part_most, allowed) && is_domain(text.substr(at + 1));
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// RFC 2047's encoded words, one to a line; none cuts a character in two.
std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto size = std::min(text.size(), word_bytes);
    while (size < text.size() && size > word_bytes - 3 &&
           (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
      --size;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + workflow::base64::encode(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string header_words(std::string_view text, std::string_view also_plain) {
  const bool plain = text.size() <= 60 && std::ranges::all_of(text, [&](char c) {
                       return is_letter_or_digit(c) || also_plain.find(c) != also_plain.npos;
                     });
  return plain ? std::string{text} : encoded_words(text);
}

void append_hex(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out.append({'=', hex[byte >> 4], hex[byte & 15]});
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  size_t line = 0; // where the current one begins in `out`
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' || c == '\n') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      out += "\r\n";
      line = out.size();
      continue;
    }
    std::string next;
    const bool ends = i + 1 == text.size() || text[i + 1] == '\r' || text[i + 1] == '\n';
    // A dot that begins a line means the mail's end to SMTP: nobody on the way has to mind it.
    if (c == '=' || is_control(c) || static_cast<unsigned char>(c) > 0x7e || (c == ' ' && ends) ||
        (c == '.' && out.size() == line))
      append_hex(next, c);
    else
      next = c;
    if (out.size() - line + next.size() > line_most - 1) {
      out += "=\r\n";
      line = out.size();
      if (c == '.') {
        next.clear();
        append_hex(next, c);
      }
    }
    out += next;
  }
  if (out.size() > line || out.empty()) out += "\r\n";
  return out;
}

std::string date_line(int64_t us) {
  using namespace std::chrono;
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds when{floor<seconds>(microseconds{us})};
  const auto day = floor<std::chrono::days>(when);
  const year_month_day date{day};
  const hh_mm_ss time{when - day};
  std::array<char, 96> out{};
  std::snprintf(out.data(), out.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                days[weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return out.data();
}

} // namespace

outcome<mailbox, std::string> read_mailbox(std::string_view text) {
  mailbox out;
  auto address = trimmed(text);
  if (const auto opens = address.rfind('<'); opens != address.npos && address.ends_with('>')) {
    auto name = trimmed(address.substr(0, opens));
    if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"'))
      name = name.substr(1, name.size() - 2);
    out.name = name;
    address = address.substr(opens + 1, address.size() - opens - 2);
  }
  if (!is_address(address)) return failed{std::string{"this is no e-mail address"}};
  if (std::ranges::any_of(out.name, is_control))
    return failed{std::string{"the name holds a line end or another control character"}};
  out.address = address;
  return out;
}

std::string message_id(const std::string& name, const mailbox& from) {
  return "<" + name + "@" + from.domain() + ">";
}

outcome<std::string, std::string> mail_lines(const mail_message& m) {
  if (!is_address(m.from.address) || !is_address(m.to))
    return failed{std::string{"this is no e-mail address"}};
  for (const auto* part : {&m.from.name, &m.subject, &m.id})
    if (std::ranges::any_of(*part, is_control))
      return failed{std::string{"the mail's header would hold a control character"}};
  const auto name = header_words(m.from.name, " ");
  std::string out;
  out += "Date: " + date_line(m.written_us) + "\r\n";
  out += "Message-ID: " + m.id + "\r\n";
  out +=
      "From: " + (name.empty() ? m.from.address : name + "\r\n <" + m.from.address + ">") + "\r\n";
  out += "To: " + m.to + "\r\n";
  out += "Subject: " + header_words(m.subject, " !\"#$%&'()*+,-./:;<>?@[]^_`{|}~") + "\r\n";
  out += "Auto-Submitted: auto-generated\r\n"
         "MIME-Version: 1.0\r\n"
         "Content-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n"
         "\r\n";
  return out + quoted_printable(m.text);
}

} // namespace steward::connectors
