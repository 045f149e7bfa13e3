#pragma once

#include "workflow/expression/node.hpp"

#include <array>
#include <string_view>

namespace steward::workflow::jq {

/// A function of jq written in C++: takes evaluated arguments, gives one result in `out`. False:
/// it failed, and has told the evaluation why.
using native_function = bool (*)(evaluation& e, const value& in, const value* args, value& out);

struct native {
  std::string_view name;
  size_t arity;
  native_function call;
};

/// Null if there is none. Formats are natives too: "@base64".
const native* find_native(std::string_view name, size_t arity);

/// The rows of one area; `find_native` looks through all of them.
struct native_rows {
  const native* first;
  size_t count;
};
native_rows collection_natives(); // natives_collection.cpp
native_rows path_natives();       // natives_path.cpp
native_rows text_natives();       // natives_text.cpp
native_rows number_natives();     // natives_number.cpp
native_rows time_natives();       // natives_time.cpp
native_rows regex_natives();      // natives_regex.cpp
native_rows format_natives();     // natives_format.cpp
native_rows builtin_natives();    // builtins.cpp
std::array<native_rows, 8> all_natives();

} // namespace steward::workflow::jq
