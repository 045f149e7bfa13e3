#define CAF_SUITE mail_message

#include "connectors/mail_message.hpp"

#include "caf/test/unit_test.hpp"
#include "workflow/machine/base64.hpp"

using namespace steward;
using namespace steward::connectors;

namespace {

mail_message sample() {
  return {.from = read_mailbox("Salon <hello@example.com>").value(),
          .to = "ann@example.org",
          .subject = "Tomorrow at 3?",
          .text = "Hello Ann",
          .id = "<out_1@example.com>",
          .written_us = 1'795'161'600'000'000};
}

std::string header_of(const mail_message& m) {
  const auto lines = mail_lines(m).value();
  return lines.substr(0, lines.find("\r\n\r\n") + 2);
}

std::string text_part(const mail_message& m) {
  const auto lines = mail_lines(m).value();
  return lines.substr(lines.find("\r\n\r\n") + 4);
}

std::string encoded(std::string text) {
  auto m = sample();
  m.text = std::move(text);
  return text_part(m);
}

/// What a reader makes of quoted-printable.
std::string decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
      continue;
    }
    const auto hex = text.substr(i + 1, 2);
    if (hex != "\r\n") out += static_cast<char>(std::stoi(std::string{hex}, nullptr, 16));
    i += 2;
  }
  return out;
}

size_t longest_line(const std::string& text) {
  size_t longest = 0, begins = 0;
  for (size_t at; (at = text.find("\r\n", begins)) != text.npos; begins = at + 2)
    longest = std::max(longest, at - begins);
  return longest;
}

} // namespace

CAF_TEST(a plain mail is written plainly) {
  CAF_CHECK_EQUAL(mail_lines(sample()).value(), "Date: Fri, 20 Nov 2026 08:00:00 +0000\r\n"
                                                "Message-ID: <out_1@example.com>\r\n"
                                                "From: Salon\r\n <hello@example.com>\r\n"
                                                "To: ann@example.org\r\n"
                                                "Subject: Tomorrow at 3?\r\n"
                                                "Auto-Submitted: auto-generated\r\n"
                                                "MIME-Version: 1.0\r\n"
                                                "Content-Type: text/plain; charset=utf-8\r\n"
                                                "Content-Transfer-Encoding: quoted-printable\r\n"
                                                "\r\n"
                                                "Hello Ann\r\n");
  CAF_CHECK_EQUAL(message_id("out_2", sample().from), "<out_2@example.com>");
}

CAF_TEST(a mailbox is an address with or without a name) {
  const auto name_of = [](const char* text) { return read_mailbox(text).value().name; };
  CAF_CHECK_EQUAL(name_of("ann@example.org"), "");
  CAF_CHECK_EQUAL(name_of("<ann@example.org>"), "");
  CAF_CHECK_EQUAL(name_of("\"Ann, B.\" <ann@example.org>"), "Ann, B.");
  CAF_CHECK_EQUAL(name_of("Ann <3 <ann@example.org>"), "Ann <3");
  CAF_CHECK_EQUAL(read_mailbox(" Ann <a.n+n@x.example.org> ").value().address,
                  "a.n+n@x.example.org");
  CAF_CHECK_EQUAL(read_mailbox("root@localhost").value().domain(), "localhost");
}

CAF_TEST(what is no address is refused) {
  for (const std::string text : {"",
                                 "ann",
                                 "@example.org",
                                 "ann@",
                                 "ann@@example.org",
                                 "ann@b@example.org",
                                 "ann@example..org",
                                 "ann@.org",
                                 "ann@org.",
                                 ".ann@example.org",
                                 "an..n@example.org",
                                 "an n@example.org",
                                 "ann@exa mple.org",
                                 "ann@-example.org",
                                 "ann@example-.org",
                                 "ann@[127.0.0.1]",
                                 "\"a b\"@example.org",
                                 "ann@example.org\r\nRCPT TO:<eve@example.org>",
                                 "ann@example.org>, <eve@example.org",
                                 "ann@exämple.org",
                                 "änn@example.org",
                                 "Ann\r\nBcc: eve@example.org <ann@example.org>",
                                 "ann@example.org, eve@example.org"})
    CAF_CHECK(!read_mailbox(text));
  CAF_CHECK(!read_mailbox(std::string(65, 'a') + "@example.org"));
  CAF_CHECK(!read_mailbox("a@" + std::string(64, 'b') + ".org"));
  CAF_CHECK(!read_mailbox(std::string{"a\0@example.org", 14}));
}

