#include "workflow/expression/natives.hpp"

#include <map>

namespace steward::workflow::jq {

namespace {

using native_key = std::pair<std::string_view, size_t>;

std::map<native_key, const native*> collect() {
  auto table = std::map<native_key, const native*>{};
  for (auto rows : all_natives())
    for (size_t i = 0; i < rows.count; ++i)
      table[{rows.first[i].name, rows.first[i].arity}] = &rows.first[i];
  return table;
}

} // namespace

std::array<native_rows, 8> all_natives() {
  return {collection_natives(), path_natives(),  text_natives(),   number_natives(),
          time_natives(),       regex_natives(), format_natives(), builtin_natives()};
}

const native* find_native(std::string_view name, size_t arity) {
  static const auto table = collect();
  auto found = table.find({name, arity});
  return found == table.end() ? nullptr : found->second;
}

} // namespace steward::workflow::jq
