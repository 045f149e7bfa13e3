#define CAF_SUITE event_codec

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"
#include "workflow/machine.hpp"

using namespace steward::workflow;

namespace {

run_error sample_error() { return {"https://example.com/e", 418, "/do/0/x", "Teapot", "short"}; }

std::vector<event> samples() {
  auto bytes = std::string("\xff\x00\xfe text", 8);
  return {
      {1, run_started{"run-1", value::object({{"a", value{1}}, {"b", value{"\xc3\xa9\n"}}})}},
      {2, http_answered{7, 200, {{"content-type", "text/plain"}, {"x", ""}, {"x", "2"}}, "hello"}},
      {3, http_answered{8, 200, {{"odd", "\xff\xfe"}}, bytes}},
      {4, http_answered{9, 204, {}, ""}},
      {5, http_failed{10, true, "too slow"}},
      {6, http_failed{10, false, "bad \xff byte"}},
      {7, timer_fired{11}},
      {8, child_ended{12, run_status::completed, value{"done"}, {}}},
      {9, child_ended{13, run_status::faulted, {}, sample_error()}},
      {10, child_ended{14, run_status::cancelled, {}, {}}},
      {11, suspend_requested{}},
      {12, resume_requested{}},
      {13, cancel_requested{"by \"hand\""}},
      {14, quarantined{"crashed"}},
      {15, retry_requested{"/do/0/a", value::object({{"a", value{1}}}), true}},
      {16, retry_requested{}},
      {1'700'000'000'123'456, timer_fired{9'000'000'000}},
  };
}

std::string reason_for(std::string_view text) {
  auto decoded = decode_event(text);
  return decoded ? "(decoded)" : decoded.error();
}

} // namespace

CAF_TEST(every kind of event comes back as it was written) {
  for (const auto& e : samples()) {
    auto text = encode_event(e);
    auto back = decode_event(text);
    if (!back) CAF_FAIL(text << ": " << back.error());
    CAF_CHECK_EQUAL(back->time_us, e.time_us);
    CAF_CHECK_EQUAL(back->what.index(), e.what.index());
    CAF_CHECK_EQUAL(encode_event(*back), text);
  }
}

CAF_TEST(the text form is the one that old journals have) {
  auto encoded = [](auto what) { return encode_event({5, std::move(what)}); };
  CAF_CHECK_EQUAL(encoded(run_started{"r", value::object({{"a", value{1}}})}),
                  R"({"kind":"run_started","v":1,"t":5,"run":"r","input":{"a":1}})");
  CAF_CHECK_EQUAL(
      encoded(http_answered{7, 200, {{"a", "b"}}, "x"}),
      R"({"kind":"http_answered","v":1,"t":5,"effect":7,"status":200,"headers":[{"name":"a","text":"b"}],"body":"x"})");
  CAF_CHECK_EQUAL(
      encoded(http_answered{7, 200, {}, "\xff"}),
      R"({"kind":"http_answered","v":1,"t":5,"effect":7,"status":200,"headers":[],"body_base64":"/w=="})");
  CAF_CHECK_EQUAL(
      encoded(http_failed{7, true, "slow"}),
      R"({"kind":"http_failed","v":1,"t":5,"effect":7,"timed_out":true,"reason":"slow"})");
  CAF_CHECK_EQUAL(encoded(timer_fired{7}), R"({"kind":"timer_fired","v":1,"t":5,"effect":7})");
  CAF_CHECK_EQUAL(
      encoded(child_ended{7, run_status::completed, value{1}, {}}),
      R"({"kind":"child_ended","v":1,"t":5,"effect":7,"status":"completed","output":1})");
  CAF_CHECK_EQUAL(encoded(suspend_requested{}), R"({"kind":"suspend_requested","v":1,"t":5})");
  CAF_CHECK_EQUAL(encoded(resume_requested{}), R"({"kind":"resume_requested","v":1,"t":5})");
  CAF_CHECK_EQUAL(encoded(cancel_requested{"no"}),
                  R"({"kind":"cancel_requested","v":1,"t":5,"reason":"no"})");
  CAF_CHECK_EQUAL(encoded(quarantined{"no"}),
                  R"({"kind":"quarantined","v":1,"t":5,"reason":"no"})");
}

CAF_TEST(bytes that are not text survive in bodies and headers and reasons) {
  auto body = std::string{};
  for (int i = 0; i < 256; ++i) body += static_cast<char>(i);
  for (size_t length : {0u, 1u, 2u, 3u, 255u, 256u}) {
    auto e = event{1, http_answered{1, 200, {{"h", body.substr(128)}}, body.substr(0, length)}};
    auto back = decode_event(encode_event(e));
    CAF_REQUIRE(back.ok());
    const auto& answer = std::get<http_answered>(back->what);
    CAF_CHECK(answer.body == body.substr(0, length));
    CAF_CHECK(answer.headers[0].second == body.substr(128));
  }
}

CAF_TEST(data as deep as it may flow can be read back) {
  auto deep = value{1};
  for (int i = 0; i < 2'000; ++i) deep = value::array({deep});
  auto e = event{1, child_ended{1, run_status::completed, deep, {}}};
  CAF_CHECK(decode_event(encode_event(e)).ok());
}

CAF_TEST(a text that is no event is refused with the reason) {
  CAF_CHECK_EQUAL(reason_for("[]"), "an event is a JSON object");
  CAF_CHECK_EQUAL(reason_for(R"({"kind":"timer_fired","t":5,"effect":7})"),
                  "`v` is not an integer");
  CAF_CHECK_EQUAL(reason_for(R"({"kind":"timer_fired","v":2,"t":5,"effect":7})"),
                  "version 2 of an event is unknown");
  CAF_CHECK_EQUAL(reason_for(R"({"kind":"magic","v":1,"t":5})"),
                  "the event kind `magic` is unknown");
  CAF_CHECK_EQUAL(reason_for(R"({"kind":"timer_fired","v":1,"t":5,"effect":0})"),
                  "`effect` is not a positive number");
  CAF_CHECK_EQUAL(reason_for(R"({"kind":"http_failed","v":1,"t":5,"effect":1,"reason":"x"})"),
                  "`timed_out` is not true or false");
  CAF_CHECK_EQUAL(
      reason_for(
          R"({"kind":"http_answered","v":1,"t":5,"effect":1,"status":200,"headers":[],"body_base64":"*"})"),
      "`body` is not a text");
  CAF_CHECK_EQUAL(
      reason_for(R"({"kind":"child_ended","v":1,"t":5,"effect":1,"status":"running","output":1})"),
      "`status` is no final run status");
  CAF_CHECK(reason_for("{").starts_with("not JSON: "));
}

CAF_TEST(cutting an encoded event anywhere never gives an event) {
  for (const auto& e : samples()) {
    auto text = encode_event(e);
    for (size_t length = 0; length < text.size(); ++length)
      CAF_CHECK(!decode_event(std::string_view{text}.substr(0, length)).ok());
  }
}
