#define CAF_SUITE inbox

#include "actors/inbox.hpp"

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

using numbers = std::vector<uint64_t>;
using offers = std::vector<event_due>;

std::string cloud_event(const std::string& id, const std::string& type = "paid",
                        const std::string& data = "null") {
  return R"({"specversion":"1.0","id":")" + id + R"(","source":"/shop","type":")" + type +
         R"(","data":)" + data + "}";
}

std::string routes(const std::string& type, const std::string& from = {},
                   const workflow::value& is = {}) {
  workflow::event_route route{type, {}};
  if (!from.empty()) route.keys.emplace_back(from, is);
  return encode_routes({route});
}

listener_key trigger(const std::string& name) { return {{}, 0, name}; }

caf::behavior note_offers(caf::event_based_actor*, std::shared_ptr<offers> into) {
  return {[into](const event_due& m) { into->push_back(m); }};
}

/// An inbox of a tenant that is not loaded; what it says to the tenant is noted.
struct fixture : steward_rig {
  fixture() {
    of_the_test += 2; // `owner` and `box`
    owner = sys.spawn(note_offers, heard);
    open_box();
  }
  ~fixture() override {
    for (const auto& actor : {box, owner})
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    settle();
  }
  void open_box() {
    box = sys.spawn(inbox, n, tenant_id{"acme"}, owner);
    settle();
  }
  asked publish(std::vector<std::string> events) {
    asked a;
    caf::anon_send(box, publish_events{"acme", std::move(events)}, reply_slot{a.sink()}, ticket{});
    settle();
    return a;
  }
  void publish_many(int first, int last) {
    for (int i = first; i <= last; ++i) publish({cloud_event(std::to_string(i))});
  }
  void listen(const std::string& name, const std::string& to, uint64_t after = 0) {
    caf::anon_send(box, open_listener{"acme", trigger(name), to, after});
    settle();
  }
  void saw(const std::string& name, uint64_t sequence) {
    caf::anon_send(box, event_seen{"acme", trigger(name), sequence});
    settle();
  }
  void write(std::vector<write_op> ops) {
    caf::anon_send(n->journal->get(), commit_request{{"acme", std::move(ops)}, nullptr});
    settle();
  }
  /// What was offered to it since the last call.
  numbers offered(const std::string& name) {
    numbers list;
    for (const auto& m : *heard)
      if (m.who == trigger(name)) list.push_back(m.sequence);
    std::erase_if(*heard, [&](const auto& m) { return m.who == trigger(name); });
    return list;
  }
  static numbers from_to(uint64_t first, uint64_t last) {
    numbers list;
    for (auto i = first; i <= last; ++i) list.push_back(i);
    return list;
  }

