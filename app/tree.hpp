#pragma once

#include "actors/node.hpp"
#include "cluster/transport.hpp"
#include "connectors/http_transport.hpp"
#include "supervision/spec.hpp"

#include <functional>
#include <memory>

namespace steward::app {

/// Where actors that block run: on threads of their own, or (in tests, on a scheduler that one
/// thread drives) with the others.
enum class blocking_actors : uint8_t { own_threads, scheduler };

/// Makes the client of the outside world; a new one for each incarnation of the HTTP client actor.
using transport_factory = std::function<std::unique_ptr<connectors::http_transport>()>;

/// The whole static supervision tree of the server. `gateway` is left out when it is empty; `links`
/// carry what goes to other nodes, and are used in a cluster only.
supervision::supervisor_spec server_tree(const std::shared_ptr<node>& n,
                                         transport_factory transport,
                                         supervision::start_function gateway,
                                         blocking_actors blocking = blocking_actors::own_threads,
                                         cluster::transport_factory links = {});

} // namespace steward::app
