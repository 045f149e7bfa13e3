#define CAF_SUITE machine_snapshot_hostile

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_lives.hpp"
#include "workflow/machine/snapshot_sum.hpp"

// What is read as a snapshot may have been damaged, or written by somebody else.

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

constexpr size_t sum_end = 30; // of {"v":1,"sum":"0123456789abcdef"

/// The text with the checksum that it should have.
std::string signed_text(std::string text) {
  return text.size() < sum_end ? text : seal_snapshot(std::string_view{text}.substr(sum_end));
}

struct sample {
  std::shared_ptr<const definition> what;
  std::string text;
};

/// A few hundred snapshots of all kinds.
const std::vector<sample>& samples() {
  static const auto all = [] {
    auto taken = std::vector<sample>{};
    for (auto yaml : many_kinds_of_waiting) {
      auto d = define(yaml);
      for (unsigned seed = 0; seed < 6; ++seed)
        live(d, seed, 40, [&](const event&, const auto&, machine& m) {
          taken.push_back({d, snapshot_of(m)});
        });
    }
    return taken;
  }();
  return all;
}

/// Reads the text; if it is taken, the run must stand whatever comes.
void try_to_live(const std::shared_ptr<const definition>& d, const std::string& text,
                 std::mt19937& random, size_t& taken) {
  auto limits = machine_limits{};
  limits.steps = 2'000;
  limits.data_bytes = 100'000;
  auto read = decode_snapshot(d, limits, value::empty_object(), text);
  if (!read) return;
  ++taken;
  auto m = *std::move(read);
  auto now = 2 * rig::epoch;
  uint64_t sequence = 1'000;
  portrait(m);
  for (int i = 0; i < 12; ++i) {
    auto e = something(m, now += 1'000'000, sequence, random);
    auto what = breath{};
    what.take(m, e);
    portrait(m);
    encode_snapshot(m);
  }
}

} // namespace

CAF_TEST(a text that is cut off anywhere is refused) {
  const auto& s = samples().at(40);
  for (size_t n = 0; n < s.text.size(); ++n) {
    auto cut = s.text.substr(0, n);
    CAF_CHECK(!decode_snapshot(s.what, {}, value::empty_object(), cut));
    CAF_CHECK(!decode_snapshot(s.what, {}, value::empty_object(), signed_text(cut)));
  }
}

CAF_TEST(a flipped bit anywhere is noticed) {
  auto random = std::mt19937{1};
  for (const auto& s : samples())
    for (int i = 0; i < 20; ++i) {
      auto text = s.text;
      text[random() % text.size()] ^= static_cast<char>(1 << random() % 8);
      if (decode_snapshot(s.what, {}, value::empty_object(), text)) CAF_FAIL(text);
    }
}

CAF_TEST(another run of the same workflow is no neighbour) {
  auto random = std::mt19937{4};
  size_t taken = 0;
  const auto& all = samples();
  for (size_t i = 1; i < all.size(); ++i) try_to_live(all[i].what, all[i - 1].text, random, taken);
  CAF_CHECK_GREATER(taken, 0u);
}

CAF_TEST(depth and size that nobody wrote are refused) {
  auto d = define("do: [{pause: {wait: PT1S}}]");
  auto refused = [&d](std::string values, std::string run) {
    auto text =
        signed_text(R"({"v":1,"sum":"0123456789abcdef","of":["test","test","1.0.0"],"values":)" +
                    values + R"(,"run":)" + run + "}");
    return !decode_snapshot(d, {}, value::empty_object(), text).ok();
  };
  auto deep = std::string(200'000, '[');
  CAF_CHECK(refused(deep, "{}"));
  CAF_CHECK(refused("[" + std::string(100'000, '[') + std::string(100'000, ']') + "]", "{}"));
  // Each entry holds the one before twice, or deeper than a value may be.
  auto doubled = std::string{"[1"}, nested = std::string{"[1"};
  for (int i = 0; i < 62; ++i)
    doubled += ",[{\"&\":" + std::to_string(i) + "},{\"&\":" + std::to_string(i) + "}]";
  for (int i = 0; i < 12'000; ++i) nested += ",[{\"&\":" + std::to_string(i) + "}]";
  CAF_CHECK(refused(doubled + "]", "{}"));
  CAF_CHECK(refused(nested + "]", "{}"));
  CAF_CHECK(refused("[{\"&\":0}]", "{}"));
  CAF_CHECK(refused("[{\"&\":1},1]", "{}"));
  CAF_CHECK(refused("[]", "[]"));
}
