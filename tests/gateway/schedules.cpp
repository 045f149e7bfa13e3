#define CAF_SUITE gateway_schedules
#include "caf/test/dsl.hpp"
#include "tests/gateway/stage.hpp"

using namespace steward;
using namespace steward::gateway_tests;

namespace {

/// Stands in for a tenant: says what it was asked, and that it came with a ticket.
caf::behavior tenant_stand_in(caf::event_based_actor* self, std::shared_ptr<script> s) {
  self->set_default_handler(caf::drop);
  return {
      [=](const list_schedules& m, const reply_slot& slot, const ticket&) {
        s->hear("schedules " + m.tenant + " " + std::to_string(m.limit) + " " + m.cursor);
        s->settle(slot);
      },
      [=](const control_schedule& m, const reply_slot& slot, const ticket&) {
        s->hear((m.action == schedule_action::pause ? "pause " : "resume ") + m.namespace_ + "/" +
                m.name);
        s->settle(slot);
      },
  };
}

struct fixture : stage {
  fixture() {
    whom = sys.spawn(tenant_stand_in, actors);
    tenants->open("default", {})->set_actor(whom);
    start();
  }
  ~fixture() { caf::anon_send_exit(whom, caf::exit_reason::user_shutdown); }
  caf::actor whom;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(schedule_tests, fixture)

CAF_TEST(schedules are listed page by page through the door of the tenant) {
  raw_client c{port};
  actors->answers(reply::ok("{\"items\":[],\"next\":null}"));
  const auto a = c.call("GET", "/api/v1/schedules?limit=2&cursor=shop/close");
  CAF_CHECK_EQUAL(a.status, 200);
  CAF_CHECK_EQUAL(a.body, "{\"items\":[],\"next\":null}");
  CAF_CHECK_EQUAL(actors->last(), "schedules default 2 shop/close");
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/schedules?limit=0").status, 400);
  CAF_CHECK_EQUAL(c.call("GET", "/api/v1/schedules?workflow=a").status, 400);
}

CAF_TEST(a schedule is paused and resumed) {
  raw_client c{port};
  const std::string close = "/api/v1/schedules/my%20shop/close/";
  CAF_CHECK_EQUAL(c.call("POST", close + "pause", "Content-Length: 0\r\n").status, 200);
  CAF_CHECK_EQUAL(actors->last(), "pause my shop/close");
  CAF_CHECK_EQUAL(c.call("POST", close + "resume", "Content-Length: 0\r\n").status, 200);
  CAF_CHECK_EQUAL(actors->last(), "resume my shop/close");
  CAF_CHECK_EQUAL(c.call("POST", close + "pause", "", "x").status, 400);
  CAF_CHECK_EQUAL(c.call("GET", close + "pause").status, 405);
  actors->answers(reply::error(ec::not_found, "the workflow has no schedule"));
  CAF_CHECK_EQUAL(c.call("POST", close + "pause", "Content-Length: 0\r\n").status, 404);
}

CAF_TEST_FIXTURE_SCOPE_END()
