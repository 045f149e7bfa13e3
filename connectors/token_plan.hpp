#pragma once

#include "connectors/authentication.hpp"
#include "connectors/http_transport.hpp"

#include <chrono>

/// OAuth 2.0 and OpenID Connect without a connection: which request asks for a token, and what its
/// answer says. Failures are for people and hold nothing that came with the credentials.
namespace steward::connectors {

/// What the policy's properties say, checked.
struct token_plan {
  enum class client_proof : uint8_t { basic, post, secret_jwt, key_jwt, none };
  std::string authority;
  std::string endpoint; ///< The token's address; empty: found by discovery.
  client_proof proof = client_proof::post;
  std::string client, client_secret, client_assertion;
  bool json = false;         ///< The request's encoding; else a form.
  header_list parameters;    ///< Of the grant.
  std::string refresh_token; ///< Of the grant refresh_token.
  std::vector<std::string> issuers;
};
outcome<token_plan, std::string> read_token_plan(const token_credentials& c);

/// The request for the authority's discovery document (OpenID Connect Discovery 1.0), and the token
/// endpoint that it names.
http_order discovery_order(const token_plan& plan);
outcome<std::string, std::string> token_endpoint_from(const token_plan& plan,
                                                      const http_answer& answer);

/// What makes one request differ from the next.
struct token_moment {
  int64_t now_s = 0; ///< Seconds since 1970.
  std::string nonce; ///< Never the same twice.
};
/// `refresh_token`: the newest one that is known; empty: the plan's.
outcome<http_order, std::string> token_order(const token_plan& plan, const std::string& endpoint,
                                             const std::string& refresh_token,
                                             const token_moment& moment);

struct access_token {
  std::string text;
  std::string refresh_token;          ///< The next one, if the authority gave one.
  std::chrono::milliseconds good_for; ///< After it the token is to be renewed.
};
outcome<access_token, std::string> read_token(const token_plan& plan, const std::string& endpoint,
                                              const http_answer& answer);

} // namespace steward::connectors
