#pragma once

#include "agents/alerts.hpp"
#include "governance/circuit_breaker.hpp"
#include "governance/earned_autonomy.hpp"
#include "governance/governor.hpp"
#include "messages/failure.hpp"

namespace steward::agents {

/// What an owner has said about all agents of a tenant: the document of `GET
/// /api/v1/autonomous/governance`.
struct rules {
  governance::autonomy_table table;
  governance::action_limits limits;
  governance::breaker_settings breaker;
  governance::quiet_hours quiet;
  governance::earning_terms earning;
  alert_terms alerts;
  int64_t approval_expires_us = 15 * 60 * governance::second_us;
  int64_t approval_escalates_us = 10 * 60 * governance::second_us; ///< 0: never.
  bool paused = false;                                             ///< Nothing new is done.
  bool shadow = false; ///< Agents decide and record, nothing is done.
  workflow::value settings = workflow::value::empty_object(); ///< In place of the packs' own.

  /// What holds where neither a pack nor the owner has said anything: supervised, 20 actions an
  /// hour, ...
  static rules defaults();
};

/// What the document says laid over `base`; every problem, each with its place.
outcome<rules, std::vector<field_problem>> read_rules(const workflow::value& document,
                                                      const rules& base);
workflow::value to_document(const rules& r);

} // namespace steward::agents
