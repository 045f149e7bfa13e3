#include "connectors/resource_fetcher.hpp"

#include "connectors/curl_transfer.hpp"
#include "connectors/redirect.hpp"
#include "workflow/json.hpp"

namespace steward::connectors {

namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

constexpr size_t largest = 4u << 20;
constexpr milliseconds longest{10'000};
constexpr unsigned redirects_followed = 5;

outcome<std::string, std::string> text_of(http_answer answer) {
  if (!answer.answered) return failed{std::move(answer.reason)};
  if (answer.status < 200 || answer.status > 299)
    return failed{"it was answered with status " + std::to_string(answer.status)};
  if (!workflow::is_utf8(answer.body)) return failed{std::string{"it is not UTF-8 text"}};
  return std::move(answer.body);
}

} // namespace

resource_fetcher::resource_fetcher(const config::http_client_settings& http,
                                   const config::resource_settings& resources)
    : http_(http), resources_(resources) {
  http_.response_bytes = largest;
}

outcome<std::string, std::string> resource_fetcher::fetch(std::string_view uri) {
  const transfer_options options{http_, "steward", resources_.hosts, "workflow.resources.hosts"};
  const auto deadline = clock::now() + longest;
  http_order order;
  order.method = "GET";
  order.url = uri;
  auto handle = new_easy_handle();
  for (unsigned redirects = 0;; ++redirects) {
    auto url = check_url(order.url);
    if (!url) return failed{url.error()};
    if (auto why_not = options.egress->why_not(*url); !why_not.empty())
      return failed{std::move(why_not)};
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock::now());
    curl_transfer transfer{std::move(handle), order, *std::move(url), options,
                           std::max(left, milliseconds{1})};
    auto answer = transfer.finish(curl_easy_perform(transfer.handle()));
    if (!is_redirect(answer)) return text_of(std::move(answer));
    if (redirects == redirects_followed)
      return failed{"more than " + std::to_string(redirects_followed) + " redirects"};
    auto next = follow(std::move(order), answer);
    if (!next) return failed{next.error()};
    order = *std::move(next);
    handle = transfer.release();
  }
}

} // namespace steward::connectors
