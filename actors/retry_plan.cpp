#include "actors/retry_plan.hpp"

#include "workflow/json.hpp"

namespace steward {

namespace {

failure not_a_retry(std::string pointer, std::string detail, std::string expected) {
  return {ec::invalid_request,
          (pointer.empty() ? "" : pointer + ": ") + detail,
          {{std::move(pointer), detail, std::move(expected), 0, 0}},
          {}};
}

outcome<workflow::retry_requested, failure> read_retry(std::string_view body) {
  constexpr auto shape = "{\"task\": \"...\", \"input\": ...}, both optional";
  workflow::retry_requested out;
  if (body.empty()) return out;
  const auto parsed = workflow::parse_json(body);
  if (!parsed)
    return failed{not_a_retry("", "the body is not JSON: " + parsed.error().reason, shape)};
  if (!parsed->is_object()) return failed{not_a_retry("", "the body is not a JSON object", shape)};
  for (const auto& m : parsed->members()) {
    const auto name = m.key.as_string();
    if (name == "input") {
      out.input = m.item;
      out.changed = true;
    } else if (name != "task") {
      return failed{
          not_a_retry("/" + std::string{name}, "there is no such member", "task or input")};
    } else if (!m.item.is_string() || m.item.size() == 0) {
      return failed{not_a_retry("/task", "this names no task", "a task's pointer or name")};
    } else {
      out.task = m.item.as_string();
    }
  }
  return out;
}

} // namespace

outcome<workflow::retry_requested, failure> plan_retry(std::string_view body,
                                                       const workflow::machine& m,
                                                       workflow::run_status status,
                                                       const input_source& last_input) {
  auto how = read_retry(body);
  if (!how) return how;
  if (!workflow::is_final(status) || status == workflow::run_status::completed)
    return failed{
        failure{ec::conflict, "the run is " + std::string{workflow::to_string(status)}, {}, {}}};
  auto why = m.refuses(*how);
  if (why && !how->task.empty() && !how->input) {
    how->input = last_input(how->task);
    why = m.refuses(*how);
  }
  if (why) return failed{failure{ec::unprocessable, *why, {{"/task", *why, {}, 0, 0}}, {}}};
  return how;
}

} // namespace steward
