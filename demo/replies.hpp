#pragma once

#include "demo/visits.hpp"

namespace steward::demo {

enum class answer : uint8_t { none, yes, no, another_time, stop };
std::string_view to_string(answer a);

/// What a customer makes out of a message.
struct heard_message {
  size_t customer = 0;
  std::string type; ///< outreach_type
  int64_t heard_us = 0;
  int64_t start_us =
      0; ///< Of the offered time, or of the appointment that is asked about; 0: none.
  size_t staff = SIZE_MAX, service = SIZE_MAX; ///< SIZE_MAX: not said.
  double discount_percent = 0;
  uint64_t nth = 0;             ///< How many messages this customer has had before.
  int64_t last_visit_us = 0;    ///< 0: never here.
  int64_t booked_us = 0;        ///< Of the appointment that is asked about.
  bool has_appointment = false; ///< One ahead already (for offers).
};

struct reply {
  answer what = answer::none;
  int64_t at_us = 0; ///< After the customer's own time; never at night.
  std::string text;  ///< In the customer's language.
};

/// How the customer answers, if at all. Asked about an appointment: who would have come says yes,
/// who can't come says no. Offered something: by how well it fits, how soon it is, and what it
/// costs.
reply reply_to(const salon& s, const heard_message& m);

/// The chance that the customer takes the offer once it is read.
double acceptance(const salon& s, const heard_message& m);

/// One of the ways to say it in that language (en, de, es, fr, hi; else English).
std::string words_for(answer a, std::string_view language, uint64_t which);

/// Whether the customer comes after all, reminded or not, confirmed or not.
bool comes(const fate& f, bool reminded, bool confirmed);

} // namespace steward::demo
