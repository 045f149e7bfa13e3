#pragma once

#include "intelligence/customers/customer.hpp"
#include "intelligence/salon/plan.hpp"

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace steward::intelligence::salon {

/// What customers were written and asked lately, from the observed queries `outreach` and
/// `decisions` (either may be missing).
class open_questions {
public:
  explicit open_questions(const skill_input& in);

  /// Messages that were sent to the customer, with their answers; without replies and notices.
  const std::vector<customers::message>& messages(const std::string& customer_id) const;
  /// Of all customers, those that were answered or are six hours old: what hours are learned from.
  const std::vector<customers::message>& settled_messages() const { return settled_; }
  /// Something was proposed or asked that nobody has answered yet: nothing else is asked meanwhile.
  bool waits(const std::string& customer_id) const { return waiting_.contains(customer_id); }
  /// About a gap, an appointment or an entry of the waiting list.
  size_t open_about(const std::string& subject) const;
  bool was_asked(const std::string& subject, const std::string& customer_id) const;
  bool was_asked(const std::string& subject) const { return asked_.contains(subject); }

  /// Nothing is to be asked about it any more: what is open expires, with the result as the reason.
  void expire_about(plan& p, const std::string& subject, std::string_view result,
                    int64_t now_us) const;

private:
  struct question {
    std::string outreach_id, decision_id;
  };
  void read_decision(const record& r, int64_t now_us);
  void read_outreach(const record& r, int64_t now_us);

  std::unordered_map<std::string, std::vector<customers::message>> messages_;
  std::vector<customers::message> settled_;
  std::set<std::string> waiting_, open_decisions_;
  std::map<std::string, std::set<std::string>> asked_; ///< Subject -> customers.
  std::map<std::string, std::vector<question>> open_;  ///< Subject -> what waits for an answer.
};

/// An outreach that the customer may still answer: pending, sent, delivered or read.
bool is_open_status(std::string_view outreach_status);

} // namespace steward::intelligence::salon