CAF_TEST(a line end in the header is refused) {
  for (const std::string evil : {"a\r\nBcc: eve@example.org", "a\nb", "a\rb", "\x7f"}) {
    auto m = sample();
    m.subject = evil;
    CAF_CHECK(!mail_lines(m));
    m = sample();
    m.from.name = evil;
    CAF_CHECK(!mail_lines(m));
    m = sample();
    m.id = evil;
    CAF_CHECK(!mail_lines(m));
    m = sample();
    m.to += evil;
    CAF_CHECK(!mail_lines(m));
    m = sample();
    m.from.address += evil;
    CAF_CHECK(!mail_lines(m));
  }
}

CAF_TEST(words of other alphabets are encoded without cutting characters) {
  auto m = sample();
  m.subject = "Grüße";
  m.from.name = "Salön, GmbH";
  auto header = header_of(m);
  CAF_CHECK(header.find("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n") != header.npos);
  CAF_CHECK(header.find("From: =?UTF-8?B?U2Fsw7ZuLCBHbWJI?=\r\n <hello@example.com>\r\n") !=
            header.npos);

  m.subject.clear();
  for (int i = 0; i < 50; ++i) m.subject += i % 2 ? "ß€" : "x😀";
  header = header_of(m);
  CAF_CHECK(longest_line(header) <= 76 + std::string{"Subject: "}.size());
  std::string together;
  for (size_t at = header.find("Subject"); (at = header.find("=?UTF-8?B?", at)) != header.npos;) {
    at += 10;
    const auto word = workflow::base64::decode(header.substr(at, header.find("?=", at) - at));
    CAF_REQUIRE(word);
    CAF_CHECK((static_cast<unsigned char>(word->front()) & 0xc0) != 0x80);
    together += *word;
  }
  CAF_CHECK_EQUAL(together, m.subject);
}

CAF_TEST(what looks like an encoded word is encoded) {
  auto m = sample();
  m.subject = "=?UTF-8?B?R3LDvMOfZQ==?=";
  CAF_CHECK(header_of(m).find("Subject: " + m.subject) == std::string::npos);
  m.subject = std::string(61, 'a');
  CAF_CHECK(header_of(m).find("Subject: =?UTF-8?B?") != std::string::npos);
}

CAF_TEST(bytes that are no text do not hang the writer) {
  auto m = sample();
  m.subject = std::string(200, '\x80');
  CAF_CHECK(mail_lines(m).ok());
}

CAF_TEST(text is quoted printable) {
  CAF_CHECK_EQUAL(encoded("Grüße = 1\tx"), "Gr=C3=BC=C3=9Fe =3D 1=09x\r\n");
  CAF_CHECK_EQUAL(encoded("a \nb\r\nc\rd \n"), "a=20\r\nb\r\nc\r\nd=20\r\n");
  CAF_CHECK_EQUAL(encoded(""), "\r\n");
  CAF_CHECK_EQUAL(encoded("\n\n"), "\r\n\r\n");
}

CAF_TEST(dots that begin a line are hidden from SMTP) {
  CAF_CHECK_EQUAL(encoded(".\n..\n.x.\n"), "=2E\r\n=2E.\r\n=2Ex.\r\n");
  CAF_CHECK_EQUAL(encoded("a\r\n.\r\nRCPT TO:<eve@example.org>"),
                  "a\r\n=2E\r\nRCPT TO:<eve@example.org>\r\n");
  for (size_t before = 60; before < 90; ++before)
    CAF_CHECK(encoded(std::string(before, 'a') + "....").find("\n.") == std::string::npos);
}

CAF_TEST(long lines are broken and come together again) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += i % 3 ? "wörter = " : "und . mehr";
  const auto lines = encoded(text);
  CAF_CHECK(longest_line(lines) <= 76);
  CAF_CHECK_EQUAL(decoded(lines), text + "\r\n");
}
