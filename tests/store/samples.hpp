#pragma once

#include "store/store.hpp"

#include <filesystem>
#include <functional>
#include <initializer_list>

/// Small made-up data, and a store to put them into, for all tests of this folder.
namespace steward::store::tests {

/// Run ids in order: `id(1) < id(2)`.
run_id id(uint64_t n);
constexpr int64_t noon_us = 1'700'000'000'000'000;
constexpr int64_t hour_us = 3'600'000'000;

put_workflow deploy(const std::string& name, const std::string& version = "1.0.0",
                    const std::string& digest = "sha256:1");
/// A run with every field set that its status allows.
run_row run(uint64_t n, int64_t workflow, run_status status = run_status::completed);
insert_run start(uint64_t n, int64_t workflow, run_status status = run_status::completed);
insert_run start_with_key(uint64_t n, int64_t workflow, const std::string& key,
                          const std::string& fingerprint, int64_t created_us = noon_us);
publish_event event(const std::string& data);
write_batch batch(const tenant_id& tenant, std::vector<write_op> ops);

/// A fresh folder that goes away with its contents.
class scratch_folder {
public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// Opens the store under test; each call after the first reopens the same one.
using open_engine = std::function<std::unique_ptr<engine>()>;

/// An open store with one writer and one reader.
class session {
public:
  explicit session(open_engine open);
  void reopen(); ///< Closes everything first.

  commit_report commit(std::initializer_list<write_batch> group);
  commit_report commit(const std::vector<write_batch>& group);
  batch_result commit_one(const tenant_id& tenant, std::vector<write_op> ops);
  /// Deploys and returns the workflow's id.
  int64_t workflow(const tenant_id& tenant, const std::string& name,
                   const std::string& version = "1.0.0");

  engine& store() { return *engine_; }
  reader& read() { return *reader_; }
  writer& write() { return *writer_; }

private:
  open_engine open_;
  std::unique_ptr<engine> engine_;
  std::unique_ptr<writer> writer_;
  std::unique_ptr<reader> reader_;
};

/// Numbers of the events, in order.
std::vector<uint64_t> sequences(const std::vector<feed_event>& events);
std::vector<uint64_t> sequences(const std::vector<feed_chunk>& chunks);
std::vector<run_id> ids(const std::vector<run_row>& rows);
std::vector<batch_result::kind> kinds(const commit_report& report);

} // namespace steward::store::tests
