#include "workflow/expression/access.hpp"
#include "workflow/expression/natives.hpp"

#include <array>

/// Functions that take paths as data.
namespace steward::workflow::jq {

namespace {

bool getpath(evaluation& e, const value& in, const value* args, value& out) {
  return get_path(e, in, args[0], out);
}

bool setpath(evaluation& e, const value& in, const value* args, value& out) {
  out = in;
  return set_path(e, out, args[0], args[1]);
}

bool delpaths(evaluation& e, const value& in, const value* args, value& out) {
  out = in;
  return delete_paths(e, out, args[0]);
}

constexpr auto rows = std::to_array<native>({
    {"getpath", 1, getpath},
    {"setpath", 2, setpath},
    {"delpaths", 1, delpaths},
});

} // namespace

native_rows path_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
