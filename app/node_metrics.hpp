#pragma once

#include "actors/node.hpp"

#include <prometheus/collectable.h>

#include <memory>

namespace steward::app {

/// The node's counters as Prometheus sees them.
std::shared_ptr<prometheus::Collectable> node_metrics(std::shared_ptr<node> n);

} // namespace steward::app
