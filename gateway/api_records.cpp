#include "gateway/api_ask.hpp"
#include "gateway/header_values.hpp"
#include "messages/records.hpp"

namespace steward::gateway {

namespace {

constexpr std::string_view etag_grammar = "one entity tag, as in \"5\", or *";

/// What If-Match (a tag or `*`) or If-None-Match (`*`) makes a condition; nothing when they make no
/// sense. A tag that is none of ours fits no version.
std::optional<record_guard> read_guard(const request_view& request) {
  using kind = record_guard::kind;
  const auto match = request.header("if-match"), none = request.header("if-none-match");
  if (request.has("if-none-match")) {
    if (none != "*" || request.has("if-match")) return std::nullopt;
    return record_guard{kind::absent, 0};
  }
  if (!request.has("if-match")) return record_guard{};
  if (match == "*") return record_guard{kind::present, 0};
  if (match.size() < 2 || match.front() != '"' || match.back() != '"' ||
      match.find('"', 1) != match.size() - 1)
    return std::nullopt;
  const auto version = parse_number(match.substr(1, match.size() - 2));
  return record_guard{kind::version, version && *version > 0 ? *version : UINT64_MAX};
}

std::string guard_header(const request_view& request) {
  return request.has("if-none-match") ? "If-None-Match" : "If-Match";
}

} // namespace

bool api::read_collection(call& c, std::string& name) {
  name = c.match.arguments[0];
  if (is_collection_name(name)) return true;
  c.fail("collection", "this is no name of a collection",
         "1 to 40 of a to z, 0 to 9 and _, beginning with a letter");
  return false;
}

bool api::read_record(call& c, std::string& collection, std::string& id) {
  if (!read_collection(c, collection)) return false;
  id = c.match.arguments[1];
  if (is_record_id(id)) return true;
  c.fail("record", "this is no id of a record", "1 to 128 letters, digits and . _ ~ : @ -");
  return false;
}

void api::list_collections(call& c) {
  steward::list_collections message{c.tenant, {}};
  if (!read_page(c, message.limit, message.cursor)) return;
  c.ask(*record_queries_, "the records' reader", std::move(message));
}

void api::get_collection(call& c) {
  steward::get_collection message{c.tenant, {}};
  if (read_collection(c, message.name))
    c.ask(*record_queries_, "the records' reader", std::move(message));
}

void api::declare_collection(call& c) {
  steward::declare_collection message{c.tenant, {}, std::string{c.request.body}};
  if (read_collection(c, message.name) && check_json_type(c))
    to_tenant(c, std::move(message), {}, {});
}

void api::remove_collection(call& c) {
  steward::remove_collection message{c.tenant, {}};
  if (!read_collection(c, message.name)) return;
  if (!c.request.body.empty()) return c.fail("", "this call has no body", "an empty body");
  to_tenant(c, std::move(message), {}, {});
}

void api::find_records(call& c) {
  steward::find_records message;
  message.tenant = c.tenant;
  if (!read_collection(c, message.collection) ||
      !read_page(c, message.limit, message.cursor, 200, 8'192))
    return;
  message.filter = c.parameter("filter").value_or(std::string{});
  message.sort = c.parameter("sort").value_or(std::string{});
  if (c.parameter("filter") && message.filter.empty())
    return c.fail("filter", "the filter is empty", "a JSON object");
  c.ask(*record_searches_, "the records' reader", std::move(message));
}

void api::get_record(call& c) {
  steward::get_record message{c.tenant, {}, {}};
  if (read_record(c, message.collection, message.id))
    c.ask(*record_queries_, "the records' reader", std::move(message));
}

void api::get_record_history(call& c) {
  steward::get_record_history message{c.tenant, {}, {}, {}};
  if (read_record(c, message.collection, message.id) && read_page(c, message.limit, message.cursor))
    c.ask(*record_queries_, "the records' reader", std::move(message));
}

void api::create_record(call& c) {
  steward::write_record message;
  message.tenant = c.tenant;
  if (!read_collection(c, message.collection) || !check_json_type(c)) return;
  auto key = read_idempotency_key(c.request);
  if (!key.valid)
    return c.fail("Idempotency-Key", "this is no idempotency key", "1 to 255 printable characters");
  message.body = c.request.body;
  message.idempotency_key = std::move(key.key);
  to_tenant(c, std::move(message), {}, {});
}

void api::write_record(call& c) {
  const bool merges = c.match.found->does == operation::patch_record;
  steward::write_record message;
  message.tenant = c.tenant;
  if (!read_record(c, message.collection, message.id) || !check_json_type(c)) return;
  if (merges && media_type(c.request.header("content-type")) == "application/json-patch+json")
    return c.fail({415,
                   "unsupported-media-type",
                   "Unsupported media type",
                   "a change is a JSON Merge Patch (application/merge-patch+json)",
                   {},
                   {}});
  const auto guard = read_guard(c.request);
  if (!guard || (merges && guard->what == record_guard::kind::absent))
    return c.fail(guard_header(c.request), "this condition can't be used here",
                  std::string{etag_grammar});
  message.body = c.request.body;
  message.how = merges ? record_writing::merge : record_writing::replace;
  message.guard = *guard;
  to_tenant(c, std::move(message), {}, {});
}

void api::write_records(call& c) {
  steward::write_records message{c.tenant, {}, std::string{c.request.body}};
  if (read_collection(c, message.collection) && check_json_type(c))
    to_tenant(c, std::move(message), {}, {});
}

void api::remove_record(call& c) {
  steward::remove_record message{c.tenant, {}, {}, {}};
  if (!read_record(c, message.collection, message.id)) return;
  const auto guard = read_guard(c.request);
  if (!guard || guard->what == record_guard::kind::absent)
    return c.fail(guard_header(c.request), "this condition can't be used here",
                  std::string{etag_grammar});
  if (!c.request.body.empty()) return c.fail("", "this call has no body", "an empty body");
  message.guard = *guard;
  to_tenant(c, std::move(message), {}, {});
}

} // namespace steward::gateway
