#include "workflow/reader/events.hpp"
#include "workflow/schema/pattern.hpp"

#include <algorithm>
#include <array>

namespace steward::workflow::reader {

namespace {

using condition_value = decltype(event_filter::condition::expected);

/// Text in which nothing has a meaning of its own; a dot means itself.
bool is_plain(std::string_view text) {
  constexpr std::string_view marks = "._:/@-";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != marks.npos;
  });
}

condition_value read_text_condition(const value& text) {
  if (is_plain(text.as_string())) return text;
  auto whole = "^(?:" + std::string{text.as_string()} + ")$";
  auto compiled = schema::pattern::compile(whole);
  if (!compiled) return text;
  return std::make_shared<const schema::pattern>(*std::move(compiled));
}

condition_value read_condition(reading& r, const place& where, const variable_scope& scope) {
  const auto& content = where.content();
  check_attribute_name(r.problems, where);
  if (content.is_string() && !is_expression(where) && !has_embedded_expression(content.as_string()))
    return read_text_condition(content);
  if (!content.is_string() && where.key() != "data" && !content.is_bool() && !content.is_int())
    r.problems.at(where,
                  "\"" + std::string{where.key()} + "\" must be a text, but is " +
                      std::string{describe(content)},
                  "a text, a regular expression, or ${ ... }");
  auto made = read_template(r.problems, where, scope);
  if (!made || made->is_constant()) return content;
  return *std::move(made);
}

event_filter::correlation read_correlation(reading& r, const place& where,
                                           const variable_scope& scope, expression fallback) {
  auto f = fields{r.problems, where, "a correlation", {"from", "expect"}};
  auto from = f.require("from");
  auto program = from ? read_expression(r.problems, *from, scope) : std::nullopt;
  auto result = event_filter::correlation{
      std::string{where.key()}, program ? *std::move(program) : std::move(fallback), std::nullopt};
  auto expect = f.get("expect");
  if (!expect) return result;
  const auto& content = expect->content();
  if (!content.is_string() && !content.is_number() && !content.is_bool())
    r.problems.at(*expect,
                  "\"expect\" must be a constant or an expression, but is " +
                      std::string{describe(content)},
                  "a text, or ${ ... }");
  result.expect = read_template(r.problems, *expect, scope);
  return result;
}

event_filter read_event_filter(reading& r, const place& where, const variable_scope& scope) {
  event_filter result;
  auto f = fields{r.problems, where, "an event filter", {"with", "correlate"}};
  auto with = f.require("with");
  if (with && check_object(r.problems, *with, "\"with\"")) {
    if (with->size() == 0)
      r.problems.at(*with, "\"with\" is empty: every event would be meant",
                    "at least one attribute, such as type");
    for (size_t i = 0; i < with->size(); ++i) {
      auto attribute = place{*with, i};
      result.conditions.push_back(
          {std::string{attribute.key()}, read_condition(r, attribute, scope)});
    }
  }
  auto correlate = f.get("correlate");
  if (!correlate || !check_object(r.problems, *correlate, "\"correlate\"")) return result;
  // What stands in for an expression that was refused; no definition with it gets out.
  auto nothing = *expression::compile(".");
  for (size_t i = 0; i < correlate->size(); ++i)
    result.correlations.push_back(read_correlation(r, place{*correlate, i}, scope, nothing));
  return result;
}

void read_filters(reading& r, const place& where, const variable_scope& scope,
                  event_strategy& into) {
  if (!where.content().is_array()) {
    r.problems.at(where,
                  "\"" + std::string{where.key()} + "\" must be a list of event filters, but is " +
                      std::string{describe(where.content())},
                  "a list such as - with: { type: com.example.paid }");
    return;
  }
  for (size_t i = 0; i < where.size(); ++i)
    into.filters.push_back(read_event_filter(r, place{where, i}, scope));
}

/// `until`: an expression over the events consumed so far, or a strategy.
void read_until(reading& r, const place& where, const variable_scope& scope, event_strategy& into) {
  if (!where.content().is_object()) {
    if (auto program = read_expression(r.problems, where, scope)) into.until = *std::move(program);
    return;
  }
  if (auto nested = where.child("until"))
    r.problems.at_key(*nested, "\"until\" can't have an \"until\" of its own",
                      "one of \"one\", \"any\" or \"all\" alone");
  into.until = std::make_shared<const event_strategy>(read_event_strategy(r, where, scope));
}

} // namespace

event_strategy read_event_strategy(reading& r, const place& where, const variable_scope& scope) {
  using kind = event_strategy::kind;
  static constexpr std::array<std::pair<std::string_view, kind>, 3> kinds{
      {{"one", kind::one}, {"any", kind::any}, {"all", kind::all}}};
  event_strategy result;
  auto what = "\"" + std::string{where.key()} + "\"";
  auto f = fields{r.problems, where, what, {"one", "any", "all", "until"}};
  if (!f.is_object()) return result;
  size_t count = 0;
  for (const auto& [name, meaning] : kinds) {
    auto p = f.get(name);
    if (!p) continue;
    ++count;
    result.what = meaning;
    if (meaning == kind::one)
      result.filters.push_back(read_event_filter(r, *p, scope));
    else
      read_filters(r, *p, scope, result);
  }
  if (count != 1)
    r.problems.at(where, what + " has " + std::to_string(count) + " strategies",
                  "one of \"one\", \"any\" or \"all\"");
  if (auto until = f.get("until")) {
    if (!f.has("any"))
      r.problems.at_key(*until, "\"until\" has no meaning without \"any\"", "\"any\" beside it");
    read_until(r, *until, scope, result);
  }
  return result;
}

event_reading read_event_reading(const fields& f) {
  auto word = f.word("read", {"data", "envelope", "raw"});
  if (!word || *word == "data") return event_reading::data;
  return *word == "raw" ? event_reading::raw : event_reading::envelope;
}

} // namespace steward::workflow::reader
