#pragma once

#include "app/demo/salon_figures.hpp"
#include "demo/salon.hpp"

#include <csignal>
#include <filesystem>

namespace steward::app {

struct salon_run_options {
  demo::salon_options salon;
  int days = 1;
  bool agents = true;
  owner_kind owner = owner_kind::human;
  double speed = 0;             ///< Simulated seconds in a real one; 0: as fast as it goes.
  uint64_t kills = 0;           ///< Of a server of its own.
  std::string server, key;      ///< Of a running server; empty: it starts its own.
  std::filesystem::path folder; ///< For the data of its own server.
};

/// One simulated salon from its setting up to the comparison of the ledger with what the server
/// says. Progress goes to stderr, a line for each simulated hour of the day. `interrupted`, set by
/// a signal, ends it with std::runtime_error.
salon_figures run_salon(const salon_run_options& o, const volatile std::sig_atomic_t& interrupted);

} // namespace steward::app
