#include "caf/test/dsl.hpp"
#include "tests/store/conformance.hpp"
#include "tests/store/record_samples.hpp"

namespace steward::store::tests {

namespace {

using kind = batch_result::kind;
using results = std::vector<put_event_result>;
using numbers = std::vector<uint64_t>;

put_event received(const std::string& id, const std::string& source = "shop",
                   int64_t at_us = noon_us) {
  return {source, id, at_us, R"({"id":")" + id + "\"}", noon_us - 24 * hour_us};
}

numbers sequences(const std::vector<inbox_event>& events) {
  numbers list;
  for (const auto& e : events) list.push_back(e.sequence);
  return list;
}

numbers kept(session& s, const tenant_id& tenant = "acme") {
  return sequences(s.read().inbox_after(tenant, 0, 10'000).value());
}

void events_come_back_in_order(session& s) {
  const std::string large = "{\"x\":\"" + std::string(300'000, 'x') + "\"}";
  auto second = received("b", "shop", noon_us - 7);
  second.event = large;
  CAF_CHECK(s.commit_one("acme", {received("a"), second}).events ==
            (results{{1, false}, {2, false}}));
  CAF_CHECK(s.commit_one("zeta", {received("a")}).events == (results{{1, false}}));
  CAF_CHECK(s.commit_one("acme", {received("c")}).events == (results{{3, false}}));
  const auto all = s.read().inbox_after("acme", 0, 10).value();
  CAF_REQUIRE(all.size() == 3);
  CAF_CHECK_EQUAL(all[0].event, R"({"id":"a"})");
  CAF_CHECK_EQUAL(all[1].received_us, noon_us - 7);
  CAF_CHECK(all[1].event == large);
  CAF_CHECK(sequences(all) == (numbers{1, 2, 3}));
  for (uint64_t after = 0; after <= 4; ++after)
    for (size_t limit = 1; limit <= 4; ++limit) {
      numbers expected;
      for (uint64_t n = after + 1; n <= 3 && expected.size() < limit; ++n) expected.push_back(n);
      CAF_CHECK(sequences(s.read().inbox_after("acme", after, limit).value()) == expected);
    }
  CAF_CHECK(s.read().inbox_after("acme", ~0ull, 10).value().empty());
  CAF_CHECK(kept(s, "nobody").empty());
}

void an_event_is_kept_once(session& s) {
  s.commit_one("acme", {received("a")});
  auto again = received("a");
  again.event = "{}";
  CAF_CHECK(
      s.commit_one("acme", {again, received("b"), received("b"), received("a", "stock")}).events ==
      (results{{1, true}, {2, false}, {2, true}, {3, false}}));
  CAF_CHECK(s.read().inbox_after("acme", 0, 1).value().at(0).event == R"({"id":"a"})");
  s.reopen();
  CAF_CHECK(s.commit_one("acme", {received("b")}).events == (results{{2, true}}));
  CAF_CHECK(kept(s) == (numbers{1, 2, 3}));
}

void old_events_go_a_few_at_a_time(session& s) {
  std::vector<write_op> ops;
  for (int n = 1; n <= 20; ++n) ops.emplace_back(received(std::to_string(n), "shop", noon_us + n));
  s.commit_one("acme", std::move(ops));
  s.commit_one("zeta", {received("old")});
  const auto put = [&](const std::string& id, int64_t expired_before_us) {
    auto op = received(id, "shop", noon_us + hour_us);
    op.expired_before_us = expired_before_us;
    return s.commit_one("acme", {op}).events;
  };
  CAF_CHECK(put("x", noon_us + 1) == (results{{21, false}})); // None is as old as that.
  CAF_CHECK(kept(s).size() == 21u);
  CAF_CHECK(put("x", noon_us + 4) == (results{{21, true}}));
  CAF_CHECK(kept(s).front() == 4u);
  CAF_CHECK(put("4", noon_us + 5) == (results{{22, false}})); // It had gone by then.
  CAF_CHECK(kept(s).front() == 5u);
  put("y", noon_us + 2 * hour_us);
  CAF_CHECK(kept(s) == (numbers{21, 22, 23}));
  CAF_CHECK(kept(s, "zeta") == numbers{1});
}

void the_oldest_go_by_time_received(session& s) {
  s.commit_one("acme", {received("future", "shop", noon_us + 9), received("past")});
  auto op = received("now", "shop", noon_us + 1);
  op.expired_before_us = noon_us + 1;
  s.commit_one("acme", {op});
  CAF_CHECK(kept(s) == (numbers{1, 3}));
}

void numbers_never_come_back(session& s) {
  const auto range = [&](uint64_t oldest, uint64_t newest) {
    const auto found = s.read().inbox_range("acme").value();
    return found.oldest == oldest && found.newest == newest;
  };
  CAF_CHECK(range(0, 0));
  s.commit_one("acme", {received("a"), received("b")});
  CAF_CHECK(range(1, 2));
  // A duplicate drops old events as well, and puts none.
  auto sweep = received("c", "shop", noon_us);
  sweep.expired_before_us = noon_us - 1;
  s.commit_one("acme", {sweep});
  sweep.expired_before_us = noon_us + 1;
  sweep.received_us = noon_us - hour_us;
  CAF_CHECK(s.commit_one("acme", {sweep}).events == (results{{4, false}}));
  CAF_CHECK(range(4, 4));
  sweep.id = "d";
  CAF_CHECK(s.commit_one("acme", {sweep}).events == (results{{5, false}}));
  CAF_CHECK(range(5, 5));
  s.reopen();
  CAF_CHECK(s.commit_one("acme", {received("e")}).events == (results{{6, false}}));
}

void a_refused_batch_puts_nothing(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow, run_status::running), received("old"),
                        put_listener{id(1), 1, "", "[1]"}, put_schedule{"shop", "order", "1"}});
  auto sweeping = received("lost");
  sweeping.expired_before_us = noon_us + 1;
  const auto report = s.commit(
      {batch("acme", {received("a")}),
       batch("acme", {sweeping, put_listener{id(1), 1, "", "[2]"}, put_listener{{}, 0, "x/y", "[]"},
                      advance_listener{id(1), 1, "", 9}, put_schedule{"shop", "order", "2"},
                      put_schedule{"shop", "other", "2"}, start(1, workflow)}),
       batch("acme", {clear_listener{id(1), 1, ""}, clear_schedule{"shop", "order"},
                      append_journal{id(1), 9, "no"}}),
       batch("new", {received("lost"), append_journal{id(1), 1, "no"}}),
       batch("acme", {received("b")}), batch("new", {received("first")})});
  CAF_CHECK(kinds(report) == (std::vector{kind::committed, kind::duplicate, kind::conflict,
                                          kind::conflict, kind::committed, kind::committed}));
  CAF_CHECK(report.results[0].events == (results{{2, false}}));
  CAF_CHECK(report.results[1].events.empty());
  CAF_CHECK(report.results[4].events == (results{{3, false}}));
  CAF_CHECK(report.results[5].events == (results{{1, false}}));
  CAF_CHECK(kept(s) == (numbers{1, 2, 3}));
  const auto listeners = s.read().listeners("acme", {}, 100).value();
  CAF_REQUIRE(listeners.size() == 1);
  CAF_CHECK_EQUAL(listeners[0].routes, "[1]");
  CAF_CHECK_EQUAL(listeners[0].cursor, 0u);
  const auto schedules = s.read().schedules("acme").value();
  CAF_REQUIRE(schedules.size() == 1);
  CAF_CHECK_EQUAL(schedules[0].state, "1");
  CAF_CHECK(s.commit_one("acme", {received("lost")}).events == (results{{4, false}}));
}

void listeners_keep_their_cursor(session& s) {
  const auto workflow = s.workflow("acme", "order");
  s.commit_one("acme", {start(1, workflow, run_status::waiting), put_listener{id(1), 7, "", "a"},
                        put_listener{id(1), 8, "", "b"}, put_listener{{}, 0, "shop/order", "c"}});
  const auto listener = [&](size_t at) {
    return s.read().listeners("acme", {}, 100).value().at(at);
  };
  CAF_REQUIRE(s.read().listeners("acme", {}, 100).value().size() == 3);
  CAF_CHECK(listener(0).trigger == "shop/order"); // The empty run comes first.
  CAF_CHECK(listener(0).run.empty() && listener(1).run == id(1));
  CAF_CHECK(listener(1).effect == 7u);
  CAF_CHECK(listener(2).effect == 8u);
  s.commit_one("acme",
               {advance_listener{id(1), 7, "", 5}, advance_listener{{}, 0, "shop/order", 9}});
  s.commit_one("acme", {advance_listener{id(1), 7, "", 4}}); // Never back.
  s.commit_one("acme", {put_listener{id(1), 7, "", "new"}});
  s.reopen();
  CAF_CHECK(listener(0).cursor == 9u);
  CAF_CHECK(listener(1).cursor == 5u);
  CAF_CHECK(listener(1).routes == "new");
  CAF_CHECK(listener(2).cursor == 0u);
  s.commit_one("acme", {clear_listener{id(1), 7, ""}, clear_listener{id(1), 7, ""},
                        advance_listener{id(1), 7, "", 6}});
  CAF_CHECK(s.read().listeners("acme", {}, 100).value().size() == 2);
  s.commit_one("acme", {put_listener{id(1), 7, "", "again"}});
  CAF_CHECK(listener(1).cursor == 0u);
  CAF_CHECK(s.read().listeners("zeta", {}, 100).value().empty());
  CAF_CHECK(s.commit_one("zeta", {put_listener{id(1), 7, "", "a"}}).what == kind::conflict);
}

void schedules_are_kept_by_name(session& s) {
  s.commit_one("acme", {put_schedule{"shop", "b", "1"}, put_schedule{"shop", "a", "2"},
                        put_schedule{"abc", "z", "3"}, put_schedule{"shop", "b", "4"}});
  s.reopen();
  std::string all;
  for (const auto& each : s.read().schedules("acme").value())
    all += each.namespace_ + "/" + each.name + "=" + each.state + " ";
  CAF_CHECK_EQUAL(all, "abc/z=3 shop/a=2 shop/b=4 ");
  s.commit_one("acme", {clear_schedule{"shop", "a"}, clear_schedule{"shop", "none"}});
  CAF_CHECK(s.read().schedules("acme").value().size() == 2u);
  CAF_CHECK(s.read().schedules("zeta").value().empty());
}

void listeners_come_in_pages(session& s) {
  const auto workflow = s.workflow("acme", "order");
  std::vector<write_op> ops{put_listener{{}, 0, "a/a", "[]"}, put_listener{{}, 0, "a/b", "[]"}};
  for (uint64_t n = 1; n <= 3; ++n) {
    ops.emplace_back(start(n, workflow, run_status::waiting));
    for (effect_id effect : {1u, 2u}) ops.emplace_back(put_listener{id(n), effect, "", "[]"});
  }
  s.commit_one("acme", std::move(ops));
  for (size_t limit = 1; limit <= 9; ++limit) {
    std::string seen;
    std::optional<stored_listener> after;
    for (;;) {
      const auto page = s.read().listeners("acme", after, limit).value();
      CAF_CHECK(page.size() <= limit);
      if (page.empty()) break;
      for (const auto& l : page)
        seen += l.trigger.empty() ? std::to_string(l.effect) + " " : l.trigger + " ";
      after = page.back();
    }
    CAF_CHECK_EQUAL(seen, "a/a a/b 1 2 1 2 1 2 ");
  }
}

void busy_tenants_have_something_to_do(session& s) {
  const auto busy = [&] { return s.read().busy_tenants().value(); };
  using names = std::vector<tenant_id>;
  s.commit_one("idle", {received("a"), event("b")});
  const auto workflow = s.workflow("runs", "order");
  s.commit_one("runs", {start(1, workflow, run_status::waiting), start(2, workflow)});
  CAF_CHECK(busy().empty());
  s.commit_one("runs", {start(3, workflow, run_status::running)});
  s.commit_one("time", {put_schedule{"shop", "order", "{}"}});
  s.commit_one("events", {put_listener{{}, 0, "shop/order", "[]"}});
  CAF_CHECK(busy() == (names{"events", "runs", "time"}));
  s.reopen();
  CAF_CHECK(busy() == (names{"events", "runs", "time"}));
  s.commit_one("time", {clear_schedule{"shop", "order"}});
  s.commit_one("runs", {update_run{id(3), run_status::completed, "1", {}, noon_us, 1}});
  CAF_CHECK(busy() == names{"events"});
  s.commit_one("events", {clear_listener{{}, 0, "shop/order"}});
  CAF_CHECK(busy().empty());
  // Agents run by themselves.
  s.commit_one("idle", {collection("agents")});
  s.commit_one("agents", {collection("agent_states")});
  CAF_CHECK(busy() == names{"agents"});
  s.reopen();
  CAF_CHECK(busy() == names{"agents"});
  s.commit_one("agents", {drop_collection{"agent_states"}});
  CAF_CHECK(busy().empty());
}

constexpr requirement list[] = {
    {"events come back in order, from any place", events_come_back_in_order},
    {"an event of one source and id is kept once", an_event_is_kept_once},
    {"old events go, a few with each that comes", old_events_go_a_few_at_a_time},
    {"what goes first was received first", the_oldest_go_by_time_received},
    {"numbers of the inbox never come back", numbers_never_come_back},
    {"a refused batch changes no event, listener or schedule", a_refused_batch_puts_nothing},
    {"a listener keeps its cursor until it is cleared", listeners_keep_their_cursor},
    {"schedules are kept by name", schedules_are_kept_by_name},
    {"listeners come in pages", listeners_come_in_pages},
    {"tenants with something to do are known", busy_tenants_have_something_to_do},
};

} // namespace

std::span<const requirement> events_conformance() { return list; }

} // namespace steward::store::tests
