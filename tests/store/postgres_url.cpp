#define CAF_SUITE postgres_url

#include "caf/test/dsl.hpp"
#include "store/postgres/url.hpp"

using namespace steward::store::postgres;

CAF_TEST(what is secret in a url is not shown) {
  CAF_CHECK_EQUAL(masked("postgresql://u:secret@host/name"), "postgresql://u:***@host/name");
  CAF_CHECK_EQUAL(masked("postgresql://u:se:cr@et@host/name"), "postgresql://u:***@host/name");
  CAF_CHECK_EQUAL(masked("postgres://u@host:5432/name"), "postgres://u@host:5432/name");
  CAF_CHECK_EQUAL(masked("postgresql://host/n?user=u&password=secret&sslpassword=s"),
                  "postgresql://host/n?user=u&password=***&sslpassword=***");
  CAF_CHECK_EQUAL(masked("postgresql://u:a@h/n?password=b"), "postgresql://u:***@h/n?password=***");
  CAF_CHECK_EQUAL(masked("postgresql://u:pa?ss@host/db?a=1"), "postgresql://u:***@host/db?a=1");
  CAF_CHECK_EQUAL(masked("postgresql://u:pa?ss@host/db?a=x@y"), "postgresql://u:***@host/db?a=x@y");
  CAF_CHECK_EQUAL(masked("postgresql://h/n?passfile=/x&options=-c%20a"),
                  "postgresql://h/n?passfile=/x&options=-c%20a");
}

CAF_TEST(a message that repeats it is masked too) {
  const std::string url = "postgresql://u:secret@h/n?password=other";
  CAF_CHECK_EQUAL(masked("bad URI: \"postgresql://u:secret@h/n?password=other\"", url),
                  "bad URI: \"postgresql://u:***@h/n?password=***\"");
  CAF_CHECK_EQUAL(masked("nothing to see", url), "nothing to see");
  // libpq takes the first "@" for the end of the password.
  CAF_CHECK_EQUAL(
      masked("could not translate host name \"ssw0rd@host\"", "postgresql://u:p@ssw0rd@host/db"),
      "could not translate host name \"***@host\"");
}

CAF_TEST(options are added unless they are there) {
  std::string url = "postgresql://h/n";
  add_option(url, "a", "1");
  add_option(url, "b", "2");
  add_option(url, "a", "3");
  CAF_CHECK_EQUAL(url, "postgresql://h/n?a=1&b=2");
  url = "postgresql://h/n?xa=1";
  add_option(url, "a", "2");
  CAF_CHECK_EQUAL(url, "postgresql://h/n?xa=1&a=2");
  url = "postgresql://u:pa?ss@h/n";
  add_option(url, "a", "1");
  CAF_CHECK_EQUAL(url, "postgresql://u:pa?ss@h/n?a=1");
}

CAF_TEST(urls of PostgreSQL are known by their scheme) {
  CAF_CHECK(is_url("postgresql://h/n") && is_url("postgres://h/n"));
  CAF_CHECK(!is_url("mysql://h/n") && !is_url("") && !is_url("h/n"));
}
