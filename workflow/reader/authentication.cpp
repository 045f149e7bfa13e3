#include "workflow/reader/nearest.hpp"
#include "workflow/reader/tasks.hpp"

#include <algorithm>
#include <array>

/// Who a request says it is: `authentication` with one of the language's schemes.
namespace steward::workflow::reader {

namespace {

void check_texts_of(problem_list& problems, const place& where) {
  if (!where.content().is_array()) {
    problems.at(where,
                "\"" + std::string{where.key()} + "\" must be a list of texts, but is " +
                    std::string{describe(where.content())},
                "a list of texts");
    return;
  }
  for (size_t i = 0; i < where.size(); ++i)
    read_text(problems, place{where, i}, "an entry of \"" + std::string{where.key()} + "\"");
}

void check_login(problem_list& problems, const place& where) {
  auto f = fields{problems, where, where.key(), {"username", "password"}};
  f.required_text("username");
  f.required_text("password");
}

void check_bearer(problem_list& problems, const place& where) {
  auto f = fields{problems, where, "bearer", {"token"}};
  f.required_text("token");
}

void check_client(problem_list& problems, const place& where) {
  auto f = fields{problems, where, "client", {"id", "secret", "assertion", "authentication"}};
  for (auto name : {"id", "secret", "assertion"}) f.text(name);
  f.word("authentication", {"client_secret_basic", "client_secret_post", "client_secret_jwt",
                            "private_key_jwt", "none"});
}

/// The token of somebody that a token is exchanged for.
void check_token(problem_list& problems, const place& where) {
  auto f = fields{problems, where, where.key(), {"token", "type"}};
  f.required_text("token");
  f.required_text("type");
}

/// What OAuth 2.0 and OpenID Connect have in common; the former names its endpoints itself.
void check_grant(problem_list& problems, const fields& f) {
  f.required_text("authority");
  auto grant =
      f.require("grant")
          ? f.word("grant", {"authorization_code", "client_credentials", "password",
                             "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"})
          : std::nullopt;
  if (grant == "authorization_code")
    problems.at(*f.get("grant"), "the grant authorization_code needs a person at a browser",
                "another grant, such as client_credentials");
  if (auto p = f.get("client")) check_client(problems, *p);
  if (auto p = f.get("request")) {
    auto request = fields{problems, *p, "request", {"encoding"}};
    request.word("encoding", {"application/x-www-form-urlencoded", "application/json"});
  }
  for (auto name : {"issuers", "scopes", "audiences"})
    if (auto p = f.get(name)) check_texts_of(problems, *p);
  for (auto name : {"username", "password"})
    grant == "password" ? f.required_text(name) : f.text(name);
  for (auto name : {"subject", "actor"})
    if (auto p = f.get(name)) check_token(problems, *p);
  if (grant && grant->starts_with("urn:")) f.require("subject");
}

void check_oauth2(problem_list& problems, const place& where) {
  auto f = fields{problems,
                  where,
                  "oauth2",
                  {"authority", "grant", "client", "request", "issuers", "scopes", "audiences",
                   "username", "password", "subject", "actor", "endpoints"}};
  if (!f.is_object()) return;
  check_grant(problems, f);
  auto endpoints = f.get("endpoints");
  if (!endpoints) return;
  auto e = fields{problems, *endpoints, "endpoints", {"token", "revocation", "introspection"}};
  for (auto name : {"token", "revocation", "introspection"}) e.text(name);
}

void check_oidc(problem_list& problems, const place& where) {
  auto f = fields{problems,
                  where,
                  "oidc",
                  {"authority", "grant", "client", "request", "issuers", "scopes", "audiences",
                   "username", "password", "subject", "actor"}};
  if (f.is_object()) check_grant(problems, f);
}

struct scheme {
  std::string_view name;
  auth_scheme meaning;
  void (*check)(problem_list&, const place&);
};
constexpr std::array<scheme, 5> schemes{{{"basic", auth_scheme::basic, check_login},
                                         {"bearer", auth_scheme::bearer, check_bearer},
                                         {"digest", auth_scheme::digest, check_login},
                                         {"oauth2", auth_scheme::oauth2, check_oauth2},
                                         {"oidc", auth_scheme::oidc, check_oidc}}};

/// `{use: secret}` in the place of a scheme's properties.
std::string read_secret(reading& r, const place& where) {
  auto f = fields{r.problems, where, where.key(), {"use"}};
  auto name = f.text("use").value_or("");
  auto known = std::vector<std::string_view>{r.use.secrets().begin(), r.use.secrets().end()};
  if (std::find(known.begin(), known.end(), name) == known.end() &&
      f.get("use")->content().is_string())
    r.problems.at(*f.get("use"),
                  "the secret \"" + name + "\" is not declared in use.secrets" +
                      suggestion(name, known),
                  known.empty() ? "the secret's name in use.secrets" : enumerate(known));
  return name;
}

} // namespace

std::optional<authentication> read_authentication(reading& r, const place& where,
                                                  const variable_scope& scope) {
  auto f =
      fields{r.problems, where, "authentication", {"basic", "bearer", "digest", "oauth2", "oidc"}};
  if (!f.is_object()) return std::nullopt;
  if (where.size() != 1) {
    r.problems.at(where, "an authentication has " + std::to_string(where.size()) + " schemes",
                  R"(one of "basic", "bearer", "digest", "oauth2" or "oidc")");
    return std::nullopt;
  }
  for (const auto& s : schemes) {
    auto properties = f.get(s.name);
    if (!properties) continue;
    if (properties->child("use"))
      return authentication{s.meaning, value_template::constant({}), read_secret(r, *properties)};
    s.check(r.problems, *properties);
    if (auto made = read_template(r.problems, *properties, scope))
      return authentication{s.meaning, *std::move(made), {}};
  }
  return std::nullopt;
}

std::optional<authentication> read_authentication_or_use(reading& r, const place& where,
                                                         const variable_scope& scope) {
  if (!where.content().find("use")) return read_authentication(r, where, scope);
  auto f = fields{r.problems, where, "authentication", {"use"}};
  auto definition = r.use.find(r.problems, *f.get("use"), reusables::kind::authentication);
  return definition ? read_authentication(r, *definition, scope) : std::nullopt;
}

} // namespace steward::workflow::reader
