#pragma once

#include "demo/history.hpp"
#include "workflow/value.hpp"

/// The salon as the server's records (packs/salon has their schemas), and reading them back.
namespace steward::demo {

workflow::value staff_document(const salon& s, const staff_member& m);
workflow::value service_document(const service& one);
workflow::value customer_document(const customer& c);
/// With its id in it, as the action import_appointments takes it.
workflow::value appointment_document(const salon& s, const past_appointment& a);
/// A visit for which there was no place.
workflow::value waitlist_document(const salon& s, const wanted_visit& v, int64_t now_us);

/// RFC 3339 in UTC, whole seconds or fractions; none if the value is no such text.
std::optional<int64_t> instant_in(const workflow::value& v);
/// The text of that member, empty if there is none; members inside by their path, `a.b`.
std::string text_in(const workflow::value& document, std::string_view path);
/// The member by its path, or null.
workflow::value member_in(const workflow::value& document, std::string_view path);
/// The number of that member; 0 if there is none.
double number_in(const workflow::value& document, std::string_view path);

} // namespace steward::demo
