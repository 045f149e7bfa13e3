#pragma once

#include "workflow/reader/problem_list.hpp"

/// What is known about an http or https address before a run fills it in.
namespace steward::workflow::reader {

/// False, and a problem, unless the text at that place begins as an http or https address.
bool check_address(problem_list& problems, const place& where);

/// The same for a URI template, of which only `{name}` is supported: RFC 6570, level 1.
void check_uri_template(problem_list& problems, const place& where);

/// `reference` as seen from a document at `base` (an absolute http or https address): absolute
/// itself, or with another path. An empty one gives the base.
std::string resolve_address(std::string_view base, std::string_view reference);

/// Where a file of a repository on GitHub or GitLab is as it is, for addresses of the pages that
/// show it; any other address is given back.
std::string raw_address(std::string_view address);

} // namespace steward::workflow::reader
