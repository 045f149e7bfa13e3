#pragma once

#include "workflow/value.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What every HTTP request is made of: text that is safe where it stands. Whatever can't be is
/// refused as an `expression` error of the field that gave it (`task_failure` is thrown).
namespace steward::workflow {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Throws the error: "`field`: reason".
[[noreturn]] void refuse_field(std::string_view field, std::string_view reason);

/// Whether two names of headers are the same.
bool same_name(std::string_view a, std::string_view b);

/// All but RFC 3986's unreserved characters become %XX.
void append_percent_encoded(std::string& out, std::string_view text);

/// Text, number or boolean as text.
std::string scalar_text(const value& v, std::string_view field, std::string_view name);

/// Absolute, http or https, a host, nothing that could break the request line. Characters beyond
/// ASCII are percent-encoded after the host; the fragment stays here.
std::string checked_address(std::string_view text);

/// Appends `?` or `&`, whichever it takes.
void begin_query(std::string& url);

bool has_header(const header_list& headers, std::string_view name);
/// The header's text, or null.
const std::string* find_header(const header_list& headers, std::string_view name);
/// Replaces it if it is there.
void put_header(header_list& headers, std::string_view name, std::string text);
/// From an object of texts, numbers and booleans; null members are left out.
header_list read_headers(const value& v);

} // namespace steward::workflow
