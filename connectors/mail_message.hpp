#pragma once

#include "workflow/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Mails as RFC 5322 has them. Pure.
namespace steward::connectors {

struct mailbox {
  std::string name; ///< May be empty.
  std::string address;
  std::string domain() const { return address.substr(address.rfind('@') + 1); }
};

/// Of `hello@example.com` or `The Salon <hello@example.com>`. Addresses are ASCII: no quoted local
/// parts, international domains in their `xn--` form.
outcome<mailbox, std::string> read_mailbox(std::string_view text);

struct mail_message {
  mailbox from;
  std::string to; ///< An address alone.
  std::string subject, text;
  std::string id; ///< `message_id` makes one.
  int64_t written_us = 0;
};

/// `<out_1@example.com>`
std::string message_id(const std::string& name, const mailbox& from);

/// The lines of the mail, each with its CRLF: header and text in quoted-printable. Fails when a
/// part of the header holds a line end or another control character.
outcome<std::string, std::string> mail_lines(const mail_message& m);

} // namespace steward::connectors
