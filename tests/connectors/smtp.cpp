#define CAF_SUITE smtp

#include "connectors/smtp.hpp"

#include "caf/test/unit_test.hpp"
#include "tests/connectors/line_server.hpp"

#include <algorithm>
#include <chrono>

using namespace steward;
using namespace steward::connectors;
using namespace steward::testing;
using enum attempt_end::kind;

namespace {

const std::atomic<bool> never_stops = false;

mail sample(const std::string& server, const std::string& tls = {}) {
  return {.server = read_mail_server(server, tls).value(),
          .user = {},
          .password = {},
          .from = "hello@example.com",
          .to = "ann@example.org",
          .from_domain = "example.com",
          .id = "<out_1@example.com>",
          .lines = "Subject: x\r\n\r\n.\r\nHello\r\n"};
}

attempt_end sent(const mail& m, const config::http_client_settings& settings = {}) {
  return smtp_client{settings}.send(m, never_stops);
}

/// Answers as a server that takes everything, but for lines that begin with `at`.
auto all_but(std::string at = "none", std::string answer = {}) {
  return [at, answer, in_mail = false](const std::string& line) mutable -> std::string {
    if (line.starts_with(at)) return answer;
    if (std::exchange(in_mail, line == "DATA")) return "250 2.0.0 queued";
    if (line == "DATA") return "354 go on";
    if (line.starts_with("EHLO")) return "250-test\r\n250 AUTH PLAIN";
    if (line.starts_with("AUTH")) return "334 ";
    return line == "AHNhbG9uAHNlY3JldA==" ? "235 welcome" : "250 ok";
  };
}

std::string words_at(const char* line, const char* answer, attempt_end::kind how) {
  line_server server{all_but(line, answer)};
  const auto end = sent(sample("smtp://127.0.0.1:" + server.port));
  CAF_CHECK(end.how == how);
  return end.words;
}

bool is_read(const char* server, const char* tls = "") {
  return read_mail_server(server, tls).ok();
}

} // namespace

CAF_TEST(plain words are for servers on this machine) {
  using enum mail_server::encryption;
  const auto of = [](const char* server, const char* tls = "") {
    return read_mail_server(server, tls).value().tls;
  };
  CAF_CHECK(of("smtps://mail.example.com") == whole);
  CAF_CHECK(of("smtp://mail.example.com:587") == starttls);
  CAF_CHECK(of("smtp://10.0.0.1") == starttls);
  CAF_CHECK(of("smtp://127.0.0.1.example.com") == starttls);
  CAF_CHECK(of("smtp://localhost:25") == if_offered);
  CAF_CHECK(of("smtp://[::1]:25") == if_offered);
  CAF_CHECK(of("smtp://127.0.0.1", "never") == none);
  CAF_CHECK(of("smtps://127.0.0.1", "never") == whole);
  CAF_CHECK(!is_read("smtp://mail.example.com", "never"));
  CAF_CHECK(!is_read("smtp://127.0.0.1", "sometimes"));
}

CAF_TEST(a mail server is a scheme a host and a port) {
  for (const auto* server : {"", "mail.example.com", "http://mail.example.com", "smtp://",
                             "smtp://user@mail.example.com", "smtp://u:p@mail.example.com",
                             "smtp://;AUTH=PLAIN@mail.example.com", "smtp://mail.example.com/x",
                             "smtp://mail.example.com?x=1", "smtp://mail.example.com#x",
                             "smtp://mail.example.com:0x", "file:///etc/passwd"})
    CAF_CHECK(!is_read(server));
  CAF_CHECK_EQUAL(read_mail_server("smtp://mail.example.com", "").value().url.origin,
                  "smtp://mail.example.com:25");
  CAF_CHECK_EQUAL(read_mail_server("smtps://mail.example.com/", "").value().url.text,
                  "smtps://mail.example.com:465");
}

