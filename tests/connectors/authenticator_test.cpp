#define CAF_SUITE authenticator

#include "caf/test/dsl.hpp"
#include "connectors/authenticator.hpp"
#include "connectors/http_headers.hpp"
#include "workflow/json.hpp"

#include <deque>

using namespace steward;
using namespace steward::connectors;
using namespace std::chrono_literals;

namespace {

struct sent_order {
  http_order order;
  http_completion done;
};

/// The transport behind: keeps what is sent until the test answers it.
class wire final : public http_transport {
public:
  explicit wire(std::deque<sent_order>& sent) : sent_(sent) {}
  void send(http_order order, http_completion done) override {
    sent_.push_back({std::move(order), std::move(done)});
  }
  void cancel(const order_id& id) override {
    std::erase_if(sent_, [&](const auto& s) { return s.order.id == id; });
  }

private:
  std::deque<sent_order>& sent_;
};

http_answer says(int status, std::string body) {
  return {.answered = true,
          .timed_out = false,
          .status = status,
          .headers = {{"content-type", "application/json"}},
          .body = std::move(body),
          .reason = {}};
}

std::string header(const http_order& order, std::string_view name) {
  for (const auto& [key, text] : order.headers)
    if (same_header(key, name)) return text;
  return {};
}

constexpr char client[] = R"("client":{"id":"me","secret":"hush-hush-hush"})";

std::string oauth(const std::string& members = {}) {
  return R"({"scheme":"oauth2","properties":{"authority":"http://login.test/realm",)"
         R"("grant":"client_credentials",)" +
         std::string{client} + members + "}}";
}
std::string granting(const std::string& grant, const std::string& members = {}) {
  return R"({"scheme":"oauth2","properties":{"authority":"http://login.test","grant":")" + grant +
         "\"," + client + members + "}}";
}
std::string oidc() {
  return R"({"scheme":"oidc","properties":{"authority":"https://login.test/realm",)"
         R"("grant":"client_credentials",)" +
         std::string{client} + "}}";
}
std::string token(const std::string& text, int expires_s = 3600) {
  return R"({"access_token":")" + text + R"(","token_type":"Bearer","expires_in":)" +
         std::to_string(expires_s) + "}";
}

struct fixture {
  std::deque<sent_order> sent;
  std::vector<http_answer> answers;
  std::chrono::milliseconds now{0};
  authenticator door{std::make_unique<wire>(sent),
                     {[this] { return now; },
                      [] {
                        return token_moment{1'700'000'000, "nonce"};
                      }}};
  uint64_t last = 0;

  uint64_t call(const std::string& authentication, const std::string& tenant = "shop") {
    http_order order;
    order.id.effect = ++last;
    order.method = "GET";
    order.url = "http://shop.test/a";
    order.tenant = tenant;
    order.authentication = authentication;
    door.send(std::move(order), [this](http_answer a) { answers.push_back(std::move(a)); });
    return last;
  }
  void answer(http_answer a) {
    auto next = std::move(sent.front());
    sent.pop_front();
    next.done(std::move(a));
  }
  std::string next_url() const { return sent.empty() ? "nothing" : sent.front().order.url; }
  std::string next_body() const { return sent.front().order.body.value_or(""); }
  std::string next_header(std::string_view name) const { return header(sent.front().order, name); }
  /// The call fails before anything is sent, for that reason.
  void refuses(const std::string& authentication, std::string_view reason) {
    answers.clear();
    call(authentication);
    CAF_CHECK(sent.empty());
    CAF_REQUIRE_EQUAL(answers.size(), 1u);
    CAF_CHECK_EQUAL(answers[0].error, "authentication");
    CAF_MESSAGE(answers[0].reason);
    CAF_CHECK(answers[0].reason.find(reason) != std::string::npos);
    CAF_CHECK(answers[0].reason.find("hush") == std::string::npos);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(authenticator_scope, fixture)

CAF_TEST(a call without authentication passes as it is) {
  call("");
  CAF_REQUIRE_EQUAL(sent.size(), 1u);
  CAF_CHECK_EQUAL(next_header("authorization"), "");
  answer(says(401, ""));
  CAF_REQUIRE_EQUAL(answers.size(), 1u);
  CAF_CHECK_EQUAL(answers[0].status, 401);
}

CAF_TEST(basic and bearer become a header) {
  call(R"({"scheme":"basic","properties":{"username":"ada","password":"pass"}})");
  CAF_CHECK_EQUAL(next_header("authorization"), "Basic YWRhOnBhc3M=");
  sent.clear();
  call(R"({"scheme":"bearer","properties":{"token":"abc"}})");
  CAF_CHECK_EQUAL(next_header("authorization"), "Bearer abc");
}

CAF_TEST(digest leaves user and password to the transport) {
  call(R"({"scheme":"digest","properties":{"username":"ada","password":"pass"}})");
  CAF_REQUIRE(sent.front().order.digest.has_value());
  CAF_CHECK_EQUAL(sent.front().order.digest->first, "ada");
  CAF_CHECK_EQUAL(next_header("authorization"), "");
}

CAF_TEST(a secret that is not there is an authorization error that names it) {
  call(authentication_text({workflow::auth_scheme::basic, {}, "shop"},
                           workflow::value::empty_object()));
  CAF_REQUIRE_EQUAL(answers.size(), 1u);
  CAF_CHECK_EQUAL(answers[0].error, "authorization");
  CAF_CHECK(answers[0].reason.find("`shop`") != std::string::npos);
}

CAF_TEST(a secret may hold the properties) {
  const auto secrets = workflow::parse_json(R"({"shop":{"username":"ada","password":"pass"}})");
  call(authentication_text({workflow::auth_scheme::basic, {}, "shop"}, *secrets));
  CAF_CHECK_EQUAL(next_header("authorization"), "Basic YWRhOnBhc3M=");
}

CAF_TEST(a token is fetched with a form and sent) {
  call(oauth(R"(,"scopes":["read","write"],"audiences":["a","b c"])"));
  CAF_REQUIRE_EQUAL(next_url(), "http://login.test/realm/oauth2/token");
  CAF_CHECK_EQUAL(sent.front().order.method, "POST");
  CAF_CHECK_EQUAL(next_header("content-type"), "application/x-www-form-urlencoded");
  CAF_CHECK_EQUAL(next_body(), "grant_type=client_credentials&scope=read%20write&audience=a"
                               "&audience=b%20c&client_id=me&client_secret=hush-hush-hush");
  answer(says(200, token("t0k")));
  CAF_REQUIRE_EQUAL(next_url(), "http://shop.test/a");
  CAF_CHECK_EQUAL(next_header("authorization"), "Bearer t0k");
  answer(says(200, "{}"));
  CAF_CHECK_EQUAL(answers.at(0).status, 200);
}

CAF_TEST(the token request may be JSON) {
  call(oauth(R"(,"request":{"encoding":"application/json"},"audiences":["a","b"])"));
  CAF_CHECK_EQUAL(next_header("content-type"), "application/json");
  CAF_CHECK_EQUAL(next_body(), R"({"grant_type":"client_credentials","audience":["a","b"],)"
                               R"("client_id":"me","client_secret":"hush-hush-hush"})");
}

CAF_TEST(a token that the service repeats is masked) {
  call(oauth());
  answer(says(200, token("t0k-t0k-t0k")));
  auto echo = says(200, R"({"authorization":"Bearer t0k-t0k-t0k"})");
  echo.headers.emplace_back("x-seen", "t0k-t0k-t0k");
  answer(echo);
  CAF_CHECK_EQUAL(answers.at(0).body, R"({"authorization":"Bearer ***"})");
  CAF_CHECK_EQUAL(answers.at(0).headers.back().second, "***");
}

CAF_TEST(a token is used until it is about to end and renewed then) {
  call(oauth());
  answer(says(200, token("one", 100)));
  answer(says(200, ""));
  now = 69s;
  call(oauth());
  CAF_CHECK_EQUAL(next_header("authorization"), "Bearer one");
  answer(says(200, ""));
  now = 70s;
  call(oauth());
  CAF_CHECK_EQUAL(next_url(), "http://login.test/realm/oauth2/token");
  answer(says(200, token("two", 100)));
  CAF_CHECK_EQUAL(next_header("authorization"), "Bearer two");
}

CAF_TEST(a token that is short lived serves half of its life) {
  call(oauth());
  answer(says(200, token("one", 10)));
  answer(says(200, ""));
  now = 4s;
  call(oauth());
  CAF_CHECK_EQUAL(next_header("authorization"), "Bearer one");
  answer(says(200, ""));
  now = 5s;
  call(oauth());
  CAF_CHECK_EQUAL(next_url(), "http://login.test/realm/oauth2/token");
}

CAF_TEST(many calls at once fetch one token) {
  for (int i = 0; i < 50; ++i) call(oauth());
  CAF_REQUIRE_EQUAL(sent.size(), 1u);
  answer(says(200, token("t0k")));
  CAF_REQUIRE_EQUAL(sent.size(), 50u);
  for (const auto& s : sent) CAF_CHECK_EQUAL(header(s.order, "authorization"), "Bearer t0k");
}

CAF_TEST(a tenant has its own tokens) {
  call(oauth(), "shop");
  answer(says(200, token("shops")));
  sent.clear();
  call(oauth(), "bank");
  CAF_CHECK_EQUAL(next_url(), "http://login.test/realm/oauth2/token");
}

CAF_TEST(a call answered 401 is sent once more with a new token) {
  call(oauth());
  answer(says(200, token("old")));
  answer(says(401, ""));
  CAF_REQUIRE_EQUAL(next_url(), "http://login.test/realm/oauth2/token");
  answer(says(200, token("new")));
  CAF_CHECK_EQUAL(next_header("authorization"), "Bearer new");
  answer(says(401, "no"));
  CAF_CHECK(sent.empty());
  CAF_REQUIRE_EQUAL(answers.size(), 1u);
  CAF_CHECK_EQUAL(answers[0].status, 401);
}

CAF_TEST(calls that were refused with an old token share the new one) {
  call(oauth());
  answer(says(200, token("old")));
  call(oauth());
  answer(says(401, ""));
  CAF_REQUIRE_EQUAL(sent.size(), 2u); // the second call, and the fetch
  answer(says(401, ""));
  CAF_REQUIRE_EQUAL(sent.size(), 1u);
  answer(says(200, token("new")));
  CAF_REQUIRE_EQUAL(sent.size(), 2u);
  call(oauth());
  CAF_CHECK_EQUAL(header(sent.back().order, "authorization"), "Bearer new");
}

CAF_TEST(an authority that refuses is an authentication error without a secret) {
  call(oauth());
  answer(says(401, R"({"error":"invalid_client","error_description":"hush-hush-hush is wrong"})"));
  CAF_REQUIRE_EQUAL(answers.size(), 1u);
  CAF_CHECK(!answers[0].answered);
  CAF_CHECK_EQUAL(answers[0].error, "authentication");
  CAF_CHECK_EQUAL(answers[0].reason,
                  "no token from http://login.test:80: it answered 401, invalid_client");
  call(oauth()); // a refusal is not remembered
  CAF_CHECK_EQUAL(next_url(), "http://login.test/realm/oauth2/token");
}

CAF_TEST(what an authority writes freely does not reach the error) {
  for (const auto* body :
       {R"({"error":"hush-hush-hush"})", "hush-hush-hush", R"(["hush-hush-hush"])", ""}) {
    for (const int status : {200, 400, 500}) {
      answers.clear();
      call(oauth());
      answer(says(status, body));
      CAF_REQUIRE_EQUAL(answers.size(), 1u);
      CAF_CHECK_EQUAL(answers[0].error, "authentication");
      CAF_CHECK(answers[0].reason.find("hush") == std::string::npos);
    }
  }
}

CAF_TEST(an authority out of reach is told as such) {
  call(oauth());
  answer(http_answer::failure("connection refused"));
  CAF_CHECK_EQUAL(answers.at(0).reason, "no token from http://login.test:80: connection refused");
}

CAF_TEST(a token that would break out of its header is refused) {
  for (const auto* text : {"a\\r\\nX: y", "", "a b", "\\u00e9"}) {
    answers.clear();
    call(oauth());
    answer(says(200, R"({"access_token":")" + std::string{text} + "\"}"));
    CAF_REQUIRE_EQUAL(answers.size(), 1u);
    CAF_CHECK_EQUAL(answers[0].error, "authentication");
  }
}

CAF_TEST(discovery names the token endpoint and is asked once) {
  call(oidc());
  CAF_REQUIRE_EQUAL(next_url(), "https://login.test/realm/.well-known/openid-configuration");
  answer(says(200, R"({"token_endpoint":"https://login.test/tokens"})"));
  CAF_REQUIRE_EQUAL(next_url(), "https://login.test/tokens");
  answer(says(200, token("one", 100)));
  answer(says(200, ""));
  now = 80s;
  call(oidc());
  CAF_CHECK_EQUAL(next_url(), "https://login.test/tokens");
}

CAF_TEST(discovery does not lead away from TLS) {
  call(oidc());
  answer(says(200, R"({"token_endpoint":"http://login.test/tokens"})"));
  CAF_CHECK_EQUAL(answers.at(0).reason,
                  "the discovery document of https://login.test:443 names a token_endpoint "
                  "without TLS");
}

CAF_TEST(a rotated refresh token replaces the first one) {
  const auto policy = granting("refresh_token", R"(,"subject":{"token":"first","type":"x"})");
  call(policy);
  CAF_CHECK(next_body().find("&refresh_token=first&") != std::string::npos);
  answer(says(200, R"({"access_token":"a","expires_in":10,"refresh_token":"second"})"));
  answer(says(200, ""));
  now = 20s;
  call(policy);
  CAF_CHECK(next_body().find("&refresh_token=second&") != std::string::npos);
}

CAF_TEST(the password and exchange grants send what they have) {
  call(granting("password", R"(,"username":"ada","password":"p w")"));
  CAF_CHECK_EQUAL(next_body(), "grant_type=password&username=ada&password=p%20w&client_id=me"
                               "&client_secret=hush-hush-hush");
  sent.clear();
  call(granting("urn:ietf:params:oauth:grant-type:token-exchange",
                R"(,"subject":{"token":"s","type":"urn:t"},"actor":{"token":"a","type":"urn:t"})"));
  CAF_CHECK_EQUAL(next_body(),
                  "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
                  "&subject_token=s&subject_token_type=urn%3At&actor_token=a"
                  "&actor_token_type=urn%3At&client_id=me&client_secret=hush-hush-hush");
}

CAF_TEST(policies that cannot work are refused before anything is sent) {
  refuses(granting("authorization_code"), "authorization_code");
  refuses(granting("magic"), "the grant is none of");
  refuses(granting("password"), "`username`");
  refuses(granting("refresh_token"), "`token`");
  refuses(granting("client_credentials", R"(,"scopes":"read")"), "`scopes`");
  refuses(granting("client_credentials", R"(,"request":{"encoding":"xml"})"), "encoding");
  refuses(R"({"scheme":"oauth2","properties":"hush"})", "no object");
  refuses(R"({"scheme":"oauth2","properties":{"authority":"ftp://x","grant":"password"}})",
          "authority");
  refuses(R"({"scheme":"bearer","properties":{"token":"hush\nX: y"}})", "control character");
}

CAF_TEST(tokens of issuers that are not listed are refused) {
  const auto policy = oauth(R"(,"issuers":["https://login.test"])");
  call(policy);
  answer(says(200, token("e30.eyJpc3MiOiJodHRwczovL290aGVyLnRlc3QifQ.x"))); // other.test
  CAF_REQUIRE_EQUAL(answers.size(), 1u);
  CAF_CHECK(answers[0].reason.find("`issuers`") != std::string::npos);
  call(policy);
  answer(says(200, token("e30.eyJpc3MiOiJodHRwczovL2xvZ2luLnRlc3QifQ.x"))); // login.test
  CAF_CHECK_EQUAL(next_url(), "http://shop.test/a");
  sent.clear();
  call(policy, "opaque");
  answer(says(200, token("opaque"))); // nobody can look into it
  CAF_CHECK_EQUAL(next_url(), "http://shop.test/a");
}

CAF_TEST(a call that is cancelled while it waits is not sent) {
  const auto first = call(oauth());
  call(oauth());
  door.cancel({{}, first});
  answer(says(200, token("t0k")));
  CAF_REQUIRE_EQUAL(sent.size(), 1u);
  CAF_CHECK_EQUAL(sent.front().order.id.effect, 2u);
}

CAF_TEST(a call that is sent again while it waits is joined) {
  call(oauth());
  last = 0;
  call(oauth());
  answer(says(200, token("t0k")));
  CAF_REQUIRE_EQUAL(sent.size(), 1u);
  answer(says(200, ""));
  CAF_CHECK_EQUAL(answers.size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
