#include "tests/store/samples.hpp"

#include <stdexcept>
#include <stdlib.h>

namespace steward::store::tests {

run_id id(uint64_t n) { return run_id::make(noon_us + static_cast<int64_t>(n) * 1000, 1, n); }

put_workflow deploy(const std::string& name, const std::string& version,
                    const std::string& digest) {
  return {{0, {"shop", name, version}, digest, "document: {name: " + name + "}", noon_us}};
}

run_row run(uint64_t n, int64_t workflow, run_status status) {
  run_row row;
  row.id = id(n);
  row.workflow_id = workflow;
  row.status = status;
  row.input = R"({"n":)" + std::to_string(n) + "}";
  row.created_us = noon_us + static_cast<int64_t>(n);
  row.started_us = row.created_us + 1;
  row.attempts = 2;
  row.parent = id(n + 1'000'000);
  row.parent_effect = 3;
  if (workflow::is_final(status)) row.ended_us = row.created_us + 2;
  if (status == run_status::completed) row.output = R"({"ok":true})";
  if (status == run_status::faulted) row.error = R"({"type":"timeout"})";
  return row;
}

insert_run start(uint64_t n, int64_t workflow, run_status status) {
  return {run(n, workflow, status), {}, {}};
}

insert_run start_with_key(uint64_t n, int64_t workflow, const std::string& key,
                          const std::string& fingerprint, int64_t created_us) {
  insert_run op{run(n, workflow), key, fingerprint};
  op.row.created_us = created_us;
  return op;
}

publish_event event(const std::string& data) {
  return {"io.example.happened.v1", "runs/1", noon_us, data};
}

write_batch batch(const tenant_id& tenant, std::vector<write_op> ops) {
  return {tenant, std::move(ops)};
}

scratch_folder::scratch_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "steward-store-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error{"can't make a folder for the test"};
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

session::session(open_engine open) : open_(std::move(open)) { reopen(); }

void session::reopen() {
  reader_.reset();
  writer_.reset();
  engine_.reset();
  engine_ = open_();
  writer_ = std::move(engine_->open_writer()).value();
  reader_ = std::move(engine_->open_reader()).value();
}

commit_report session::commit(std::initializer_list<write_batch> group) {
  return commit(std::vector<write_batch>{group});
}

commit_report session::commit(const std::vector<write_batch>& group) {
  std::vector<const write_batch*> pointers;
  for (const auto& b : group) pointers.push_back(&b);
  return writer_->commit(pointers);
}

batch_result session::commit_one(const tenant_id& tenant, std::vector<write_op> ops) {
  return commit({batch(tenant, std::move(ops))}).results.at(0);
}

int64_t session::workflow(const tenant_id& tenant, const std::string& name,
                          const std::string& version) {
  return commit_one(tenant, {deploy(name, version)}).workflow_id;
}

std::vector<uint64_t> sequences(const std::vector<feed_event>& events) {
  std::vector<uint64_t> list;
  for (const auto& e : events) list.push_back(e.sequence);
  return list;
}

std::vector<uint64_t> sequences(const std::vector<feed_chunk>& chunks) {
  std::vector<uint64_t> list;
  for (const auto& chunk : chunks)
    for (const auto& e : chunk.events) list.push_back(e.sequence);
  return list;
}

std::vector<run_id> ids(const std::vector<run_row>& rows) {
  std::vector<run_id> list;
  for (const auto& row : rows) list.push_back(row.id);
  return list;
}

std::vector<batch_result::kind> kinds(const commit_report& report) {
  std::vector<batch_result::kind> list;
  for (const auto& result : report.results) list.push_back(result.what);
  return list;
}

} // namespace steward::store::tests
