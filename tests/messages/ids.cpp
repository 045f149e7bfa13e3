#define CAF_SUITE run_ids

#include "messages/ids.hpp"

#include "caf/test/dsl.hpp"

using steward::run_id;

CAF_TEST(an id reads back from its text) {
  const auto id = run_id::make(1'763'708'400'123'456, 0x0123456789abcdef, 0xfedcba9876543210);
  const auto text = id.text();
  CAF_CHECK_EQUAL(text.size(), 36u);
  CAF_CHECK_EQUAL(text[14], '7'); // the version
  CAF_CHECK(text[19] == '8' || text[19] == '9' || text[19] == 'a' || text[19] == 'b');
  CAF_REQUIRE(run_id::parse(text).has_value());
  CAF_CHECK(*run_id::parse(text) == id);
}

CAF_TEST(ids sort by the time they were made at down to a microsecond) {
  for (int64_t us = 1'763'708'400'000'000; us < 1'763'708'400'003'000; ++us) {
    const auto earlier = run_id::make(us, ~0ull, ~0ull), later = run_id::make(us + 1, 0, 0);
    if (!(earlier < later)) CAF_FAIL("not in order at " << us);
  }
}

CAF_TEST(what is not an id is not read) {
  for (const auto* text :
       {"", "01980000-0000-7000-8000-00000000000", "01980000-0000-7000-8000-0000000000000",
        "0198000000000-7000-8000-000000000000", "g1980000-0000-7000-8000-000000000000",
        "01980000_0000-7000-8000-000000000000"})
    CAF_CHECK(!run_id::parse(text).has_value());
  CAF_CHECK(run_id::parse("01980000-ABCD-7000-8000-000000000000").has_value());
}
