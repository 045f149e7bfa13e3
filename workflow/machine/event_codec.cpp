#include "workflow/json.hpp"
#include "workflow/machine.hpp"
#include "workflow/machine/base64.hpp"

namespace steward::workflow {

namespace {

constexpr int64_t codec_version = 1;
constexpr std::string_view base64_suffix = "_base64";

// --- writing ---

void put_key(std::string& out, std::string_view key) {
  out += ",\"";
  out += key;
  out += "\":";
}

void put_int(std::string& out, std::string_view key, int64_t number) {
  put_key(out, key);
  out += std::to_string(number);
}

/// Text that is not UTF-8 goes under `<key>_base64`: what is read back must equal what was written
/// to the byte, or a replay would differ.
void put_text(std::string& out, std::string_view key, std::string_view text) {
  auto plain = is_utf8(text);
  put_key(out, plain ? std::string{key} : std::string{key}.append(base64_suffix));
  append_json_string(out, plain ? std::string{text} : base64::encode(text));
}

void put_value(std::string& out, std::string_view key, const value& v) {
  put_key(out, key);
  append_json(out, v);
}

/// Headers are an array of objects of one member each, so that repeated names keep their order.
void put_headers(std::string& out,
                 const std::vector<std::pair<std::string, std::string>>& headers) {
  put_key(out, "headers");
  out += '[';
  for (const auto& [name, text] : headers) {
    if (out.back() != '[') out += ',';
    auto entry = std::string{};
    put_text(entry, "name", name);
    put_text(entry, "text", text);
    entry[0] = '{';
    out += entry;
    out += '}';
  }
  out += ']';
}

struct event_writer {
  std::string& out;

  void head(std::string_view name, int64_t time_us) const {
    out += "{\"kind\":";
    append_json_string(out, name);
    put_int(out, "v", codec_version);
    put_int(out, "t", time_us);
  }
  void effect(effect_id id) const { put_int(out, "effect", static_cast<int64_t>(id)); }
};

struct body_writer {
  event_writer w;
  int64_t t;

