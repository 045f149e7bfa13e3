#pragma once

#include "messages/write_batch.hpp"
#include "workflow/machine/inspection.hpp"

#include <string>

namespace steward {

/// Writes the document of one moment of a run: `begin`, `picture`, each of `completed`, `finish`.
class replay_writer {
public:
  /// `step` is the JSON text of the step that was just taken, of so many.
  void begin(const run_row& row, std::string_view step, uint64_t steps);
  void picture(const workflow::run_picture& p);
  /// A task.completed step that lies before the moment, oldest first.
  void completed(const workflow::step& s);
  std::string finish() &&;

private:
  void member(std::string_view name);
  void text(std::string_view name, std::string_view text);
  void time(std::string_view name, int64_t time_us);
  void data(std::string_view name, const workflow::value& v);
  void task(const workflow::task_picture& t);
  void command(const workflow::command& c);
  /// Puts a comma before the next element unless it is the first one.
  void next();

  std::string out_;
  bool truncated_ = false;
};

} // namespace steward
