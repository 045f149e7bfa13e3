#pragma once

#include "workflow/machine.hpp"

#include <map>

namespace steward::workflow::simulation {

/// What of a definition runs have reached, over all seeds.
class coverage {
public:
  struct item {
    std::string_view kind; ///< "task", "branch", "case", "handler", "retry", "exhausted", "timeout"
    std::string pointer;   ///< Of the task; empty: the workflow's own timeout.
    std::string name;      ///< Of the case; else of the task.
    uint64_t reached = 0;
  };

  explicit coverage(std::shared_ptr<const definition> d);

  /// A step of a run, told while the machine is at it.
  void on_step(const step& s, const machine& m);
  /// Another run begins.
  void begin_run() { trying_.clear(); }

  const std::vector<item>& items() const { return items_; }
  double percent() const; ///< Of the items; 100 when there are none.

private:
  /// How far a `try` is: whether an error has come out of its tasks, and after how many retries.
  struct trying {
    bool failing = false;
    uint64_t retries = 0;
  };

  void list(const task& t);
  void add(std::string_view kind, std::string pointer, std::string name);
  void reach(std::string_view kind, std::string_view pointer, std::string_view case_ = {});
  void see_case(const task& t, const switch_task& body, const step& s, const machine& m);
  void see_try(const step& s);
  void give_up(std::string_view pointer);

  std::shared_ptr<const definition> what_;
  value run_input_;
  std::vector<item> items_;
  std::map<std::string, size_t, std::less<>> index_;        ///< By kind, pointer and case.
  std::map<std::string, const task*, std::less<>> tasks_;   ///< By pointer.
  std::map<std::string, std::string, std::less<>> body_of_; ///< Task to the `try` around it.
  std::map<std::string, std::string, std::less<>>
      handler_of_;                                    ///< The same, for the first of `catch.do`.
  std::map<std::string, trying, std::less<>> trying_; ///< By the pointer of the `try`.
};

} // namespace steward::workflow::simulation
