#pragma once

#include "messages/write_batch.hpp"

#include <string>

/// Runs and workflows as people and programs outside see them: JSON text.
namespace steward {

/// RFC 3339 in UTC with microseconds: 2026-11-21T07:00:00.123456Z.
void append_time(std::string& out, int64_t time_us);
std::string time_text(int64_t time_us);

/// {id, workflow, status, input, output, error, created_at, started_at, ended_at, attempts}.
void append_run(std::string& out, const run_row& run);
std::string run_document(const run_row& run);
/// The same without input and output: what the feed carries.
std::string run_summary(const run_row& run);

/// The data of a lifecycle event: the summary with what the specification asks for beside it:
/// `name` (the qualified name of the run), when it happened, and `definition` or `outputUri`.
std::string lifecycle_data(const run_row& run, std::string_view type, int64_t time_us);

/// {namespace, name, version, digest, created_at}.
std::string workflow_document(const workflow_row& workflow);

/// The feed's type for a status a run has come to.
std::string lifecycle_type(run_status status);

} // namespace steward
