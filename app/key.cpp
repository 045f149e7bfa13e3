#include "app/commands.hpp"
#include "messages/digest.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <openssl/rand.h>

namespace steward::app {

namespace {

struct key_options {
  std::string name = "owner", tenant = "default";
};

/// The key goes to stdout, where scripts take it; what is to be configured goes to stderr.
int make_key(const key_options& o) {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("no randomness is to be had");
  std::string key = "stw_";
  for (const auto b : bytes) {
    constexpr char digits[] = "0123456789abcdef";
    key += digits[b >> 4];
    key += digits[b & 15];
  }
  const auto hash = sha256_digest(key).substr(std::string{"sha256:"}.size());
  std::printf("%s\n", key.c_str());
  std::fprintf(stderr,
               "Keep the key above: it is shown only now. Put its hash into the --config file:\n\n"
               "gateway:\n  keys:\n    - {name: %s, tenant: %s, operator: true, sha256: %s}\n",
               o.name.c_str(), o.tenant.c_str(), hash.c_str());
  return exit_completed;
}

} // namespace

command add_key(CLI::App& cli) {
  auto o = std::make_shared<key_options>();
  auto* sub = cli.add_subcommand("key", "Make an API key and the line that configures it");
  sub->add_option("--name", o->name, "Whose key it is");
  sub->add_option("--tenant", o->tenant, "The tenant whose owner it acts as");
  return [o] { return make_key(*o); };
}

} // namespace steward::app
