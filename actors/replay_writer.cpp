#include "actors/replay_writer.hpp"

#include "messages/run_document.hpp"
#include "workflow/json.hpp"

namespace steward {

namespace {

constexpr size_t document_bytes = 16u << 20;

} // namespace

void replay_writer::next() {
  if (!out_.empty() && out_.back() != '{' && out_.back() != '[') out_ += ',';
}

void replay_writer::member(std::string_view name) {
  next();
  workflow::append_json_string(out_, name);
  out_ += ':';
}

void replay_writer::text(std::string_view name, std::string_view text) {
  member(name);
  workflow::append_json_string(out_, text);
}

void replay_writer::time(std::string_view name, int64_t time_us) {
  member(name);
  out_ += '"';
  append_time(out_, time_us);
  out_ += '"';
}

/// Parts that values share are written each time: their text may be far larger than they are.
void replay_writer::data(std::string_view name, const workflow::value& v) {
  member(name);
  if (out_.size() + v.weight() <= document_bytes) return workflow::append_json(out_, v);
  truncated_ = true;
  out_ += "null";
}

void replay_writer::begin(const run_row& row, std::string_view step, uint64_t steps) {
  out_ = "{\"run\":" + run_summary(row);
  member("step");
  out_ += step;
  member("steps");
  out_ += std::to_string(steps);
}

void replay_writer::picture(const workflow::run_picture& p) {
  text("status", workflow::to_string(p.status));
  data("context", p.context);
  member("tasks");
  out_ += '[';
  for (const auto& t : p.tasks) task(t);
  out_ += ']';
  data("variables", p.variables);
  data("output", p.output);
  member("outstanding");
  out_ += '[';
  for (const auto& c : p.outstanding) command(c);
  out_ += ']';
  member("completed");
  out_ += '[';
}

void replay_writer::completed(const workflow::step& s) {
  next();
  out_ += '{';
  text("pointer", s.task);
  text("name", s.name);
  data("output", s.data.get("output"));
  out_ += '}';
}

std::string replay_writer::finish() && {
  out_ += "],\"truncated\":";
  out_ += truncated_ ? "true}" : "false}";
  return std::move(out_);
}

void replay_writer::task(const workflow::task_picture& t) {
  next();
  out_ += '{';
  text("pointer", t.pointer);
  text("name", t.name);
  text("kind", t.kind);
  member("branch");
  out_ += '[';
  for (const auto b : t.branch) {
    next();
    out_ += std::to_string(b);
  }
  out_ += ']';
  data("input", t.raw_input);
  data("filtered_input", t.input);
  data("data", t.data);
  time("started_at", t.started_us);
  member("attempt");
  out_ += std::to_string(t.attempt);
  data("variables", t.variables);
  out_ += '}';
}

void replay_writer::command(const workflow::command& c) {
  const auto begin = [this](std::string_view kind) {
    next();
    out_ += '{';
    text("kind", kind);
  };
  if (const auto* call = std::get_if<workflow::http_call>(&c)) {
    begin("call");
    text("task", call->task);
    text("method", call->method);
    text("url", call->url);
    member("attempt");
    out_ += std::to_string(call->attempt);
  } else if (const auto* timer = std::get_if<workflow::set_timer>(&c)) {
    begin("timer");
    time("due_at", timer->due_us);
  } else if (const auto* listener = std::get_if<workflow::listen_for>(&c)) {
    begin("listener");
    text("task", listener->task);
    member("types");
    out_ += '[';
    for (const auto& route : listener->routes) {
      next();
      workflow::append_json_string(out_, route.type);
    }
    out_ += ']';
  } else if (const auto* child = std::get_if<workflow::start_child>(&c)) {
    begin("child");
    text("task", child->task);
    text("workflow", child->workflow.namespace_ + "/" + child->workflow.name);
    text("version", child->workflow.version);
  } else {
    return; // the others have no answer
  }
  out_ += '}';
}

} // namespace steward
