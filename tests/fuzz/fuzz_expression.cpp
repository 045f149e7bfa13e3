// libFuzzer: any bytes as a program, evaluated under a small budget. A crash, a hang or memory past
// the budget is a finding; errors are not.

#include "workflow/expression.hpp"

using namespace steward::workflow;

namespace {

struct no_variables : variable_source {
  value lookup(std::string_view) const override { return value::array({1, "a", value{}}); }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto text = std::string_view(reinterpret_cast<const char*>(data), size);
  auto made = expression::compile(text);
  if (!made) return 0;
  auto input = value::object({{"a", value::array({1, 2.5, "text", value::empty_object()})},
                              {"b", value::object({{"c", nullptr}, {"d", true}})}});
  (void)made->evaluate(input, no_variables{}, 0, {20'000, 1u << 20, 500});
  return 0;
}
