#pragma once

#include "gateway/request.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// What single headers say.
namespace steward::gateway {

/// `Prefer: wait=N` (RFC 7240): how long the client would wait. Fractions of a second are taken,
/// more than a minute is cut. Nothing when it is not asked for or makes no sense, for a preference
/// that is not understood is to be overlooked.
std::optional<std::chrono::milliseconds> preferred_wait(const request_view& request);
/// As `Preference-Applied` shows it: "wait=2.5".
std::string wait_text(std::chrono::milliseconds wait);

struct idempotency_key {
  std::string key; ///< Empty: none was sent.
  bool valid = true;
};
/// 1 to 255 printable ASCII characters, plain or as a quoted string (RFC 8941).
idempotency_key read_idempotency_key(const request_view& request);

/// The media type in lower case, without parameters.
std::string media_type(std::string_view content_type);
bool is_json_type(std::string_view media);
/// What HTTP clients send when they were not told a type (curl's and fetch's defaults, none at
/// all): the body may be anything. Pages of other origins can send these too; `refuse_foreign`
/// stops them.
bool is_default_type(std::string_view media);

/// Which of the offers the client likes best by its Accept header, the earlier of equals; nothing
/// when it accepts none of them.
std::optional<size_t> negotiate(const request_view& request,
                                std::span<const std::string_view> offers);
/// Whether a content coding may be sent.
bool accepts_coding(const request_view& request, std::string_view coding);
/// Whether an If-None-Match header has this entity tag in it, or is `*`.
bool matches_etag(std::string_view if_none_match, std::string_view etag);

} // namespace steward::gateway
