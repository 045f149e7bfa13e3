#pragma once

#include "app/demo/salon_api.hpp"
#include "demo/calendar.hpp"
#include "demo/ledger.hpp"
#include "demo/replies.hpp"

#include <tuple>

namespace steward::app {

/// What is counted besides the ledger.
struct life_counts {
  uint64_t calls = 0;        ///< Customers who rang up for an appointment.
  uint64_t booked = 0;       ///< ... and got one.
  uint64_t lost = 0;         ///< ... and got none.
  uint64_t waitlisted = 0;   ///< ... of these, who wait for one.
  uint64_t taken_before = 0; ///< Bookings refused because somebody else was faster.
  uint64_t messages = 0;     ///< That arrived and were offers or questions.
  uint64_t told = 0;         ///< Replies and notices that arrived.
  uint64_t yes = 0, no = 0, another_time = 0, stops = 0, too_late = 0;
};

/// The customers and the reception of one simulated salon against one server: they ring up, cancel,
/// come or don't, read their messages and answer. Step by step, in simulated time, which somebody
/// else moves. What they see goes into the ledger.
class salon_life {
public:
  salon_life(const demo::salon& s, const std::vector<demo::past_appointment>& history,
             salon_api& api, int64_t end_us);

  /// Everything that happens in the salon until that moment, at which the server's clock is.
  void live_until(int64_t now_us);
  /// The last answers are followed up; call it after the last step.
  void finish();

  const demo::ledger& ledger() const { return ledger_; }
  const life_counts& counts() const { return counts_; }

private:
  enum class happening : uint8_t { accepted, declined, cancels, begins, ends, answers, calls };
  struct agenda_key {
    int64_t at_us;
    happening what;
    std::string about;
    bool operator<(const agenda_key& o) const {
      return std::tie(at_us, what, about) < std::tie(o.at_us, o.what, o.about);
    }
  };
  struct open_answer {
    demo::reply what;
    demo::heard_message message;
    std::string appointment; ///< That was asked about.
    int64_t answered_us = 0;
  };

  void carry_out(const agenda_key& one);
  // customers_calling.cpp
  void call_for(const demo::wanted_visit& v, const std::string& key);
  bool try_to_book(const demo::wanted_visit& v, const demo::slot& where, const std::string& key);
  void wait_for_place(const demo::wanted_visit& v);
  void expect_visit(const demo::known_appointment& a);
  void cancel(const std::string& id);
  void begin_visit(const std::string& id);
  void end_visit(const std::string& id);
  bool change(const char* action, const std::string& id, std::string_view status);
  // customers_answering.cpp
  void read_messages();
  void read_message(const workflow::value& outreach);
  demo::heard_message understood(const workflow::value& outreach, std::string& appointment);
  void answer(const std::string& outreach);
  void see_whether_booked(const std::string& outreach);
  void see_whether_cancelled(const std::string& outreach);
  std::optional<workflow::value> booking_of(const std::string& outreach);
  void learn_booking(const std::string& outreach, const workflow::value& appointment);

  void plan(int64_t at_us, happening what, std::string about);
  void note(demo::known_appointment a);
  demo::slot slot_of(const demo::known_appointment& a) const;
  /// An open appointment of that customer within that time.
  const demo::known_appointment* next_of(const std::string& customer, int64_t from_us,
                                         int64_t to_us) const;

  const demo::salon* s_;
  salon_api* api_;
  int64_t now_us_, end_us_;
  demo::ledger ledger_;
  demo::calendar calendar_;
  life_counts counts_;
  std::set<agenda_key> agenda_;
  std::map<std::string, demo::wanted_visit> wanted_;
  std::map<std::string, std::vector<std::string>> appointments_of_; ///< By customer, in any order.
  std::map<std::string, open_answer> answers_;                      ///< By outreach.
  std::map<std::string, uint64_t> messages_of_;                     ///< By customer.
  std::set<std::string> reminded_, confirmed_;                      ///< Appointments.
};

} // namespace steward::app
