#define CAF_SUITE workflow_version

#include "workflow/version.hpp"

#include "caf/test/dsl.hpp"

using namespace steward::workflow;

CAF_TEST(versions follow semver) {
  for (auto text : {"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-0.3.7",
                    "1.0.0+build.01", "1.0.0-rc.1+x", "1.0.0--", "99999999999999999999.0.0"})
    if (!is_version(text)) CAF_FAIL("refused: " << text);
  for (auto text : {"", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.x", "1.2.3-", "1.2.3-01", "1.2.3+",
                    "1.2.3-a..b", "v1.2.3", "1.2.3 ", "-1.2.3", "latest", "1..3"})
    if (is_version(text)) CAF_FAIL("accepted: " << text);
  CAF_CHECK(true);
}

CAF_TEST(versions are ordered by precedence) {
  constexpr std::string_view rising[] = {"not a version",
                                         "0.9.0",
                                         "1.0.0-alpha",
                                         "1.0.0-alpha.1",
                                         "1.0.0-alpha.beta",
                                         "1.0.0-beta",
                                         "1.0.0-beta.2",
                                         "1.0.0-beta.11",
                                         "1.0.0-rc.1",
                                         "1.0.0",
                                         "1.0.1",
                                         "1.2.0",
                                         "1.10.0",
                                         "2.0.0",
                                         "99999999999999999999.0.0"};
  for (size_t i = 0; i < std::size(rising); ++i)
    for (size_t j = 0; j < std::size(rising); ++j) {
      auto order = compare_versions(rising[i], rising[j]);
      auto expected = i < j ? -1 : (i > j ? 1 : 0);
      if (order != expected) CAF_FAIL(rising[i] << " and " << rising[j] << ": " << order);
    }
  CAF_CHECK_EQUAL(compare_versions("1.0.0+a", "1.0.0+b"), 0);
}
