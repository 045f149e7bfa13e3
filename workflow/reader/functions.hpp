#pragma once

#include "workflow/reader/tasks.hpp"

/// Functions of the workflow and how tasks call them.
namespace steward::workflow::reader {

/// Words after `call:` that the language gives a meaning: "http", "grpc", ...
bool is_protocol(std::string_view call);

/// `use.functions`, in order: each is read once, with no variables of those who call it.
std::vector<task_list> read_functions(reading& r, const variable_scope& scope);

/// `call` of a function by its name.
task_body read_function_call(const task_source& t);

} // namespace steward::workflow::reader
