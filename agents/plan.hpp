#pragma once

#include "workflow/outcome.hpp"
#include "workflow/value.hpp"

#include <optional>
#include <string>
#include <vector>

/// What a skill or a rule wants done (docs/agents.md, "Plans"). A plan does nothing by itself: the
/// tenant's gate judges what is proposed in it.
namespace steward::agents {

struct planned_write {
  enum class kind : uint8_t { put, merge, remove };
  kind what = kind::put;
  std::string collection, id;
  workflow::value data;
  std::optional<uint64_t> if_version;
};

/// A message to a customer. `fields` fill the template; without one `text` is sent as it is.
struct planned_message {
  std::string customer_id, customer_name, customer_phone;
  std::string outreach_type, channel, language, zone;
  std::string template_name, text;
  workflow::value fields = workflow::value::empty_object();
  workflow::value offer_details;
  std::string trigger_id, trigger_type, expires_at;
  std::string reply_to; ///< The message that it answers.
};

struct planned_run {
  std::string namespace_, name, version;
  workflow::value input = workflow::value::empty_object();
};

struct proposal {
  std::string decision_type, summary, action_taken, priority, key;
  std::vector<std::string> reasons;
  workflow::value context = workflow::value::empty_object();
  workflow::value details = workflow::value::empty_object();
  double revenue = 0;
  std::string expires_at;
  workflow::value act; ///< As it was planned: kept with the decision until it is done.
  std::string customer_id() const;
};

/// What is done once a proposal may be.
struct proposed_action {
  std::optional<planned_message> outreach;
  std::optional<planned_run> run;
  std::vector<planned_write> writes;
};

struct planned_outcome {
  std::string decision_id, status, result, booking_id;
  std::optional<double> revenue;
};

struct planned_event {
  std::string name, subject; ///< "GAP_DETECTED", "gaps/gap_1"
  workflow::value data = workflow::value::empty_object();
};

struct plan_refusal {
  int64_t status = 409;
  std::string detail, field;
};

struct plan {
  std::vector<planned_write> writes;
  std::vector<proposal> proposals;
  std::vector<planned_message> messages; ///< Replies and notices.
  std::vector<planned_outcome> outcomes;
  std::vector<planned_event> events;
  workflow::value answer;
  std::optional<plan_refusal> refused;
};

/// The error is a sentence that names the place.
outcome<plan, std::string> read_plan(const workflow::value& v);
outcome<proposed_action, std::string> read_action(const workflow::value& act,
                                                  const workflow::value& context);

/// "GAP_DETECTED" -> "dev.steward.gap.detected.v1".
std::string event_type_of(std::string_view name);

} // namespace steward::agents
