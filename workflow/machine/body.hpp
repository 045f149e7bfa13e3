#pragma once

#include "workflow/machine.hpp"

/// The body of an HTTP request, written as its `content-type` header says.
namespace steward::workflow {

/// Sets the body, and the `content-type` if there is none. Text is sent as it is; other values are
///
///   application/x-www-form-urlencoded   `a=1&b=2`; arrays repeat their name, members of objects
///                                       are `a[b]=2`
///   multipart/form-data                 a part for each member; arrays repeat it, objects are JSON
///   anything else, or nothing           JSON
///
/// Throws `task_failure`: an `expression` error for what no form can be, a `runtime` error when the
/// body is larger than `limits.data_bytes`.
void set_body(http_call& call, const value& body, const machine_limits& limits);

/// One name and value of a form. Members of objects and items of arrays in them get names like
/// `name[member]`, unless the array is one of texts, which repeat the name.
void append_form_field(std::string& out, std::string_view name, const value& v);

} // namespace steward::workflow
