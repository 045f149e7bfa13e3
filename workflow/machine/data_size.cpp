#include "workflow/machine/data_size.hpp"

namespace steward::workflow {

namespace {

constexpr size_t scalar_size = 8;

size_t own_size(const value& v) { return v.is_string() ? v.size() + 2 : scalar_size; }

bool is_container(const value& v) { return v.is_array() || v.is_object(); }

} // namespace

size_t json_size(const value& v, size_t enough) {
  if (!is_container(v)) return own_size(v);
  size_t total = 0;
  auto open = std::vector<const value*>{};
  auto measure = [&](const value& item) {
    total += own_size(item);
    if (is_container(item)) open.push_back(&item);
  };
  for (auto current = &v; total <= enough;) {
    if (current->is_array())
      for (const auto& item : current->items()) {
        measure(item);
        if (total > enough) break;
      }
    else
      for (const auto& [key, item] : current->members()) {
        total += key.size() + 4;
        measure(item);
        if (total > enough) break;
      }
    if (open.empty()) break;
    current = open.back();
    open.pop_back();
  }
  return total;
}

} // namespace steward::workflow
