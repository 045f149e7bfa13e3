#define CAF_SUITE gateway_request_parser
#include "gateway/request_parser.hpp"

#include "caf/test/dsl.hpp"

#include <random>
#include <string>

using namespace steward::gateway;
using stage = request_parser::stage;

namespace {

/// Feeds the text in pieces of that size, as a connection does: what was not taken is shown again.
size_t feed(request_parser& p, std::string_view text, size_t piece = 1 << 20) {
  size_t begin = 0, end = 0;
  while (p.at() != stage::complete && p.at() != stage::broken) {
    if (end == text.size() && begin == end) break;
    end = std::min(text.size(), end + piece);
    const auto taken = p.put(text.substr(begin, end - begin));
    begin += taken;
    if (taken == 0 && end == text.size()) break;
  }
  return begin;
}

parse_error error_of(std::string_view text, parse_limits limits = {}) {
  request_parser p{limits};
  feed(p, text);
  return p.at() == stage::broken ? p.error() : parse_error::none;
}

bool completes(std::string_view text) {
  request_parser p{parse_limits{}};
  feed(p, text);
  return p.at() == stage::complete;
}

constexpr std::string_view posted = "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                                    "X-Empty:\r\nX-Two:  spaced \r\n\r\nhello";
constexpr std::string_view chunked =
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n";

} // namespace

CAF_TEST(a request is the same in pieces of any size) {
  for (const size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
    request_parser p{parse_limits{}};
    CAF_CHECK_EQUAL(feed(p, posted, piece), posted.size());
    CAF_REQUIRE(p.at() == stage::complete);
    const auto r = p.view();
    CAF_CHECK_EQUAL(std::string{r.method}, "POST");
    CAF_CHECK_EQUAL(std::string{r.target}, "/a?b=c");
    CAF_CHECK_EQUAL(std::string{r.header("HOST")}, "x");
    CAF_CHECK_EQUAL(std::string{r.header("x-two")}, "spaced");
    CAF_CHECK(r.has("x-empty"));
    CAF_CHECK_EQUAL(std::string{r.body}, "hello");
    CAF_CHECK(p.keep_alive());
  }
}

CAF_TEST(chunks are joined and trailers are overlooked) {
  for (const size_t piece : {1u, 5u, 1000u}) {
    request_parser p{parse_limits{}};
    CAF_CHECK_EQUAL(feed(p, chunked, piece), chunked.size());
    CAF_REQUIRE(p.at() == stage::complete);
    CAF_CHECK_EQUAL(std::string{p.view().body}, "abcde");
    CAF_CHECK(!p.view().has("trailer"));
  }
}

CAF_TEST(the next request starts where the one before ended) {
  request_parser p{parse_limits{}};
  const auto two = std::string{posted} + "GET /2 HTTP/1.1\r\nHost: y\r\n\r\n";
  const auto first = feed(p, two);
  CAF_CHECK_EQUAL(first, posted.size());
  p.next();
  CAF_CHECK(p.fresh());
  feed(p, std::string_view{two}.substr(first));
  CAF_REQUIRE(p.at() == stage::complete);
  CAF_CHECK_EQUAL(std::string{p.view().target}, "/2");
  CAF_CHECK(p.view().body.empty());
  CAF_CHECK_EQUAL(p.view().headers.size(), 1u);
}

CAF_TEST(empty lines before a request are overlooked) {
  CAF_CHECK(completes("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"));
}

CAF_TEST(each limit has its own error) {
  const std::string long_text(20000, 'a');
  CAF_CHECK(error_of("GET /" + long_text + " HTTP/1.1\r\n") == parse_error::target_too_long);
  CAF_CHECK(error_of("GET /" + long_text.substr(0, 9000) + " HTTP/1.1\r\nHost: x\r\n\r\n") ==
            parse_error::target_too_long);
  CAF_CHECK(error_of("GET / HTTP/1.1\r\nHost: x\r\nX: " + long_text + "\r\n\r\n") ==
            parse_error::header_too_large);
  CAF_CHECK(error_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n") ==
            parse_error::body_too_large);
  CAF_CHECK(
      error_of("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n") ==
      parse_error::body_too_large);
  CAF_CHECK(error_of("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                     long_text + long_text) == parse_error::malformed);
}

CAF_TEST(what could be read in two ways is refused) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  for (const std::string headers :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: -1\r\n",
        "Content-Length: +5\r\n", "Content-Length: 5 5\r\n", "Content-Length: 0x5\r\n",
        "Content-Length: 99999999999999999999\r\n", "Host: y\r\n", "Bad Name: x\r\n",
        "Name : x\r\n", ": x\r\n", "X: a\001b\r\n"}) {
    CAF_MESSAGE(headers);
    CAF_CHECK(error_of(head + headers + "\r\nhello") != parse_error::none);
  }
  CAF_CHECK(error_of(head + "Transfer-Encoding: gzip\r\n\r\n") == parse_error::transfer_coding);
  CAF_CHECK(error_of(head + "Transfer-Encoding: gzip, chunked\r\n\r\n") ==
            parse_error::transfer_coding);
  CAF_CHECK(error_of(head + "Transfer-Encoding: xchunked\r\n\r\n") == parse_error::transfer_coding);
  CAF_CHECK(error_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") ==
            parse_error::malformed);
  CAF_CHECK(error_of(head + "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n") !=
            parse_error::none);
  CAF_CHECK(error_of(head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n") !=
            parse_error::none);
  CAF_CHECK(error_of("GET / HTTP/1.1\r\n\r\n") == parse_error::malformed); // no Host
  CAF_CHECK(error_of("GET / HTTP/1.1\nHost: x\n\n") != parse_error::none); // bare line feeds
}

CAF_TEST(other versions and other protocols are refused) {
  CAF_CHECK(error_of("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == parse_error::version);
  CAF_CHECK(error_of("GET / HTTP/1.2\r\nHost: x\r\n\r\n") == parse_error::version);
  CAF_CHECK(error_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == parse_error::version);
  CAF_CHECK(error_of(std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8)) == parse_error::malformed);
  CAF_CHECK(completes("GET / HTTP/1.0\r\n\r\n"));
}

CAF_TEST(random damage never does more than break the request) {
  std::mt19937 random{7};
  const std::string all = std::string{posted} + std::string{chunked};
  for (int round = 0; round < 20000; ++round) {
    auto text = all;
    for (int i = 0; i < 3 && !text.empty(); ++i) {
      const auto at = random() % text.size();
      switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, random() % 8);
        break;
      case 2:
        text.insert(at, "\r\n");
        break;
      case 3:
        text.resize(at + 1);
        break;
      }
    }
    request_parser p{parse_limits{1024, 512, 64}};
    size_t begin = 0;
    for (int requests = 0; requests < 8 && begin < text.size(); ++requests) {
      begin += feed(p, std::string_view{text}.substr(begin), 1 + random() % 40);
      CAF_REQUIRE(p.view().body.size() <= 64);
      if (p.at() != stage::complete) break;
      p.next();
    }
  }
}