  void operator()(const run_started& e) const {
    w.head("run_started", t);
    put_text(w.out, "run", e.run_id);
    put_value(w.out, "input", e.input);
  }
  void operator()(const http_answered& e) const {
    w.head("http_answered", t);
    w.effect(e.effect);
    put_int(w.out, "status", e.status);
    put_headers(w.out, e.headers);
    put_text(w.out, "body", e.body);
  }
  void operator()(const http_failed& e) const {
    w.head("http_failed", t);
    w.effect(e.effect);
    put_value(w.out, "timed_out", value{e.timed_out});
    put_text(w.out, "reason", e.reason);
    if (!e.error.empty()) put_text(w.out, "error", e.error);
  }
  void operator()(const timer_fired& e) const {
    w.head("timer_fired", t);
    w.effect(e.effect);
  }
  void operator()(const child_ended& e) const {
    w.head("child_ended", t);
    w.effect(e.effect);
    put_text(w.out, "status", to_string(e.status));
    put_value(w.out, "output", e.output);
    if (e.error) put_value(w.out, "error", to_value(*e.error));
  }
  void operator()(const event_received& e) const {
    w.head("event_received", t);
    w.effect(e.effect);
    put_int(w.out, "sequence", static_cast<int64_t>(e.sequence));
    put_value(w.out, "event", e.event);
  }
  void operator()(const suspend_requested&) const { w.head("suspend_requested", t); }
  void operator()(const resume_requested&) const { w.head("resume_requested", t); }
  void operator()(const cancel_requested& e) const {
    w.head("cancel_requested", t);
    put_text(w.out, "reason", e.reason);
  }
  void operator()(const quarantined& e) const {
    w.head("quarantined", t);
    put_text(w.out, "reason", e.reason);
  }
  void operator()(const retry_requested& e) const {
    w.head("retry_requested", t);
    put_text(w.out, "task", e.task);
    if (e.input) put_value(w.out, "input", *e.input);
    put_value(w.out, "changed", value{e.changed});
  }
};

// --- reading ---

struct unreadable {
  std::string reason;
};

int64_t take_int(const value& v, std::string_view key) {
  auto found = v.find(key);
  if (!found || !found->is_int()) throw unreadable{"`" + std::string{key} + "` is not an integer"};
  return found->as_int();
}

std::string take_text(const value& v, std::string_view key) {
  if (auto found = v.find(key); found && found->is_string()) return std::string{found->as_string()};
  auto packed_key = std::string{key}.append(base64_suffix);
  if (auto packed = v.find(packed_key); packed && packed->is_string())
    if (auto bytes = base64::decode(packed->as_string())) return *std::move(bytes);
  throw unreadable{"`" + std::string{key} + "` is not a text"};
}

bool take_bool(const value& v, std::string_view key) {
  auto found = v.find(key);
  if (!found || !found->is_bool())
    throw unreadable{"`" + std::string{key} + "` is not true or false"};
  return found->as_bool();
}

effect_id take_effect(const value& v) {
  auto id = take_int(v, "effect");
  if (id < 1) throw unreadable{"`effect` is not a positive number"};
  return static_cast<effect_id>(id);
}

http_answered read_answer(const value& v) {
  auto e = http_answered{};
  e.effect = take_effect(v);
  auto status = take_int(v, "status");
  if (status < 0 || status > 999) throw unreadable{"`status` is no HTTP status"};
  e.status = static_cast<int>(status);
  auto headers = v.find("headers");
  if (!headers || !headers->is_array()) throw unreadable{"`headers` is not an array"};
  for (const auto& entry : headers->items())
    e.headers.emplace_back(take_text(entry, "name"), take_text(entry, "text"));
  e.body = take_text(v, "body");
  return e;
}

child_ended read_child(const value& v) {
  auto e = child_ended{};
  e.effect = take_effect(v);
  auto status = run_status_from(take_text(v, "status"));
  if (!status || !is_final(*status)) throw unreadable{"`status` is no final run status"};
  e.status = *status;
  e.output = v.get("output");
  if (auto error = v.find("error")) e.error = run_error_from(*error);
  return e;
}

event_received read_received(const value& v) {
  auto sequence = take_int(v, "sequence");
  if (sequence < 1) throw unreadable{"`sequence` is not a positive number"};
  return {take_effect(v), static_cast<uint64_t>(sequence), v.get("event")};
}

retry_requested read_retry(const value& v) {
  auto e = retry_requested{take_text(v, "task"), {}, take_bool(v, "changed")};
  if (auto input = v.find("input")) e.input = *input;
  return e;
}

event read_journaled(const value& v) {
  if (!v.is_object()) throw unreadable{"an event is a JSON object"};
  if (auto version = take_int(v, "v"); version != codec_version)
    throw unreadable{"version " + std::to_string(version) + " of an event is unknown"};
  auto e = event{};
  e.time_us = take_int(v, "t");
  auto kind = take_text(v, "kind");
  if (kind == "run_started")
    e.what = run_started{take_text(v, "run"), v.get("input")};
  else if (kind == "http_answered")
    e.what = read_answer(v);
  else if (kind == "http_failed")
    e.what = http_failed{take_effect(v), take_bool(v, "timed_out"), take_text(v, "reason"),
                         v.find("error") ? take_text(v, "error") : std::string{}};
  else if (kind == "timer_fired")
    e.what = timer_fired{take_effect(v)};
  else if (kind == "child_ended")
    e.what = read_child(v);
  else if (kind == "event_received")
    e.what = read_received(v);
  else if (kind == "suspend_requested")
    e.what = suspend_requested{};
  else if (kind == "resume_requested")
    e.what = resume_requested{};
  else if (kind == "cancel_requested")
    e.what = cancel_requested{take_text(v, "reason")};
  else if (kind == "quarantined")
    e.what = quarantined{take_text(v, "reason")};
  else if (kind == "retry_requested")
    e.what = read_retry(v);
  else
    throw unreadable{"the event kind `" + kind + "` is unknown"};
  return e;
}

} // namespace

std::string encode_event(const event& e) {
  auto out = std::string{};
  std::visit(body_writer{event_writer{out}, e.time_us}, e.what);
  out += '}';
  return out;
}

outcome<event, std::string> decode_event(std::string_view json) try {
  // Everything in the journal was within bounds when it was written.
  auto parsed = parse_json(json, json_limits{value::max_depth, json.size()});
  if (!parsed)
    return failed{"not JSON: " + parsed.error().reason + " at byte " +
                  std::to_string(parsed.error().offset)};
  return read_journaled(*parsed);
} catch (const unreadable& problem) {
  return failed{problem.reason};
}

} // namespace steward::workflow
