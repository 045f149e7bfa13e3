#include "connectors/token_plan.hpp"

#include "connectors/client_assertion.hpp"
#include "connectors/url.hpp"
#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"

#include <algorithm>
#include <array>

namespace steward::connectors {

namespace {

using std::chrono::milliseconds;
using workflow::value;

constexpr std::string_view discovery_path = "/.well-known/openid-configuration";
constexpr std::string_view token_exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr milliseconds renewed_before{30'000};
constexpr milliseconds assumed_life{300'000};
constexpr int64_t longest_life_s = 30 * 24 * 3600;

/// Thrown while a plan is read; never leaves this file.
struct unusable {
  std::string reason;
};

std::string text_of(const value& from, std::string_view name) {
  const auto found = from.get(name);
  if (found.is_null()) return {};
  if (!found.is_string()) throw unusable{"`" + std::string{name} + "` is no text"};
  return std::string{found.as_string()};
}

std::string needed_text(const value& from, std::string_view name, std::string_view grant) {
  auto text = text_of(from, name);
  if (text.empty())
    throw unusable{"the grant " + std::string{grant} + " needs `" + std::string{name} + "`"};
  return text;
}

std::vector<std::string> texts_of(const value& from, std::string_view name) {
  std::vector<std::string> texts;
  const auto found = from.get(name);
  if (found.is_null()) return texts;
  if (!found.is_array()) throw unusable{"`" + std::string{name} + "` is no list"};
  for (const auto& item : found.items()) {
    if (!item.is_string()) throw unusable{"`" + std::string{name} + "` holds what is no text"};
    texts.emplace_back(item.as_string());
  }
  return texts;
}

std::string joined(std::string authority, std::string_view path) {
  if (path.starts_with("http://") || path.starts_with("https://")) return std::string{path};
  while (authority.ends_with('/')) authority.pop_back();
  if (!path.starts_with('/')) authority += '/';
  return authority.append(path);
}

void read_client(token_plan& plan, const value& client) {
  using proof = token_plan::client_proof;
  plan.client = text_of(client, "id");
  plan.client_secret = text_of(client, "secret");
  plan.client_assertion = text_of(client, "assertion");
  const auto how = text_of(client, "authentication");
  if (how == "client_secret_basic")
    plan.proof = proof::basic;
  else if (how == "client_secret_jwt")
    plan.proof = proof::secret_jwt;
  else if (how == "private_key_jwt")
    plan.proof = proof::key_jwt;
  else if (how == "none")
    plan.proof = proof::none;
  else if (!how.empty() && how != "client_secret_post")
    throw unusable{"the client authentication `" + how + "` is not known"};
}

void add_security_token(token_plan& plan, const value& properties, const std::string& role) {
  const auto token = properties.get(role);
  if (token.is_null()) return;
  plan.parameters.emplace_back(role + "_token", needed_text(token, "token", "token exchange"));
  plan.parameters.emplace_back(role + "_token_type", needed_text(token, "type", "token exchange"));
}

void read_grant(token_plan& plan, const value& properties) {
  const auto grant = text_of(properties, "grant");
  plan.parameters.emplace_back("grant_type", grant);
  if (grant == "password") {
    plan.parameters.emplace_back("username", needed_text(properties, "username", grant));
    plan.parameters.emplace_back("password", needed_text(properties, "password", grant));
  } else if (grant == "refresh_token") {
    plan.refresh_token = text_of(properties, "refresh_token");
    if (plan.refresh_token.empty())
      plan.refresh_token = needed_text(properties.get("subject"), "token", grant);
  } else if (grant == token_exchange) {
    if (properties.get("subject").is_null())
      throw unusable{"a token exchange needs `subject`: the token that is exchanged"};
    add_security_token(plan, properties, "subject");
    add_security_token(plan, properties, "actor");
  } else if (grant == "authorization_code") {
    throw unusable{"the grant authorization_code needs a person at a browser, whom no run has"};
  } else if (grant != "client_credentials") {
    throw unusable{"the grant is none of client_credentials, password, refresh_token and " +
                   std::string{token_exchange}};
  }
  std::string scope;
  for (const auto& s : texts_of(properties, "scopes")) scope += (scope.empty() ? "" : " ") + s;
  if (!scope.empty()) plan.parameters.emplace_back("scope", std::move(scope));
  for (auto& a : texts_of(properties, "audiences"))
    plan.parameters.emplace_back("audience", std::move(a));
}

std::string form_encoded(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                       (byte >= 'A' && byte <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

std::string as_form(const header_list& parameters) {
  std::string out;
  for (const auto& [name, text] : parameters)
    out += (out.empty() ? "" : "&") + form_encoded(name) + '=' + form_encoded(text);
  return out;
}

std::string as_json(const header_list& parameters) {
  auto object = value::empty_object();
  for (const auto& [name, text] : parameters) {
    const auto* before = object.find(name);
    if (!before) {
      object.set(name, text);
      continue;
    }
    auto all = before->is_array() ? *before : value::array({*before});
    all.push_back(text);
    object.set(name, std::move(all));
  }
  return workflow::to_json(object);
}

/// Where a token was asked for, fit for an error: without path and query.
std::string place(const std::string& endpoint) {
  const auto url = check_url(endpoint);
  return url ? url->origin : "the authority";
}

/// Nothing that the other side wrote freely goes into an error: it may repeat what it was sent.
std::string known_error(const value& body) {
  constexpr std::array<std::string_view, 11> known{
      "invalid_request",        "invalid_client", "invalid_grant",          "unauthorized_client",
      "unsupported_grant_type", "invalid_scope",  "invalid_target",         "access_denied",
      "server_error",           "slow_down",      "temporarily_unavailable"};
  const auto error = body.get("error");
  if (!error.is_string() || std::ranges::find(known, error.as_string()) == known.end()) return {};
  return ", " + std::string{error.as_string()};
}

outcome<value, std::string> read_answer(const std::string& endpoint, const std::string& what,
                                        const http_answer& answer) {
  const auto start = "no " + what + " from " + place(endpoint) + ": ";
  if (!answer.answered) return failed{start + answer.reason};
  const auto body = workflow::parse_json(answer.body);
  if (answer.status < 200 || answer.status > 299)
    return failed{start + "it answered " + std::to_string(answer.status) +
                  (body ? known_error(*body) : std::string{})};
  if (!body || !body->is_object()) return failed{start + "its answer is no JSON object"};
  return *body;
}

void add_client(http_order& order, header_list& parameters, const token_plan& plan,
                const std::string& endpoint, const token_moment& moment) {
  using proof = token_plan::client_proof;
  const auto assert_with = [&](std::string assertion) {
    parameters.emplace_back("client_assertion_type",
                            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    parameters.emplace_back("client_assertion", std::move(assertion));
  };
  if (plan.proof == proof::basic) { // both are form-encoded first: RFC 6749, 2.3.1
    order.headers.emplace_back(
        "Authorization", "Basic " + workflow::base64::encode(form_encoded(plan.client) + ':' +
                                                             form_encoded(plan.client_secret)));
    return;
  }
  if (!plan.client.empty()) parameters.emplace_back("client_id", plan.client);
  const client_claims claims{plan.client, endpoint, moment.nonce, moment.now_s};
  const bool is_pem = plan.client_assertion.starts_with("-----BEGIN");
  switch (plan.proof) {
  case proof::post:
    if (!plan.client_secret.empty()) parameters.emplace_back("client_secret", plan.client_secret);
    return;
  case proof::secret_jwt:
    if (!plan.client_assertion.empty()) return assert_with(plan.client_assertion);
    if (plan.client_secret.empty()) throw unusable{"client_secret_jwt needs the client's `secret`"};
    return assert_with(assertion_by_secret(claims, plan.client_secret));
  case proof::key_jwt: {
    if (!plan.client_assertion.empty() && !is_pem) return assert_with(plan.client_assertion);
    const auto made = assertion_by_key(claims, is_pem ? plan.client_assertion : plan.client_secret);
    if (!made) throw unusable{made.error()};
    return assert_with(*made);
  }
  case proof::none:
  case proof::basic:
    return;
  }
}

/// A token is renewed before it ends, but a short one is used for half of its life at least.
milliseconds renewal(milliseconds life) { return life - std::min(renewed_before, life / 2); }

milliseconds life_of(const value& body) {
  const auto seconds = body.get("expires_in");
  int64_t count = -1;
  if (seconds.is_number()) {
    count = static_cast<int64_t>(std::clamp(seconds.as_double(), 0.0, double{longest_life_s}));
  } else if (seconds.is_string() && seconds.size() <= 9) { // some authorities write it as text
    if (const auto read = workflow::parse_json(seconds.as_string()); read && read->is_int())
      count = std::clamp<int64_t>(read->as_int(), 0, longest_life_s);
  }
  return count < 0 ? assumed_life : milliseconds{count * 1000};
}

bool is_bearer(const value& type) {
  if (type.is_null()) return true;
  if (!type.is_string()) return false;
  return std::ranges::equal(type.as_string(), std::string_view{"bearer"}, {}, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
}

bool fits_header(std::string_view token) {
  return std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
}

} // namespace

outcome<token_plan, std::string> read_token_plan(const token_credentials& c) try {
  token_plan plan;
  plan.authority = text_of(c.properties, "authority");
  if (const auto url = check_url(plan.authority); !url)
    return failed{"the authority can't be asked: " + url.error()};
  if (!c.discover) {
    const auto path = text_of(c.properties.get("endpoints"), "token");
    plan.endpoint = joined(plan.authority, path.empty() ? "/oauth2/token" : path);
  }
  read_client(plan, c.properties.get("client"));
  const auto encoding = text_of(c.properties.get("request"), "encoding");
  plan.json = encoding == "application/json";
  if (!encoding.empty() && !plan.json && encoding != "application/x-www-form-urlencoded")
    return failed{std::string{"the encoding of the token request is not known"}};
  plan.issuers = texts_of(c.properties, "issuers");
  read_grant(plan, c.properties);
  return plan;
} catch (const unusable& problem) {
  return failed{problem.reason};
}

http_order discovery_order(const token_plan& plan) {
  http_order order;
  order.method = "GET";
  order.url = plan.authority.ends_with(discovery_path) ? plan.authority
                                                       : joined(plan.authority, discovery_path);
  order.headers = {{"Accept", "application/json"}};
  return order;
}

outcome<std::string, std::string> token_endpoint_from(const token_plan& plan,
                                                      const http_answer& answer) {
  const auto document = read_answer(plan.authority, "discovery document", answer);
  if (!document) return failed{document.error()};
  const auto endpoint = document->get("token_endpoint");
  const auto start = "the discovery document of " + place(plan.authority);
  if (!endpoint.is_string()) return failed{start + " names no token_endpoint"};
  const std::string address{endpoint.as_string()};
  if (const auto url = check_url(address); !url)
    return failed{start + " names a token_endpoint that can't be asked: " + url.error()};
  if (plan.authority.starts_with("https:") && !address.starts_with("https:"))
    return failed{start + " names a token_endpoint without TLS"};
  return address;
}

outcome<http_order, std::string> token_order(const token_plan& plan, const std::string& endpoint,
                                             const std::string& refresh_token,
                                             const token_moment& moment) try {
  http_order order;
  order.method = "POST";
  order.url = endpoint;
  order.headers = {{"Accept", "application/json"}};
  auto parameters = plan.parameters;
  if (!plan.refresh_token.empty())
    parameters.emplace_back("refresh_token",
                            refresh_token.empty() ? plan.refresh_token : refresh_token);
  add_client(order, parameters, plan, endpoint, moment);
  order.headers.emplace_back("Content-Type",
                             plan.json ? "application/json" : "application/x-www-form-urlencoded");
  order.body = plan.json ? as_json(parameters) : as_form(parameters);
  return order;
} catch (const unusable& problem) {
  return failed{problem.reason};
}

outcome<access_token, std::string> read_token(const token_plan& plan, const std::string& endpoint,
                                              const http_answer& answer) {
  const auto body = read_answer(endpoint, "token", answer);
  if (!body) return failed{body.error()};
  const auto text = body->get("access_token"), next = body->get("refresh_token");
  const auto start = "the token from " + place(endpoint);
  if (!text.is_string() || text.size() == 0 || !fits_header(text.as_string()))
    return failed{"no token from " + place(endpoint) + ": its answer has no access_token"};
  if (!is_bearer(body->get("token_type"))) return failed{start + " is no bearer token"};
  if (!plan.issuers.empty())
    if (const auto payload = workflow::parse_json(unverified_payload(text.as_string()))) {
      const auto issuer = payload->get("iss");
      if (!issuer.is_string() ||
          std::ranges::find(plan.issuers, issuer.as_string()) == plan.issuers.end())
        return failed{start + " is of an issuer that is not among `issuers`"};
    }
  return access_token{std::string{text.as_string()},
                      next.is_string() ? std::string{next.as_string()} : std::string{},
                      renewal(life_of(*body))};
}

} // namespace steward::connectors
