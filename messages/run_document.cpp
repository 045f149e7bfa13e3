#include "messages/run_document.hpp"

#include "workflow/json.hpp"

#include <charconv>
#include <chrono>

namespace steward {

namespace {

void append_number(std::string& out, uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_time_or_null(std::string& out, const std::optional<int64_t>& time_us) {
  if (!time_us) {
    out += "null";
    return;
  }
  out += '"';
  append_time(out, *time_us);
  out += '"';
}

void append_ref(std::string& out, const workflow_ref& ref) {
  out += "{\"namespace\":";
  workflow::append_json_string(out, ref.namespace_);
  out += ",\"name\":";
  workflow::append_json_string(out, ref.name);
  out += ",\"version\":";
  workflow::append_json_string(out, ref.version);
  out += '}';
}

void append_run(std::string& out, const run_row& run, bool with_data) {
  out += "{\"id\":\"";
  out += run.id.text();
  out += "\",\"workflow\":";
  append_ref(out, run.workflow);
  out += ",\"status\":\"";
  out += workflow::to_string(run.status);
  out += '"';
  if (with_data) {
    out += ",\"input\":";
    out += run.input.empty() ? "null" : run.input;
    out += ",\"output\":";
    out += run.output ? *run.output : "null";
  }
  out += ",\"error\":";
  out += run.error ? *run.error : "null";
  out += ",\"created_at\":";
  append_time_or_null(out, run.created_us);
  out += ",\"started_at\":";
  append_time_or_null(out, run.started_us);
  out += ",\"ended_at\":";
  append_time_or_null(out, run.ended_us);
  out += ",\"attempts\":";
  append_number(out, run.attempts);
  out += '}';
}

} // namespace

void append_time(std::string& out, int64_t time_us) {
  using namespace std::chrono;
  const sys_time<microseconds> instant{microseconds{time_us}};
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss<microseconds> clock{instant - day};
  char text[27];
  char* to = text;
  const auto part = [&](int64_t number, size_t width, char after) {
    auto left = static_cast<uint32_t>(number);
    for (size_t i = width; i-- > 0; left /= 10) to[i] = static_cast<char>('0' + left % 10);
    to += width;
    *to++ = after;
  };
  part(int{date.year()}, 4, '-');
  part(unsigned{date.month()}, 2, '-');
  part(unsigned{date.day()}, 2, 'T');
  part(clock.hours().count(), 2, ':');
  part(clock.minutes().count(), 2, ':');
  part(clock.seconds().count(), 2, '.');
  part(clock.subseconds().count(), 6, 'Z');
  out.append(text, sizeof text);
}

std::string time_text(int64_t time_us) {
  std::string out;
  append_time(out, time_us);
  return out;
}

void append_run(std::string& out, const run_row& run) { append_run(out, run, true); }

std::string run_document(const run_row& run) {
  std::string out;
  out.reserve(320 + run.input.size() + (run.output ? run.output->size() : 0));
  append_run(out, run, true);
  return out;
}

std::string run_summary(const run_row& run) {
  std::string out;
  out.reserve(320);
  append_run(out, run, false);
  return out;
}

std::string lifecycle_data(const run_row& run, std::string_view type, int64_t time_us) {
  // The last word but one of the type: "started", "completed", "status-changed", ...
  const auto end = type.rfind('.');
  const auto word = type.substr(0, end).substr(type.rfind('.', end - 1) + 1);
  std::string out;
  out.reserve(520);
  append_run(out, run, false);
  out.back() = ',';
  out += "\"name\":";
  workflow::append_json_string(out, run.workflow.name + '-' + run.id.text() + '.' +
                                        run.workflow.namespace_);
  if (word == "started") {
    out += ",\"definition\":";
    append_ref(out, run.workflow);
  }
  if (word == "completed") out += ",\"outputUri\":\"/api/v1/runs/" + run.id.text() + '"';
  out += ",\"";
  out += word == "status-changed" ? "updated" : word;
  out += "At\":";
  append_time_or_null(out, time_us);
  out += '}';
  return out;
}

std::string workflow_document(const workflow_row& row) {
  std::string out = "{\"namespace\":";
  workflow::append_json_string(out, row.ref.namespace_);
  out += ",\"name\":";
  workflow::append_json_string(out, row.ref.name);
  out += ",\"version\":";
  workflow::append_json_string(out, row.ref.version);
  out += ",\"digest\":";
  workflow::append_json_string(out, row.digest);
  out += ",\"created_at\":\"";
  append_time(out, row.created_us);
  out += "\"}";
  return out;
}

std::string lifecycle_type(run_status status) {
  switch (status) {
  case run_status::pending:
  case run_status::running:
  case run_status::waiting:
    break;
  case run_status::suspended:
    return "io.serverlessworkflow.workflow.suspended.v1";
  case run_status::cancelled:
    return "io.serverlessworkflow.workflow.cancelled.v1";
  case run_status::faulted:
    return "io.serverlessworkflow.workflow.faulted.v1";
  case run_status::completed:
    return "io.serverlessworkflow.workflow.completed.v1";
  }
  return "io.serverlessworkflow.workflow.status-changed.v1";
}

} // namespace steward
