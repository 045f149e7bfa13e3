#pragma once

#include "workflow/simulation/dice.hpp"
#include "workflow/simulation/scenario.hpp"
#include "workflow/simulation/world.hpp"

namespace steward::workflow::simulation {

/// All services that a run calls: the declared ones, and one that answers everything else with an
/// empty object. They honour idempotency keys: a request that comes again gets the same answer,
/// unless a fault comes between.
class services {
public:
  services(const scenario& s, uint64_t seed, bool faults)
      : scenario_(s), dice_(seed, "http"), faulty_(faults), used_(s.services.size(), 0) {}

  struct reply {
    int64_t after_us = 0;
    event what;        ///< Without its time.
    std::string fault; ///< What went wrong on purpose, for people; empty: nothing.
  };
  reply answer(const http_call& call);

private:
  const service_answer& declared(const http_call& call);

  const scenario& scenario_;
  dice dice_;
  bool faulty_;
  std::vector<size_t> used_;                                        ///< By service: answers given.
  std::map<std::string, const service_answer*, std::less<>> given_; ///< By key and attempt.
};

} // namespace steward::workflow::simulation