CAF_TEST(a mail is handed over as it is) {
  line_server server{all_but()};
  auto m = sample("smtp://127.0.0.1:" + server.port);
  m.user = "salon";
  m.password = "secret";
  const auto end = sent(m);
  CAF_CHECK(end.how == taken);
  CAF_CHECK_EQUAL(end.words, m.id);
  const auto lines = server.lines();
  CAF_REQUIRE(lines.size() >= 6u);
  CAF_CHECK_EQUAL(lines[0], "EHLO example.com");
  CAF_CHECK_EQUAL(lines[1], "AUTH PLAIN");
  const auto said = [&](const char* line) { return std::ranges::count(lines, line) == 1; };
  CAF_CHECK(std::ranges::any_of(
      lines, [](const auto& l) { return l.starts_with("MAIL FROM:<hello@example.com>"); }));
  CAF_CHECK(said("RCPT TO:<ann@example.org>"));
  CAF_CHECK(said("Subject: x\r\n\r\n..\r\nHello"));
}

CAF_TEST(a refusal for good is one and others may pass) {
  CAF_CHECK_EQUAL(words_at("RCPT", "550-5.1.1 nobody here\r\n550 by that name", refused),
                  "the mail server answered 550-5.1.1 nobody here  by that name");
  CAF_CHECK_EQUAL(words_at("RCPT", "450 later, please", may_pass),
                  "the mail server answered 450 later, please");
  CAF_CHECK_EQUAL(words_at("MAIL", "553 not you", refused), "the mail server answered 553 not you");
  CAF_CHECK_EQUAL(words_at("Subject", "554 spam", refused), "the mail server answered 554 spam");
  CAF_CHECK_EQUAL(words_at("Subject", "451 disk full", may_pass),
                  "the mail server answered 451 disk full");
  CAF_CHECK(!words_at("Subject", "", may_pass).empty());
  line_server busy{all_but(), "421 too busy"};
  CAF_CHECK(sent(sample("smtp://127.0.0.1:" + busy.port)).how == may_pass);
}

CAF_TEST(a refused password is not repeated) {
  line_server server{
      all_but("AUTH", "535 no: hunter2secret and AHNhbG9uAGh1bnRlcjJzZWNyZXQ= \x01\xff")};
  auto m = sample("smtp://127.0.0.1:" + server.port);
  m.user = "salon";
  m.password = "hunter2secret";
  const auto end = sent(m);
  CAF_CHECK(end.how == refused);
  CAF_CHECK_EQUAL(end.words, "the mail server answered 535 no: *** and ***");
}

CAF_TEST(nothing is said to a server elsewhere that does not offer STARTTLS) {
  line_server server{all_but()};
  config::http_client_settings settings;
  settings.connect_to = {"mail.test:587=127.0.0.1:" + server.port};
  auto m = sample("smtp://mail.test:587");
  m.user = "salon";
  m.password = "secret";
  const auto end = sent(m, settings);
  CAF_CHECK(end.how == refused);
  CAF_CHECK_EQUAL(end.words, "the mail server does not offer STARTTLS");
  for (const auto& line : server.lines()) CAF_CHECK(line.starts_with("EHLO") || line == "QUIT");
}

CAF_TEST(mail goes only where calls may go) {
  line_server server{all_but()};
  const auto m = sample("smtp://127.0.0.1:" + server.port);
  config::http_client_settings settings;
  settings.allowed_hosts = {"mail.example.com"};
  auto end = sent(m, settings);
  CAF_CHECK(end.how == refused);
  CAF_CHECK(end.words.find("http_client.allowed_hosts") != std::string::npos);
  settings.allowed_hosts = {"*"};
  settings.private_networks = false;
  for (const auto& url : {"smtp://127.0.0.1:" + server.port, "smtp://localhost:" + server.port}) {
    end = sent(sample(url), settings);
    CAF_CHECK(end.how == refused);
    CAF_CHECK(end.words.find("http_client.private_networks") != std::string::npos);
  }
  CAF_CHECK(server.lines().empty());
}

CAF_TEST(a server that is down or silent may pass) {
  std::string port;
  {
    line_server gone{all_but()};
    port = gone.port;
  }
  CAF_CHECK(sent(sample("smtp://127.0.0.1:" + port)).how == may_pass);

  line_server silent{all_but("EHLO", "-")};
  std::atomic<bool> stop = false;
  std::thread stopper{[&] {
    while (silent.lines().empty()) std::this_thread::yield();
    stop = true;
  }};
  const auto before = std::chrono::steady_clock::now();
  const auto end = smtp_client{{}}.send(sample("smtp://127.0.0.1:" + silent.port), stop);
  stopper.join();
  CAF_CHECK(end.how == may_pass);
  CAF_CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds{8});
}
