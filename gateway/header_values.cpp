#include "gateway/header_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace steward::gateway {

namespace {

constexpr std::chrono::milliseconds longest_wait{60'000};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Calls `visit` with each element of a list, trimmed, until it answers true. Separators inside of
/// quotes do not separate.
template <class Visit>
bool each_element(std::string_view list, char separator, Visit visit) {
  size_t begin = 0;
  bool quoted = false;
  for (size_t i = 0; i <= list.size(); ++i) {
    const bool end = i == list.size();
    if (!end && list[i] == '\\' && quoted) {
      ++i;
      continue;
    }
    if (!end && list[i] == '"') quoted = !quoted;
    if (!end && (quoted || list[i] != separator)) continue;
    const auto element = trimmed(list.substr(begin, i - begin));
    begin = i + 1;
    if (!element.empty() && visit(element)) return true;
  }
  return false;
}

std::optional<double> decimal(std::string_view text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number) ||
      number < 0)
    return std::nullopt;
  return number;
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return text.substr(1, text.size() - 2);
  return text;
}

struct weighted {
  std::string_view value;
  double weight = 1.0;
};

weighted with_weight(std::string_view element) {
  const auto semicolon = std::min(element.find(';'), element.size());
  weighted out{trimmed(element.substr(0, semicolon)), 1.0};
  each_element(element.substr(std::min(semicolon + 1, element.size())), ';', [&](auto parameter) {
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return false;
    out.weight = decimal(parameter.substr(2)).value_or(1.0);
    return true;
  });
  return out;
}

/// How well a range of Accept describes a type: 0 not at all, 3 by name.
int closeness(std::string_view range, std::string_view type) {
  if (same_word(range, type)) return 3;
  const auto slash = type.find('/');
  if (range.ends_with("/*") && same_word(range.substr(0, range.size() - 2), type.substr(0, slash)))
    return 2;
  return range == "*/*" ? 1 : 0;
}

} // namespace

std::optional<std::chrono::milliseconds> preferred_wait(const request_view& request) {
  std::optional<std::chrono::milliseconds> out;
  for (const auto& field : request.headers) {
    if (!same_word(field.name, "prefer")) continue;
    // Of a preference that is given more than once the first counts.
    const bool seen = each_element(field.value, ',', [&](std::string_view preference) {
      const auto first = trimmed(preference.substr(0, preference.find(';')));
      const auto equals = std::min(first.find('='), first.size());
      if (!same_word(trimmed(first.substr(0, equals)), "wait")) return false;
      const auto value = unquoted(trimmed(first.substr(std::min(equals + 1, first.size()))));
      if (const auto seconds = decimal(value))
        out = std::min(longest_wait, std::chrono::milliseconds{
                                         static_cast<int64_t>(std::min(*seconds, 1e6) * 1000.0)});
      return true;
    });
    if (seen) break;
  }
  return out;
}

std::string wait_text(std::chrono::milliseconds wait) {
  auto out = "wait=" + std::to_string(wait.count() / 1000);
  if (const auto rest = wait.count() % 1000; rest > 0) {
    auto digits = std::to_string(1000 + rest).substr(1);
    while (digits.back() == '0') digits.pop_back();
    out.append(".").append(digits);
  }
  return out;
}

idempotency_key read_idempotency_key(const request_view& request) {
  idempotency_key out;
  size_t count = 0;
  for (const auto& field : request.headers) {
    if (!same_word(field.name, "idempotency-key")) continue;
    ++count;
    out.key = field.value;
  }
  if (count == 0) return out;
  if (out.key.starts_with('"')) {
    std::string plain;
    size_t i = 1;
    for (; i < out.key.size() && out.key[i] != '"'; ++i) {
      if (out.key[i] == '\\' && ++i < out.key.size() && out.key[i] != '"' && out.key[i] != '\\')
        out.valid = false;
      if (i < out.key.size()) plain += out.key[i];
    }
    if (i + 1 != out.key.size()) out.valid = false; // no closing quote, or something after it
    out.key = std::move(plain);
  }
  const bool printable =
      std::all_of(out.key.begin(), out.key.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (count > 1 || out.key.empty() || out.key.size() > 255 || !printable) out.valid = false;
  return out;
}

std::string media_type(std::string_view content_type) {
  std::string out{trimmed(content_type.substr(0, content_type.find(';')))};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

bool is_json_type(std::string_view media) {
  return media == "application/json" ||
         (media.starts_with("application/") && media.ends_with("+json"));
}

bool is_default_type(std::string_view media) {
  return media.empty() || media == "application/x-www-form-urlencoded" || media == "text/plain" ||
         media == "application/octet-stream";
}

std::optional<size_t> negotiate(const request_view& request,
                                std::span<const std::string_view> offers) {
  if (!request.has("accept")) return 0;
  std::optional<size_t> best;
  double best_weight = 0;
  for (size_t i = 0; i < offers.size(); ++i) {
    int close = 0;
    double weight = 0;
    for (const auto& field : request.headers) {
      if (!same_word(field.name, "accept")) continue;
      each_element(field.value, ',', [&](std::string_view element) {
        const auto range = with_weight(element);
        if (const int c = closeness(range.value, offers[i]); c > close) {
          close = c;
          weight = range.weight;
        }
        return false;
      });
    }
    if (weight <= best_weight) continue;
    best = i;
    best_weight = weight;
  }
  return best;
}

bool accepts_coding(const request_view& request, std::string_view coding) {
  return each_element(request.header("accept-encoding"), ',', [&](std::string_view element) {
    const auto range = with_weight(element);
    return same_word(range.value, coding) && range.weight > 0;
  });
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) {
  return each_element(if_none_match, ',', [&](std::string_view element) {
    if (element.starts_with("W/")) element.remove_prefix(2);
    return element == "*" || element == etag;
  });
}

} // namespace steward::gateway
