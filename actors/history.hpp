#pragma once

#include "messages/ids.hpp"
#include "store/store.hpp"
#include "workflow/machine.hpp"

#include <functional>
#include <string>

namespace steward {

/// A run's steps as people see them. One document: {seq, time, type, task, attempt, data}; `seq`
/// counts a run's steps from 1 and is the same live and on every replay.
std::string step_document(uint64_t seq, const workflow::step& s);
/// "io.serverlessworkflow.task.started.v1" for "task.started".
std::string step_type(std::string_view type);

/// Feeds a stored run's journal to a fresh machine, from its start to its last entry.
/// Throws std::runtime_error when an entry can't be read. `on_command` sees what the machine wanted
/// of the world.
void replay(workflow::machine& m, const store::stored_run& run,
            workflow::step_observer* observer = nullptr,
            const std::function<void(const workflow::command&)>& on_command = nullptr);

/// The journal alone, to a machine that is where it begins.
void replay_journal(workflow::machine& m, const store::stored_run& run,
                    workflow::step_observer* observer,
                    const std::function<void(const workflow::command&)>& on_command);

/// {"items": [...], "next": "..."}: a page of the run's history, `limit` steps past step `after` or
/// about 4 MiB of them, without `secrets`; `next` is null on the last page, else its last `seq`.
/// Throws as replay does.
std::string history_document(std::shared_ptr<const workflow::definition> d,
                             const workflow::machine_limits& limits, const store::stored_run& run,
                             uint64_t after, size_t limit,
                             const workflow::value& secrets = workflow::value::empty_object());

} // namespace steward
