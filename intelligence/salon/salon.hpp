#pragma once

#include "intelligence/gaps/calendar.hpp"
#include "intelligence/gaps/gap.hpp"
#include "intelligence/salon/reading.hpp"

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace steward::intelligence::salon {

using zone = workflow::schedule::time_zone;

struct salon_service {
  gaps::service length; ///< With the price in whole units, as gaps are rated.
  std::string name;
  double price = 0; ///< As it is charged.
};

struct salon_staff {
  gaps::staff_member hours;
  std::vector<gaps::interval> time_off;
};

struct appointment {
  std::string id;
  int64_t version = 0;
  const value* data = nullptr;
  std::string customer_id, staff_id, service_id, status;
  gaps::interval time;
  double price = 0;

  /// It takes the staff member's time: neither cancelled nor missed.
  bool stands() const { return status != "cancelled" && status != "no_show"; }
  /// It is to come, as far as anybody said.
  bool is_open() const { return status == "booked" || status == "confirmed"; }
};

/// A salon's staff, services and appointments, read from the observed queries `staff`, `services`,
/// `appointments` and `staff_appointments` (each appointment once) and from the settings (zone,
/// currency, language, title, closures). Members that are inactive, services without a duration and
/// appointments without a time are left out.
class salon {
public:
  explicit salon(const skill_input& in);

  const zone& clock() const { return clock_; }
  const std::string& title() const { return title_; }
  const std::string& language() const { return language_; }
  const std::string& currency() const { return currency_; }
  int64_t now_us() const { return now_us_; }
  /// Grid of the starts that are offered.
  int64_t slot_us() const { return slot_us_; }

  const salon_service* service(std::string_view id) const;
  const salon_staff* staff(std::string_view id) const;
  std::span<const salon_service> services() const { return services_; }
  std::span<const salon_staff> everybody() const { return staff_; }
  const std::vector<appointment>& appointments() const { return appointments_; }
  /// Services as the offers' ranking takes them.
  const std::vector<gaps::service>& priced() const { return calendar_.services; }

  /// An instant; or the midnight that begins a date on the salon's clock, `days` later.
  std::optional<int64_t> moment(const value& v, std::string_view path, int64_t days) const;
  /// Days since 1970 on the salon's clock.
  int64_t day_of(int64_t us) const;
  gaps::day_calendar calendar(int64_t day) const;

  bool can_do(const salon_staff& member, std::string_view service_id) const;
  /// The appointment's time with the buffers of its service.
  gaps::interval occupied(const gaps::interval& time, std::string_view service_id) const;
  /// Why the staff member can't take that appointment, as a sentence; empty if they can. An
  /// appointment with the id `besides` does not count.
  std::string why_not(const salon_staff& member, const salon_service& service, int64_t start_us,
                      std::string_view besides = {}) const;

private:
  void read_staff(const record& r);
  void read_service(const record& r);
  void read_appointment(const record& r);
  std::vector<gaps::interval> absences_of(const value& v, std::string_view path) const;

  zone clock_;
  std::string title_, language_, currency_;
  int64_t now_us_ = 0, slot_us_ = 0;
  std::vector<salon_staff> staff_;
  std::vector<salon_service> services_;
  std::unordered_map<std::string, size_t> staff_index_, service_index_;
  std::vector<appointment> appointments_;
  std::vector<gaps::interval> closures_;
  gaps::day_calendar calendar_; ///< Without a date.
};

} // namespace steward::intelligence::salon
