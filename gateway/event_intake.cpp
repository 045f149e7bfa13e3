#include "gateway/event_intake.hpp"

#include "gateway/header_values.hpp"
#include "gateway/target.hpp"
#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"

#include <algorithm>

namespace steward::gateway {

namespace {

using workflow::value;
using problems = std::vector<field_problem>;

/// What these say, workflows believe: that somebody has approved, for example.
constexpr std::string_view own_types = "dev.steward.";
constexpr std::string_view single_type = "application/cloudevents+json";
constexpr std::string_view batch_type = "application/cloudevents-batch+json";
constexpr size_t problems_most = 100;
constexpr uint32_t nesting_most = 256;

problem bad_events(problems found) {
  const auto& first = found.front();
  auto about = first.pointer.empty() ? first.detail : first.pointer + ": " + first.detail;
  if (found.size() > 1) about += " (and " + std::to_string(found.size() - 1) + " more)";
  return {400, "invalid-request", "Invalid request", std::move(about), std::move(found), {}};
}
problem bad_event(std::string pointer, std::string detail, std::string expected) {
  return bad_events({{std::move(pointer), std::move(detail), std::move(expected)}});
}

bool is_attribute_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

/// Those that CloudEvents forbids in attributes.
bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Everything that is wrong with one event.
void check(const value& event, const std::string& at, size_t event_bytes, problems& found) {
  const auto wrong = [&](std::string_view member, std::string detail, std::string expected) {
    found.push_back({at + "/" + std::string{member}, std::move(detail), std::move(expected)});
  };
  if (!event.is_object()) {
    found.push_back({at, "this is no event", "a JSON object"});
    return;
  }
  if (event.weight() > event_bytes)
    found.push_back(
        {at, "the event is too large", "at most " + std::to_string(event_bytes) + " bytes"});
  for (const auto* name : {"id", "source", "type"})
    if (const auto text = event.get(name); !text.is_string() || text.size() == 0)
      wrong(name, event.find(name) ? "this is empty or no text" : "this is missing",
            "a text that is not empty");
    else if (has_control_character(text.as_string()))
      wrong(name, "this has a control character", "text without it");
    else if (name == std::string_view{"type"} && text.as_string().starts_with(own_types))
      wrong(name, "events of this type are the server's own", "a type that is not dev.steward...");
  if (const auto version = event.get("specversion");
      !version.is_string() || version.as_string() != "1.0")
    wrong("specversion", "this version of CloudEvents is not known", "\"1.0\"");
  if (event.find("data") && event.find("data_base64"))
    wrong("data_base64", "the event has data in two forms", "data or data_base64");
  for (const auto& [key, item] : event.members()) {
    const auto name = key.as_string();
    if (name == "data" || name == "id" || name == "source" || name == "type" ||
        name == "specversion")
      continue;
    if (name == "data_base64") {
      if (!item.is_string()) wrong(name, "this is no text", "base64");
    } else if (!is_attribute_name(name)) {
      wrong(name, "this is no name of an attribute", "lower-case letters and digits");
    } else if (!item.is_string() && !item.is_bool() && !item.is_int() && !item.is_null()) {
      wrong(name, "this is no value of an attribute", "a text, a boolean or a whole number");
    }
  }
}

bool is_binary_mode(const request_view& request) {
  return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& h) {
    return h.name.size() > 3 && same_word(h.name.substr(0, 3), "ce-");
  });
}

/// Attributes from ce-* headers, data from the body.
outcome<value, problem> read_binary(const request_view& request) {
  auto event = value::empty_object();
  for (const auto& [name, text] : request.headers) {
    if (name.size() <= 3 || !same_word(name.substr(0, 3), "ce-")) continue;
    std::string attribute{name.substr(3)};
    for (auto& c : attribute)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    auto decoded = percent_decoded(text, plus::is_itself);
    if (!is_attribute_name(attribute) || attribute == "data" || event.find(attribute))
      return failed{bad_event(std::string{name}, "this is no name of an attribute, or given twice",
                              "ce- with lower-case letters and digits")};
    if (!decoded || !workflow::is_utf8(*decoded))
      return failed{bad_event(std::string{name}, "a percent-encoding is broken", "UTF-8")};
    event.set(attribute, std::string_view{*decoded});
  }
  const auto content = request.header("content-type");
  if (!content.empty() && workflow::is_utf8(content)) event.set("datacontenttype", content);
  if (request.body.empty()) return event;
  const auto media = media_type(content);
  if (is_json_type(media) || media.empty()) {
    auto data = workflow::parse_json(request.body, {nesting_most, request.body.size()});
    if (!data)
      return failed{bad_event("", "the data are not JSON: " + data.error().reason, "a JSON text")};
    event.set("data", std::move(*data));
  } else if (media.starts_with("text/") && workflow::is_utf8(request.body)) {
    event.set("data", request.body);
  } else {
    event.set("data_base64", workflow::base64::encode(request.body));
  }
  return event;
}

problem not_events(const std::string& media) {
  return {415,
          "unsupported-media-type",
          "Unsupported media type",
          "an event is " + std::string{single_type} + ", application/json, " +
              std::string{batch_type} + " or has ce- headers; this is " + media,
          {},
          {}};
}

} // namespace

outcome<std::vector<std::string>, problem> read_events(const request_view& request,
                                                       size_t event_bytes) {
  const auto media = media_type(request.header("content-type"));
  const bool is_batch = media == batch_type;
  value read;
  if (!is_batch && media != single_type && is_binary_mode(request)) {
    auto event = read_binary(request);
    if (!event) return failed{std::move(event.error())};
    read = std::move(*event);
  } else {
    if (!is_batch && media != single_type && !is_default_type(media) && !is_json_type(media))
      return failed{not_events(media)};
    auto body = workflow::parse_json(request.body, {nesting_most, request.body.size()});
    if (!body)
      return failed{bad_event("",
                              "the body is not JSON: " + body.error().reason + " at byte " +
                                  std::to_string(body.error().offset),
                              is_batch ? "a list of events" : "an event")};
    read = std::move(*body);
  }
  problems found;
  std::vector<std::string> events;
  if (!is_batch) {
    check(read, "", event_bytes, found);
    if (found.empty()) events.push_back(workflow::to_json(read));
  } else {
    if (!read.is_array() || read.size() == 0 || read.size() > events_per_batch)
      return failed{bad_event("", "this is no batch",
                              "a list of 1 to " + std::to_string(events_per_batch) + " events")};
    for (size_t i = 0; i < read.size() && found.size() < problems_most; ++i) {
      check(read.items()[i], "/" + std::to_string(i), event_bytes, found);
      if (found.empty()) events.push_back(workflow::to_json(read.items()[i]));
    }
  }
  if (!found.empty()) return failed{bad_events(std::move(found))};
  return events;
}

} // namespace steward::gateway