  std::shared_ptr<offers> heard = std::make_shared<offers>();
  caf::actor owner, box;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(inbox_tests, fixture)

CAF_TEST(events are durable when they are answered and on the feed once) {
  const auto a = publish({cloud_event("a"), cloud_event("b", "sent")});
  CAF_CHECK_EQUAL(a.word(), "accepted");
  CAF_CHECK_EQUAL(a.answer().json,
                  R"({"items":[{"id":"a","source":"/shop","sequence":1,"duplicate":false},)"
                  R"({"id":"b","source":"/shop","sequence":2,"duplicate":false}]})");
  const auto kept = reader->inbox_after("acme", 0, 10).value();
  CAF_REQUIRE(kept.size() == 2);
  CAF_CHECK_EQUAL(kept[0].event, cloud_event("a"));
  CAF_CHECK_EQUAL(kept[0].received_us, now_us());
  const auto told = events("acme");
  CAF_REQUIRE(told.size() == 2);
  CAF_CHECK_EQUAL(told[1].type, "dev.steward.event.received.v1");
  const auto data = workflow::parse_json(told[1].data);
  CAF_CHECK(data->get("id") == workflow::value{"b"});
  CAF_CHECK(data->get("type") == workflow::value{"sent"});
}

CAF_TEST(each event is offered to those it could concern in order) {
  listen("any", routes(""));
  listen("paid", routes("paid"));
  listen("seven", routes("paid", ".data.order", 7));
  publish({cloud_event("1", "sent"), cloud_event("2", "paid", R"({"order":8})"),
           cloud_event("3", "paid", R"({"order":7.0})")});
  publish({cloud_event("4", "sent"), cloud_event("5")});
  CAF_CHECK(offered("any") == from_to(1, 5));
  CAF_CHECK(offered("paid") == (numbers{2, 3, 5}));
  CAF_REQUIRE(heard->size() == 1);
  CAF_CHECK_EQUAL(heard->front().event, cloud_event("3", "paid", R"({"order":7})"));
  CAF_CHECK(offered("seven") == numbers{3});
}

CAF_TEST(an event that is kept already is not offered again) {
  listen("paid", routes("paid"));
  publish({cloud_event("a")});
  const auto again = publish({cloud_event("a"), cloud_event("b")});
  CAF_CHECK_EQUAL(again.answer().json,
                  R"({"items":[{"id":"a","source":"/shop","sequence":1,"duplicate":true},)"
                  R"({"id":"b","source":"/shop","sequence":2,"duplicate":false}]})");
  CAF_CHECK(offered("paid") == (numbers{1, 2}));
}

CAF_TEST(a listener begins with what is kept and past what it has decided on) {
  publish_many(1, 20);
  listen("all", routes("paid"));
  listen("rest", routes("paid"), 17);
  CAF_CHECK(offered("all") == from_to(1, 20));
  CAF_CHECK(offered("rest") == (numbers{18, 19, 20}));
  publish_many(21, 21);
  CAF_CHECK(offered("all") == numbers{21});
  CAF_CHECK(offered("rest") == numbers{21});
}

CAF_TEST(one that decides slowly is offered a few and holds up nobody) {
  listen("slow", routes("paid"));
  listen("quick", routes("paid"));
  for (uint64_t i = 1; i <= 300; ++i) {
    publish_many(static_cast<int>(i), static_cast<int>(i));
    saw("quick", i);
  }
  CAF_CHECK(offered("quick") == from_to(1, 300));
  CAF_CHECK(offered("slow") == from_to(1, 64));
  saw("slow", 20); // Not few enough.
  CAF_CHECK(offered("slow").empty());
  saw("slow", 40);
  CAF_CHECK(offered("slow") == from_to(65, 104));
  for (uint64_t at = 104; at < 300; at = std::min<uint64_t>(at + 64, 300)) {
    saw("slow", at);
    CAF_CHECK(offered("slow") == from_to(at + 1, std::min<uint64_t>(at + 64, 300)));
  }
  saw("slow", 300);
  publish_many(301, 301);
  CAF_CHECK(offered("slow") == numbers{301});
}

CAF_TEST(what is not decided on is offered again until it is or the listener closes) {
  listen("one", routes("paid"));
  listen("other", routes("paid"));
  publish_many(1, 3);
  CAF_CHECK(offered("one") == from_to(1, 3));
  offered("other");
  pass(4900ms);
  CAF_CHECK(heard->empty());
  saw("one", 2);
  pass(200ms);
  CAF_CHECK(offered("one") == numbers{3});
  CAF_CHECK(offered("other") == from_to(1, 3));
  caf::anon_send(box, close_listener{"acme", trigger("other")});
  pass(5s);
  CAF_CHECK(offered("one") == numbers{3});
  CAF_CHECK(offered("other").empty());
  saw("one", 3);
  pass(60s);
  CAF_CHECK(heard->empty());
  publish_many(4, 4);
  CAF_CHECK(offered("other").empty());
}

CAF_TEST(after a crash the inbox goes on from the rows of its listeners) {
  publish_many(1, 200);
  write({put_listener{{}, 0, "shop/new", routes("paid")},
         put_listener{{}, 0, "shop/old", routes("paid")},
         advance_listener{{}, 0, "shop/old", 198}});
  CAF_CHECK(kill(box));
  heard->clear();
  open_box();
  CAF_CHECK(offered("shop/old") == (numbers{199, 200}));
  CAF_CHECK(offered("shop/new") == from_to(1, 64));
  saw("shop/new", 200);
  publish_many(201, 201);
  CAF_CHECK(offered("shop/old") == numbers{201});
  CAF_CHECK(offered("shop/new") == numbers{201});
}

CAF_TEST(an owner that comes back with other routes is led from where it was) {
  listen("one", routes("paid"));
  publish({cloud_event("1"), cloud_event("2", "sent")});
  CAF_CHECK(offered("one") == numbers{1});
  listen("one", routes("paid"), 1);
  CAF_CHECK(offered("one").empty());
  listen("one", routes("sent"), 1);
  CAF_CHECK(offered("one") == numbers{2});
}

CAF_TEST(events reach the inbox of a tenant through its door and grow it) {
  const auto a = ask_tenant(publish_events{"zeta", {cloud_event("1")}});
  settle();
  CAF_CHECK_EQUAL(a.word(), "accepted");
  CAF_CHECK(reader->inbox_range("zeta").value().newest == 1u);
  const auto listed = ask("store/queries", list_events{"zeta", 0, 10});
  settle();
  CAF_CHECK_EQUAL(listed.document().get("items").items()[0].get("sequence"), workflow::value{1});
  CAF_CHECK(listed.document().get("next").is_null());
}

CAF_TEST(a tenant that waits for something is there after a start) {
  write({put_listener{{}, 0, "shop/order", routes("paid")}});
  crash_server();
  boot();
  CAF_CHECK(n->tenant_doors->find("acme") != nullptr);
  CAF_CHECK(n->tenant_doors->find("zeta") == nullptr);
}

CAF_TEST_FIXTURE_SCOPE_END()
