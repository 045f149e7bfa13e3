#pragma once

#include "config/settings.hpp"
#include "workflow/reader/resource_source.hpp"

#include <string>

namespace steward::connectors {

/// Fetches what a definition refers to, while it is deployed. Blocks: for threads that may.
///
/// Speaks HTTP as the client of the runs does, with its certificates, redirected hosts and closed
/// networks, but goes to the hosts of `workflow.resources.hosts`; each redirect is checked again.
/// Fails with a sentence for people: a host that is not allowed, no answer within 10 seconds, a
/// status other than 2xx, more than 4 MiB, text that is not UTF-8, more than 5 redirects.
class resource_fetcher final : public workflow::resource_source {
public:
  resource_fetcher(const config::http_client_settings& http,
                   const config::resource_settings& resources);

  outcome<std::string, std::string> fetch(std::string_view uri) override;

private:
  config::http_client_settings http_;
  config::resource_settings resources_;
};

} // namespace steward::connectors
