#include "gateway/api_ask.hpp"
#include "gateway/header_values.hpp"
#include "gateway/websocket_frames.hpp"

#include <algorithm>

namespace steward::gateway {

namespace {

constexpr std::string_view subprotocol = "steward.v1";

bool wants_websocket(const request_view& r) {
  return r.method == "GET" && r.version == 11 && r.lists("connection", "upgrade") &&
         r.lists("upgrade", "websocket");
}

bool wants_sse(const request_view& r) {
  if (r.method != "GET") return false;
  const auto accept = r.header("accept");
  return accept.find("text/event-stream") != std::string_view::npos;
}

void split_types(std::string_view list, std::vector<std::string>& out) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    if (end > 0) out.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

} // namespace

void api::read_feed(call& c) {
  const auto& r = c.request;
  const bool websocket = wants_websocket(r);
  if (!websocket && !wants_sse(r)) {
    auto a = to_answer({426,
                        "upgrade-required",
                        "Upgrade required",
                        "the feed is a WebSocket, or a stream with Accept: text/event-stream",
                        {},
                        {}},
                       c.path);
    a.headers += "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    return c.x.answer(std::move(a));
  }
  feed_opening opening;
  opening.form = websocket ? feed_form::websocket : feed_form::sse;
  if (websocket) {
    if (r.header("sec-websocket-version") != "13") {
      auto a = to_answer({426,
                          "upgrade-required",
                          "Upgrade required",
                          "the WebSocket version that is spoken here is 13",
                          {},
                          {}},
                         c.path);
      a.headers += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
      return c.x.answer(std::move(a));
    }
    opening.key = r.header("sec-websocket-key");
    if (!valid_websocket_key(opening.key))
      return c.fail("Sec-WebSocket-Key", "this is no key", "sixteen bytes in base64");
    if (r.lists("sec-websocket-protocol", subprotocol)) opening.subprotocol = subprotocol;
  }
  subscribe_feed message;
  message.tenant = c.tenant;
  // A browser that reconnects says by Last-Event-ID how far it came since it asked for `after`.
  const auto last = r.header("last-event-id");
  const auto from = last.empty() ? c.parameter("after") : std::optional<std::string>{last};
  if (from) {
    message.after = parse_number(*from);
    if (!message.after)
      return c.fail(last.empty() ? "after" : "Last-Event-ID", "this is no sequence number",
                    "a whole number");
  }
  for (const auto& [name, value] : c.query)
    if (name == "type") split_types(value, message.types);
  message.subject = c.parameter("subject").value_or(std::string{});
  message.run = c.parameter("run").value_or(std::string{});
  if (c.parameter("run") && !run_id::parse(message.run))
    return c.fail("run", "this is not the id of a run", "a UUID");
  const auto feed = feed_->get();
  if (!feed) return c.unavailable("the feed");
  opening.after = message.after.value_or(0);
  message.subscription = opening.subscription = next_subscription_.fetch_add(1);
  caf::anon_send(feed, std::move(message), feed_reader{c.x.open_feed(opening)});
}

void api::feed_drained(uint64_t subscription) {
  if (const auto feed = feed_->get()) caf::anon_send(feed, steward::feed_drained{subscription});
}

void api::feed_gone(uint64_t subscription) {
  if (const auto feed = feed_->get()) caf::anon_send(feed, unsubscribe_feed{subscription});
}

} // namespace steward::gateway
