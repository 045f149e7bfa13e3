#include "connectors/authentication.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"

#include <algorithm>
#include <array>

namespace steward::connectors {

namespace {

using workflow::auth_scheme;
using workflow::value;

constexpr std::array<std::pair<auth_scheme, std::string_view>, 5> scheme_names{
    {{auth_scheme::basic, "basic"},
     {auth_scheme::bearer, "bearer"},
     {auth_scheme::digest, "digest"},
     {auth_scheme::oauth2, "oauth2"},
     {auth_scheme::oidc, "oidc"}}};

std::string_view name_of(auth_scheme scheme) {
  return std::ranges::find(scheme_names, scheme, &decltype(scheme_names)::value_type::first)
      ->second;
}

/// A header's value ends where its line does.
bool fits_header(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
}

outcome<call_credentials, authentication_failure> failure(std::string reason) {
  return failed{authentication_failure{std::move(reason)}};
}

outcome<call_credentials, authentication_failure> from_bearer(const value& properties) {
  const auto token = properties.get("token");
  if (!token.is_string() || token.size() == 0) return failure("bearer authentication has no token");
  if (!fits_header(token.as_string()))
    return failure("the token of the bearer authentication has a control character");
  return call_credentials{header_credentials{"Bearer " + std::string{token.as_string()}}};
}

outcome<call_credentials, authentication_failure> from_user(const value& properties, bool digest) {
  const std::string scheme = digest ? "digest" : "basic";
  const auto user = properties.get("username"), password = properties.get("password");
  if (!user.is_string() || !password.is_string())
    return failure(scheme + " authentication needs username and password, both texts");
  if (user.as_string().find(':') != std::string_view::npos)
    return failure("the username of the " + scheme + " authentication has a colon");
  const std::string name{user.as_string()}, word{password.as_string()};
  if (digest) {
    if ((name + word).find('\0') != std::string::npos)
      return failure("username or password of the digest authentication has a zero byte");
    return call_credentials{digest_credentials{name, word}};
  }
  return call_credentials{
      header_credentials{"Basic " + workflow::base64::encode(name + ":" + word)}};
}

} // namespace

std::string authentication_text(const workflow::call_authentication& policy, const value& secrets) {
  auto text = value::object({{"scheme", name_of(policy.scheme)}});
  if (policy.secret.empty())
    text.set("properties", policy.properties);
  else if (const auto* found = secrets.find(policy.secret))
    text.set("properties", *found);
  else
    text.set("missing", policy.secret);
  return workflow::to_json(text);
}

outcome<call_credentials, authentication_failure> read_authentication(std::string_view text) {
  const auto read = workflow::parse_json(text);
  if (!read) return failure("the authentication can't be read");
  if (const auto* missing = read->find("missing"))
    return failed{authentication_failure{
        "the secret `" + std::string{missing->as_string()} + "` is not there", "authorization"}};
  const auto scheme = read->get("scheme");
  const auto properties = read->get("properties");
  const auto name = scheme.is_string() ? scheme.as_string() : std::string_view{};
  if (!properties.is_object())
    return failure("the properties of the " + std::string{name} + " authentication are no object");
  if (name == "basic") return from_user(properties, false);
  if (name == "digest") return from_user(properties, true);
  if (name == "bearer") return from_bearer(properties);
  return call_credentials{token_credentials{properties, name == "oidc"}};
}

} // namespace steward::connectors
