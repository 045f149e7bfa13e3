// libFuzzer: any bytes as a workflow definition, YAML or JSON. Problems are answers, never crashes.

#include "workflow/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  (void)steward::workflow::read_definition(text);
  return 0;
}
