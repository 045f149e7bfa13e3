#pragma once

#include "workflow/value.hpp"

#include <string>
#include <string_view>

/// Small things that the gate's documents are made with.
namespace steward::agents {

/// RFC 3339, UTC; null for 0.
workflow::value time_or_null(int64_t us);
/// Microseconds; 0 for what is no time.
int64_t time_of(const workflow::value& v);
/// The text at that member; empty when there is none.
std::string text_of(const workflow::value& v, std::string_view member);
/// Its beginning, at most so many bytes of it, and never half a character.
std::string shortened(std::string_view text, size_t bytes);
double number_of(const workflow::value& v, std::string_view member);
/// Sets a member of an object inside: `outer.inner`.
void set_inside(workflow::value& document, std::string_view outer, std::string_view inner,
                workflow::value item);
/// The members `approval` and `outcome` of a decision that nobody was asked about and nothing came
/// of yet.
workflow::value nobody_asked();
workflow::value nothing_came_yet();
/// Money as people expect it: whole numbers stay whole.
workflow::value money(double amount);

} // namespace steward::agents
