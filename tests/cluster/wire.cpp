#define CAF_SUITE wire

#include "caf/test/unit_test.hpp"
#include "cluster/envelopes.hpp"
#include "messages/type_ids.hpp"

#include <random>

using namespace steward;
using namespace steward::cluster;

namespace {

struct inner {
  int32_t number = 7;
  std::string text = "default";
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, inner& x) {
    return f(caf::meta::type_name("inner"), x.number, x.text);
  }
};
/// The message as one version knows it ...
struct old_form {
  std::string name;
  std::vector<inner> parts;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, old_form& x) {
    return f(caf::meta::type_name("form"), x.name, x.parts);
  }
};
/// ... and as the next one does.
struct new_form {
  std::string name;
  std::vector<inner> parts;
  std::optional<uint64_t> count = 5;
  bool flag = true;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, new_form& x) {
    return f(caf::meta::type_name("form"), x.name, x.parts, x.count, x.flag);
  }
};

} // namespace

CAF_TEST(a message is the same after its way) {
  start_run m{
      "shop", "a", "b", "1.0.0", std::string(70'000, 'x'), "key", std::chrono::milliseconds{-5}};
  const auto back = decode<start_run>(encode(m));
  CAF_REQUIRE(back);
  CAF_CHECK_EQUAL(back->tenant, m.tenant);
  CAF_CHECK_EQUAL(back->input, m.input);
  CAF_CHECK_EQUAL(back->wait.count(), -5);
  CAF_CHECK_EQUAL(name_of<start_run>(), "start_run");

  start_runs many{"t", "a", "b", "", {"1", "", "3"}, ""};
  CAF_CHECK(decode<start_runs>(encode(many))->inputs == many.inputs);

  const control_run control{"t", run_id::make(1, 2, 3), run_action::resume};
  const auto controlled = decode<control_run>(encode(control));
  CAF_CHECK(controlled->run == control.run);
  CAF_CHECK(controlled->action == run_action::resume);

  write_record write;
  write.guard = {record_guard::kind::version, 9};
  const auto written = decode<write_record>(encode(write));
  CAF_CHECK_EQUAL(written->guard.version, 9u);

  subscribe_feed feed;
  auto subscribed = decode<subscribe_feed>(encode(feed));
  CAF_CHECK(!subscribed->after);
  feed.after = 0;
  subscribed = decode<subscribe_feed>(encode(feed));
  CAF_CHECK_EQUAL(subscribed->after.value(), 0u);

  remote_answer answer;
  answer.why = {ec::conflict, "no", {{"/a", "b", "c", 1, 2, -1}}, std::chrono::milliseconds{5}};
  const auto answered = decode<remote_answer>(encode(answer));
  CAF_CHECK_EQUAL(answered->why.problems.at(0).offset, -1);
  CAF_CHECK(answered->why.code == ec::conflict);
}

CAF_TEST(who knows more fields finds the others at their defaults) {
  old_form old{"x", {{1, "a"}, {2, ""}}};
  const auto read = decode<new_form>(encode(old));
  CAF_REQUIRE(read);
  CAF_CHECK_EQUAL(read->name, "x");
  CAF_CHECK_EQUAL(read->parts.size(), 2u);
  CAF_CHECK_EQUAL(read->parts.at(1).number, 2);
  CAF_CHECK_EQUAL(read->count.value(), 5u);
  CAF_CHECK(read->flag);
}

CAF_TEST(who knows less passes over the rest) {
  new_form next;
  next.name = "y";
  next.parts = {{3, "b"}};
  const auto read = decode<old_form>(encode(next));
  CAF_REQUIRE(read);
  CAF_CHECK_EQUAL(read->name, "y");
  CAF_CHECK_EQUAL(read->parts.at(0).text, "b");
}

CAF_TEST(broken bytes are refused and never read past their end) {
  std::mt19937 random{3};
  const auto good = encode(start_runs{"t", "a", "b", "", {"1", "22", "333"}, "k"});
  for (size_t cut = 0; cut < good.size(); ++cut) decode<start_runs>(good.substr(0, cut));
  size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto bad = good;
    for (unsigned i = 0; i < 1 + random() % 4; ++i)
      bad[random() % bad.size()] = static_cast<char>(random());
    refused += !decode<start_runs>(bad);
    refused += !decode<remote_answer>(bad);
  }
  CAF_CHECK(refused > 1'000);
  CAF_CHECK(
      !decode<start_run>(std::string_view{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11}));
  CAF_CHECK(!decode<start_run>(std::string_view{"\x05"
                                                "ab",
                                                3}));
}
