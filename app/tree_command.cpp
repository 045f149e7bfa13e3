#include "app/commands.hpp"
#include "workflow/json.hpp"

#include <CLI/CLI.hpp>
#include <curl/curl.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace steward::app {

namespace {

using workflow::value;

size_t append(char* data, size_t size, size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

/// The body of a GET, or nothing with the reason on stderr.
std::optional<std::string> get(const std::string& url, const std::string& key) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{curl_easy_init(),
                                                                   &curl_easy_cleanup};
  std::string body;
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(handle.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &body);
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers{nullptr,
                                                                      &curl_slist_free_all};
  if (!key.empty()) {
    headers.reset(curl_slist_append(nullptr, ("Authorization: Bearer " + key).c_str()));
    curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  }
  if (const auto code = curl_easy_perform(handle.get()); code != CURLE_OK) {
    std::fprintf(stderr, "steward: %s: %s\n", url.c_str(), curl_easy_strerror(code));
    return std::nullopt;
  }
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) {
    std::fprintf(stderr, "steward: %s answered %ld\n", url.c_str(), status);
    return std::nullopt;
  }
  return body;
}

std::string up_text(int64_t us) {
  const auto s = us / 1'000'000;
  if (s >= 86'400) return std::to_string(s / 86'400) + "d" + std::to_string(s / 3600 % 24) + "h";
  if (s >= 3600) return std::to_string(s / 3600) + "h" + std::to_string(s / 60 % 60) + "m";
  if (s >= 60) return std::to_string(s / 60) + "m" + std::to_string(s % 60) + "s";
  return std::to_string(s) + "s";
}

void print(const value& node, const std::string& indent) {
  const auto name = node.get("name"), state = node.get("state"), reason = node.get("last_reason");
  std::printf("%-44s %-9s %8lld %8lld %9s", (indent + std::string{name.as_string()}).c_str(),
              std::string{state.as_string()}.c_str(),
              static_cast<long long>(node.get("restarts").as_int()),
              static_cast<long long>(node.get("mailbox").as_int()),
              up_text(node.get("up_us").as_int()).c_str());
  if (reason.is_string() && reason.size() > 0)
    std::printf("  last end: %s", std::string{reason.as_string()}.c_str());
  std::printf("\n");
  const auto children = node.get("children");
  if (children.is_array())
    for (const auto& child : children.items()) print(child, indent + "  ");
  if (const auto hidden = node.get("hidden"); hidden.is_int() && hidden.as_int() > 0)
    std::printf("%s  ... and %lld more\n", indent.c_str(), static_cast<long long>(hidden.as_int()));
}

} // namespace

command add_tree(CLI::App& cli) {
  auto url = std::make_shared<std::string>("http://127.0.0.1:8080");
  auto key = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  auto* sub = cli.add_subcommand("tree", "Show the live supervision tree of a running server");
  sub->add_option("--url", *url, "The server's address");
  sub->add_option("--key", *key, "An operator's API key")->envname("STEWARD_KEY");
  sub->add_flag("--json", *json, "Print the tree as JSON");
  return [url, key, json] {
    while (url->ends_with('/')) url->pop_back();
    const auto body = get(*url + "/api/v1/tree", *key);
    if (!body) return exit_faulted;
    const auto tree = workflow::parse_json(*body);
    if (!tree || !tree->is_object()) {
      std::fprintf(stderr, "steward: %s did not answer with a tree\n", url->c_str());
      return exit_faulted;
    }
    if (*json) {
      std::printf("%s\n", workflow::to_json(*tree).c_str());
    } else {
      std::printf("%-44s %-9s %8s %8s %9s\n", "NAME", "STATE", "RESTARTS", "MAILBOX", "UP");
      print(*tree, "");
    }
    return exit_completed;
  };
}

} // namespace steward::app
