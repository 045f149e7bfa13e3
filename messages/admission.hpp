#pragma once

#include "messages/ids.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

/// Admission, first step: what a sender passes before it may put a message into a tenant's mailbox,
/// because a mailbox has no bound of its own.
namespace steward {

struct admission_limits {
  uint32_t in_flight = 4096;   ///< Requests admitted and not yet answered.
  double rate_per_s = 100'000; ///< Token bucket: requests per second in the long run ...
  double burst = 100'000;      ///< ... and at once.
};

/// A place among those in flight. Travels with the message and gives its place back however the
/// message ends: handled, dropped, or its receiver killed. Copies share the place.
struct ticket {
  std::shared_ptr<void> place;
};

/// A tenant's door: its gate and the way to its actor. Thread-safe.
class door {
public:
  door(tenant_id tenant, admission_limits limits);

  /// The ticket, or how long to wait before trying again.
  struct admitted {
    ticket pass; ///< Empty place: refused.
    std::chrono::milliseconds retry_after{0};
    explicit operator bool() const { return pass.place != nullptr; }
  };
  /// `requests` are let in together when one would be: the bucket may go into debt, and nobody else
  /// enters until it is paid.
  admitted try_enter(int64_t now_us, size_t requests = 1);

  const tenant_id& tenant() const { return tenant_; }
  uint32_t in_flight() const { return gate_->in_flight.load(); }
  uint64_t refused() const { return refused_.load(); }
  caf::actor actor() const; ///< Invalid while the tenant is down.
  void set_actor(caf::actor handle);
  /// That incarnation has ended; a successor may have come already.
  void actor_gone(caf::actor_id id);

private:
  struct gate {
    std::atomic<uint32_t> in_flight = 0;
  };
  tenant_id tenant_;
  admission_limits limits_;
  std::shared_ptr<gate> gate_ = std::make_shared<gate>();
  std::atomic<uint64_t> refused_ = 0;
  mutable std::mutex mutex_; // guards the bucket and the handle
  double tokens_;
  int64_t refilled_us_ = 0;
  caf::actor handle_;
};

/// The doors of all tenants this node knows. Thread-safe.
class doors {
public:
  /// Null when the tenant is not loaded: send `open_tenant` to the tenants actor.
  std::shared_ptr<door> find(const tenant_id& tenant) const;
  std::shared_ptr<door> open(const tenant_id& tenant, const admission_limits& limits);
  std::vector<std::shared_ptr<door>> all() const;

private:
  mutable std::shared_mutex mutex_;
  std::map<tenant_id, std::shared_ptr<door>, std::less<>> doors_;
};

} // namespace steward
