#pragma once

#include "agents/plan.hpp"
#include "messages/write_batch.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace steward::agents {

/// What one step of the gate comes to: operations that commit together, and what is done once they
/// have. A document that changes several times in a step is written once, as it is at the end.
class step {
public:
  /// `new_id` gives ids that were never given before and grow with time.
  step(int64_t now_us, tenant_id tenant, std::function<std::string()> new_id)
      : now_us_(now_us), tenant_(std::move(tenant)), new_id_(std::move(new_id)) {}

  int64_t now_us() const { return now_us_; }
  std::string id(const char* prefix) const { return prefix + new_id_(); }

  void put(const std::string& collection, const std::string& id, workflow::value document);
  /// As it stands in this step; null when the step has not put it.
  const workflow::value* find(const std::string& collection, const std::string& id) const;
  void add(write_op op) { ops_.push_back(std::move(op)); }
  /// For whoever reads the feed; `data` is given `event`: the name. What customers and people
  /// answered, and what a plan says, is told in the inbox too.
  void publish(std::string_view name, const std::string& subject, workflow::value data);

  /// For the tenant's workflows and agents: an event in its inbox.
  void tell(std::string_view name, const std::string& subject, workflow::value data);

  /// Everything, in an order in which it can be applied.
  std::vector<write_op> take_ops();
  bool empty() const { return ops_.empty() && documents_.empty(); }

  // --- once it is durable ---
  std::vector<std::pair<std::string, workflow::value>> published; ///< Names and data.
  struct delivery {
    std::string outreach_id;
    workflow::value document;
  };
  struct run_to_start {
    std::string decision_id;
    planned_run run;
  };
  struct webhook {
    std::string id, url; ///< Of the alert.
    workflow::value document;
  };
  std::vector<webhook> webhooks;
  bool told = false;                     ///< There are new events in the inbox.
  std::vector<delivery> deliveries;      ///< Messages to be sent by a connected channel.
  std::vector<run_to_start> runs;        ///< Workflows to be started.
  std::vector<std::string> writes_to_do; ///< Decisions whose writes are to be carried out.

private:
  int64_t now_us_;
  tenant_id tenant_;
  std::function<std::string()> new_id_;
  std::vector<write_op> ops_, events_;
  std::vector<std::pair<std::string, std::string>> order_;
  std::map<std::pair<std::string, std::string>, workflow::value> documents_;
};

} // namespace steward::agents
