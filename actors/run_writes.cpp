#include "actors/run_writes.hpp"

#include "messages/digest.hpp"
#include "messages/run_document.hpp"
#include "workflow/json.hpp"

namespace steward {

namespace {

void take_state(run_row& row, const workflow::machine& m, const workflow::secret_mask& mask,
                int64_t now_us) {
  row.status = m.status();
  row.attempts = m.attempts();
  if (!workflow::is_final(row.status)) return;
  row.ended_us = now_us;
  if (row.status == run_status::completed) row.output = workflow::to_json(mask.masked(m.output()));
  if (m.error()) row.error = workflow::to_json(mask.masked(workflow::to_value(*m.error())));
}

void publish(write_batch& batch, const run_row& row, std::string type, int64_t now_us) {
  auto data = lifecycle_data(row, type, now_us);
  batch.ops.emplace_back(
      publish_event{std::move(type), "runs/" + row.id.text(), now_us, std::move(data)});
}

} // namespace

run_row first_row(const start_order& order, const workflow::machine& m) {
  run_row row;
  row.id = order.id;
  row.workflow_id = order.workflow->id;
  row.workflow = order.workflow->definition->ref;
  row.input = order.request.input;
  row.created_us = order.created_us;
  row.started_us = order.created_us;
  row.parent = order.parent;
  row.parent_effect = order.parent_effect;
  take_state(row, m, order.workflow->mask, order.created_us);
  return row;
}

void write_start(write_batch& batch, const start_order& order, const run_row& row) {
  batch.tenant = order.request.tenant;
  batch.ops.reserve(3); // operations are large to move
  const bool keyed = !order.request.idempotency_key.empty();
  batch.ops.emplace_back(insert_run{row, order.request.idempotency_key,
                                    keyed ? start_fingerprint(order.request) : std::string{}});
  if (!workflow::is_final(row.status)) {
    publish(batch, row, "io.serverlessworkflow.workflow.started.v1", order.created_us);
    return;
  }
  run_row at_start; // what a summary tells, without the documents
  at_start.id = row.id;
  at_start.workflow = row.workflow;
  at_start.status = run_status::running;
  at_start.created_us = row.created_us;
  at_start.started_us = row.started_us;
  at_start.attempts = 1;
  publish(batch, at_start, "io.serverlessworkflow.workflow.started.v1", order.created_us);
  publish(batch, row, lifecycle_type(row.status), order.created_us);
}

void write_status(write_batch& batch, run_row& row, const workflow::machine& m,
                  const workflow::secret_mask& mask, int64_t now_us) {
  const bool was_suspended = row.status == run_status::suspended;
  take_state(row, m, mask, now_us);
  update_run update;
  update.run = row.id;
  update.status = row.status;
  update.output = row.output;
  update.error = row.error;
  update.ended_us = row.ended_us;
  update.attempts = row.attempts;
  batch.ops.emplace_back(std::move(update));
  const bool resumed = was_suspended && !workflow::is_final(row.status);
  publish(batch, row,
          resumed ? "io.serverlessworkflow.workflow.resumed.v1" : lifecycle_type(row.status),
          now_us);
}

void write_reopened(write_batch& batch, run_row& row, const workflow::machine& m, int64_t now_us) {
  row.status = run_status::running;
  row.attempts = m.attempts();
  row.output.reset();
  row.error.reset();
  row.ended_us.reset();
  update_run update;
  update.run = row.id;
  update.status = row.status;
  update.attempts = row.attempts;
  update.reopens = true;
  batch.ops.emplace_back(std::move(update));
  constexpr std::string_view type = "io.serverlessworkflow.workflow.resumed.v1";
  auto data = lifecycle_data(row, type, now_us);
  data.back() = ',';
  data += "\"retry\":true}";
  batch.ops.emplace_back(
      publish_event{std::string{type}, "runs/" + row.id.text(), now_us, std::move(data)});
}

std::string start_fingerprint(const start_run& request) {
  return sha256_digest(request.namespace_ + '\n' + request.name + '\n' + request.version + '\n' +
                       request.input);
}

reply start_reply(const run_row& row, bool waited) {
  reply r = reply::ok(run_document(row));
  r.what = waited && workflow::is_final(row.status) ? reply::kind::ok : reply::kind::accepted;
  r.location = "/api/v1/runs/" + row.id.text();
  return r;
}

reply not_json(const workflow::json_error& e) {
  return reply::error(
      {ec::invalid_request,
       "the input is not JSON: " + e.reason + " at byte " + std::to_string(e.offset),
       {{"", e.reason + " at byte " + std::to_string(e.offset), "a JSON text", 0, 0}},
       {}});
}

reply refused_start(const batch_result& result) {
  if (result.what == batch_result::kind::conflict)
    return reply::error({ec::unprocessable,
                         "this Idempotency-Key was used with another workflow or input",
                         {{"Idempotency-Key", "used with another request", "a new key", 0, 0}},
                         {}});
  return reply::error({ec::unavailable,
                       "the run could not be stored: " + result.reason,
                       {},
                       std::chrono::milliseconds{1000}});
}

void write_dropped(write_batch& batch, const run_id& run, const workflow::drop_effect& d) {
  using kind = workflow::drop_effect::kind;
  if (d.what == kind::timer) batch.ops.emplace_back(clear_timer{run, d.effect});
  if (d.what == kind::listener) batch.ops.emplace_back(clear_listener{run, d.effect, {}});
}

void write_event(write_batch& batch, const workflow::value& event, int64_t now_us,
                 uint32_t kept_hours) {
  const auto text = [&event](std::string_view key) {
    const auto found = event.get(key);
    return found.is_string() ? std::string{found.as_string()} : std::string{};
  };
  const auto kept_us = int64_t{kept_hours} * 3'600'000'000;
  batch.ops.emplace_back(
      put_event{text("source"), text("id"), now_us, workflow::to_json(event), now_us - kept_us});
  const auto about = workflow::value::object(
      {{"id", event.get("id")}, {"source", event.get("source")}, {"type", event.get("type")}});
  batch.ops.emplace_back(publish_event{"dev.steward.event.received.v1", "events/" + text("id"),
                                       now_us, workflow::to_json(about)});
}

} // namespace steward
