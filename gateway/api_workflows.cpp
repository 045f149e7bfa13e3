#include "gateway/api_ask.hpp"
#include "gateway/header_values.hpp"

namespace steward::gateway {

namespace {

bool is_yaml_type(std::string_view media) {
  return media == "application/yaml" || media == "application/x-yaml" || media == "text/yaml" ||
         media == "text/x-yaml";
}

} // namespace

void api::deploy_workflow(call& c) {
  const auto media = media_type(c.request.header("content-type"));
  if (!is_default_type(media) && !is_json_type(media) && !is_yaml_type(media))
    return c.fail({415,
                   "unsupported-media-type",
                   "Unsupported media type",
                   "a definition is application/yaml or application/json, not " + media,
                   {},
                   {}});
  if (c.request.body.empty()) return c.fail("", "the body is empty", "a workflow definition");
  to_tenant(c, steward::deploy_workflow{c.tenant, std::string{c.request.body}}, {}, {});
}

void api::list_workflows(call& c) {
  steward::list_workflows message;
  message.tenant = c.tenant;
  if (!read_page(c, message.limit, message.cursor)) return;
  c.ask(*library_, "the workflow library", std::move(message));
}

void api::get_workflow(call& c) {
  static constexpr std::array<std::string_view, 4> offers{"application/json", "application/yaml",
                                                          "text/yaml", "application/x-yaml"};
  const auto chosen = negotiate(c.request, offers);
  if (!chosen)
    return c.fail({406,
                   "not-acceptable",
                   "Not acceptable",
                   "a workflow can be had as application/json or application/yaml",
                   {},
                   {}});
  const auto version = c.parameter("version");
  if (version && version->empty()) return c.fail("version", "the version is empty", "e.g. 1.0.0");
  steward::get_workflow message{c.tenant, c.match.arguments[0], c.match.arguments[1],
                                version.value_or(std::string{}),
                                *chosen == 0 ? workflow_form::json : workflow_form::yaml};
  const auto handle = library_->get();
  if (!handle) return c.unavailable("the workflow library");
  caf::anon_send(handle, std::move(message), c.x.later({}, "Vary: Accept\r\n"));
}

} // namespace steward::gateway
