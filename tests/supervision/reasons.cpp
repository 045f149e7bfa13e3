#define CAF_SUITE reasons

#include "caf/test/dsl.hpp"
#include "tests/supervision/tree_fixture.hpp"

using namespace steward::supervision;
using namespace steward::supervision::testing;

CAF_TEST_FIXTURE_SCOPE(reason_tests, tree_fixture)

CAF_TEST(ends that CAF knows have plain words) {
  CAF_CHECK_EQUAL(reason_text(sys, {}), "normal");
  CAF_CHECK_EQUAL(reason_text(sys, caf::exit_reason::user_shutdown), "shutdown");
  CAF_CHECK_EQUAL(reason_text(sys, caf::exit_reason::kill), "killed");
  CAF_CHECK_EQUAL(reason_text(sys, caf::exit_reason::unreachable), "unreachable");
  CAF_CHECK_EQUAL(reason_text(sys, caf::sec::runtime_error), "runtime_error");
  CAF_CHECK_EQUAL(reason_text(sys, caf::make_error(caf::sec::runtime_error, "disk full")),
                  "runtime_error: disk full");
}

CAF_TEST(our own reasons are their text) {
  CAF_CHECK_EQUAL(reason_text(sys, make_error(supervision_errc::crashed, "disk full")),
                  "disk full");
}

CAF_TEST(a message that nobody understood is not shown) {
  auto secret = std::string{"password"};
  for (auto code : {caf::sec::unexpected_message, caf::sec::unexpected_response}) {
    auto text = reason_text(sys, caf::make_error(code, secret));
    CAF_CHECK_EQUAL(text, to_string(code));
    text = reason_text(sys, caf::make_error(code, caf::make_message(secret, 7)));
    CAF_CHECK_EQUAL(text, to_string(code));
  }
  CAF_CHECK_EQUAL(reason_text(sys, caf::make_error(caf::sec::runtime_error, secret, 1)),
                  "runtime_error");
}

CAF_TEST(a foreign error shows its code and its text) {
  caf::error foreign{uint8_t{4}, caf::atom("other"), caf::make_message(std::string{"it said so"})};
  auto text = reason_text(sys, foreign);
  CAF_CHECK(text.find("other") != std::string::npos);
  CAF_CHECK(text.find("it said so") != std::string::npos);
}

CAF_TEST(long texts are cut between characters) {
  std::string text(499, 'x');
  for (int i = 0; i < 100; ++i) text += "ä";
  auto cut = reason_text(sys, make_error(supervision_errc::crashed, text));
  CAF_CHECK_EQUAL(cut, std::string(499, 'x') + "...");
}

CAF_TEST(what was thrown is the reason) {
  auto reason_of = [this](std::function<void(caf::event_based_actor*)> thrower) {
    auto worker = spawn_worker(self.ptr(), notes, "w");
    caf::error reason;
    worker->attach_functor([&reason](const caf::error& e) { reason = e; });
    self->send(worker, call{std::move(thrower)});
    consume_messages();
    return reason_text(sys, reason);
  };
  CAF_CHECK_EQUAL(reason_of([](auto*) { throw std::runtime_error("oops"); }), "oops");
  CAF_CHECK_EQUAL(reason_of([](auto*) { throw 42; }), "an exception of unknown type");
}

CAF_TEST(a prepared actor answers for its mailbox and refuses what it does not know) {
  auto worker = spawn_worker(self.ptr(), notes, "w");
  CAF_CHECK_EQUAL(ask<uint64_t>(worker, get_mailbox{}), 0u);
  auto asked = self->request(worker, caf::infinite, 1.5);
  consume_messages();
  caf::error refusal;
  asked.receive([] {}, [&](caf::error& e) { refusal = e; });
  CAF_CHECK_EQUAL(refusal, caf::sec::unexpected_message);
  self->send_exit(worker, caf::exit_reason::user_shutdown);
  consume_messages();
}

CAF_TEST(the wait before a restart doubles up to its maximum) {
  backoff even{10ms, 1000ms, 0.0};
  int expected[] = {10, 10, 20, 40, 80, 160, 320, 640, 1000, 1000};
  for (unsigned crashes = 0; crashes < 10; ++crashes)
    CAF_CHECK_EQUAL(restart_delay(even, crashes, 7), milliseconds{expected[crashes]});
  CAF_CHECK_EQUAL(restart_delay(even, 4'000'000'000u, 7), 1000ms);
}

CAF_TEST(jitter spreads the wait evenly within its share) {
  backoff b{100ms, 1000ms, 0.2};
  CAF_CHECK_EQUAL(restart_delay(b, 1, 0), 80ms);
  auto longest = restart_delay(b, 1, ~uint64_t{0});
  CAF_CHECK(longest <= 120ms && longest > 119'990us);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto delay = restart_delay(b, 1, outside.random());
    CAF_REQUIRE(delay >= 80ms && delay <= 120ms);
    sum += static_cast<double>(delay.count());
  }
  CAF_CHECK(std::abs(sum / 10'000 - 100'000) < 1'000);
}

CAF_TEST_FIXTURE_SCOPE_END()
