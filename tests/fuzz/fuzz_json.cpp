// libFuzzer: any bytes as JSON. What is read must survive being written and read again.

#include "workflow/json.hpp"

#include <cstdlib>

using namespace steward::workflow;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  auto read = parse_json(text);
  if (!read) return 0;
  auto again = parse_json(to_json(*read));
  if (!again || !(*again == *read)) std::abort();
  return 0;
}
