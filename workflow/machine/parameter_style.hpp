#pragma once

#include "workflow/definition.hpp"

/// How OpenAPI writes parameters: `style` and `explode`. Values that a style has no form for (an
/// object within an array) are an `expression` error, which is thrown as `task_failure`.
namespace steward::workflow {

/// What stands for `{name}` in the path: simple, label (`.a.b`) or matrix (`;name=a`).
std::string styled_path(const api_operation::parameter& p, const value& v);

/// Appends `name=text` once or more: form, spaceDelimited, pipeDelimited, tabDelimited, deepObject.
void append_styled_query(std::string& query, const api_operation::parameter& p, const value& v);

/// Appends `name=text` to a Cookie header, which is not percent-encoded but for what would end it.
void append_styled_cookie(std::string& cookies, const api_operation::parameter& p, const value& v);

/// The header's text: simple, with commas.
value styled_header(const api_operation::parameter& p, const value& v);

} // namespace steward::workflow
