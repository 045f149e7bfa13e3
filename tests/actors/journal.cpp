#define CAF_SUITE journal

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

/// What the test sees of the writer and may do to it.
struct disk {
  bool full = false;
  std::vector<size_t> groups; ///< How many batches rode each commit that succeeded.
};

class watched_writer final : public store::writer {
public:
  watched_writer(std::unique_ptr<store::writer> real, std::shared_ptr<disk> d)
      : real_(std::move(real)), disk_(std::move(d)) {}
  store::commit_report commit(std::span<const write_batch* const> group) override {
    if (disk_->full) {
      store::commit_report report;
      report.results.assign(group.size(),
                            {batch_result::kind::unavailable, {}, 0, "the disk is full"});
      return report;
    }
    disk_->groups.push_back(group.size());
    return real_->commit(group);
  }

private:
  std::unique_ptr<store::writer> real_;
  std::shared_ptr<disk> disk_;
};

class watched_engine final : public store::engine {
public:
  watched_engine(std::shared_ptr<store::engine> real, std::shared_ptr<disk> d)
      : real_(std::move(real)), disk_(std::move(d)) {}
  store::result<std::unique_ptr<store::writer>> open_writer() override {
    auto opened = real_->open_writer();
    if (!opened) return failed{opened.error()};
    return std::unique_ptr<store::writer>{
        std::make_unique<watched_writer>(std::move(*opened), disk_)};
  }
  store::result<std::unique_ptr<store::reader>> open_reader() override {
    return real_->open_reader();
  }

private:
  std::shared_ptr<store::engine> real_;
  std::shared_ptr<disk> disk_;
};

struct stage : steward_rig {
  std::shared_ptr<disk> d;
  explicit stage(config::settings s = {}, std::shared_ptr<disk> made = std::make_shared<disk>())
      : steward_rig(std::move(s),
                    [made](auto real) { return std::make_shared<watched_engine>(real, made); }),
        d(made) {
    deploy("plain", "do: [{give: {set: {n: '${ . }'}}}]");
    deploy("pause", "do: [{rest: {wait: PT5S}}]");
    deploy("fetch", "do: [{ask: {call: http, with: {method: get, endpoint: 'http://svc/a'}}}]");
    auto warm = start("plain");
    settle();
    d->groups.clear();
  }
};

} // namespace

CAF_TEST(what arrives while a commit is on its way rides the next) {
  stage s;
  std::vector<asked> starts;
  for (int i = 0; i < 20; ++i) starts.push_back(s.start("plain", std::to_string(i)));
  s.settle();
  for (const auto& a : starts) CAF_CHECK_EQUAL(a.word(), "accepted");
  CAF_CHECK_EQUAL(s.d->groups, std::vector<size_t>{20});
}

CAF_TEST(a group has at most so many batches) {
  config::settings settings;
  settings.store.group_batches = 8;
  stage s{settings};
  for (int i = 0; i < 20; ++i) s.start("plain");
  s.settle();
  CAF_CHECK_EQUAL(s.d->groups, (std::vector<size_t>{8, 8, 4}));
}

CAF_TEST(past the queue writes are refused at once and not lost in silence) {
  config::settings settings;
  settings.store.queue_batches = 5;
  stage s{settings};
  std::vector<asked> starts;
  for (int i = 0; i < 20; ++i) starts.push_back(s.start("plain"));
  s.settle();
  size_t accepted = 0;
  for (const auto& a : starts)
    if (a.word() == "accepted")
      ++accepted;
    else
      CAF_CHECK_EQUAL(a.word(), "unavailable");
  CAF_CHECK_EQUAL(accepted, 5u);
  CAF_CHECK_EQUAL(s.runs().size(), 6u); // and the one that warmed up
}

CAF_TEST(a store that can not write is unavailable and leaves nothing half done) {
  stage s;
  const auto before = s.runs().size();
  const auto events = s.events().size();
  s.d->full = true;
  auto quick = s.start("plain"), call = s.start("fetch");
  auto deploy = s.ask("store/library",
                      deploy_workflow{"default", s.definition("new", "do: [{a: {set: {x: 1}}}]")});
  s.pass(1s);
  CAF_CHECK_EQUAL(quick.word(), "unavailable");
  CAF_CHECK_EQUAL(call.word(), "unavailable");
  CAF_CHECK_EQUAL(deploy.word(), "unavailable");
  CAF_CHECK(call.answer().why.retry_after > 0ms);
  CAF_CHECK_EQUAL(s.runs().size(), before);
  CAF_CHECK_EQUAL(s.events().size(), events);
  CAF_CHECK(s.service.deliveries.empty());
  s.d->full = false;
  auto again = s.start("plain");
  s.settle();
  CAF_CHECK_EQUAL(again.word(), "accepted");
}

CAF_TEST(a run keeps what happened to it through an outage of the store) {
  stage s;
  const auto rests = s.started("pause"), calls = s.started("fetch");
  s.d->full = true;
  auto cancel = s.control(rests, run_action::suspend);
  s.pass(30s);
  CAF_CHECK_EQUAL(s.status(rests), "waiting");
  CAF_CHECK_EQUAL(s.status(calls), "running");
  CAF_CHECK(!cancel.answered());
  s.d->full = false;
  s.pass(10s);
  CAF_CHECK_EQUAL(cancel.word(), "ok");
  CAF_CHECK_EQUAL(s.status(calls), "completed");
  CAF_CHECK_EQUAL(s.service.deliveries.size(), 1u);
  CAF_CHECK_EQUAL(s.status(rests), "suspended");
}

CAF_TEST(a writer that crashes answers what waited as unavailable and starts again) {
  stage s;
  auto a = s.start("plain", "1", "key-1");
  while (s.at("store/journal")) { // until the batch is in the writer's mailbox
    auto* next =
        s.sched.has_job() ? dynamic_cast<caf::scheduled_actor*>(s.sched.jobs.front()) : nullptr;
    if (next && caf::actor_cast<caf::actor>(next) == s.at("store/journal")) break;
    CAF_REQUIRE(s.deliver());
  }
  s.kill(s.at("store/journal"));
  s.pass(1s);
  CAF_CHECK_EQUAL(a.word(), "unavailable");
  auto again = s.start("plain", "1", "key-1");
  s.settle();
  CAF_CHECK_EQUAL(again.word(), "accepted");
}
