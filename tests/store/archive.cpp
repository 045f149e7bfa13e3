#define CAF_SUITE archive

#include "store/postgres/archive.hpp"

#include "caf/test/dsl.hpp"
#include "store/archive_file.hpp"
#include "store/sqlite/archive.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/record_samples.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <fstream>

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;

namespace {

using kind = batch_result::kind;

/// A row of each table, and of what is easily lost on the way.
void fill(session& s) {
  const auto order = s.workflow("acme", "order");
  s.workflow("acme", "order", "1.1.0");
  const auto other = s.workflow("zeta", "order");
  s.commit_one("acme", {start_with_key(1, order, "key", "print"), event("a")});
  auto waiting = start(2, order, run_status::waiting);
  waiting.row.input = "{\"text\":\"\\u0000 \\ud83d\\ude00 \\\" \\n Grüße\"}";
  waiting.row.parent = id(1);
  waiting.row.parent_effect = 7;
  s.commit_one("acme", {waiting, append_journal{id(2), 1, "one\ttwo"},
                        append_journal{id(2), 2, "é"}, put_snapshot{id(2), 1, "state"},
                        put_timer{id(2), 3, noon_us + hour_us}, event("b"), event("c")});
  s.commit_one("acme", {start(3, order, run_status::faulted)});
  s.commit_one("zeta", {start(4, other, run_status::running), event("z")});
  s.commit_one("acme", {put_event{"shop", "1", noon_us, R"({"id":"1"})", 0},
                        put_event{"shop", "2", noon_us, R"({"id":"2"})", 0},
                        put_listener{id(2), 4, {}, "[]"}, put_listener{{}, 0, "test/order", "[1]"},
                        advance_listener{id(2), 4, {}, 1},
                        put_schedule{"test", "order", R"({"paused":true})"}});
  auto orders =
      collection("orders", {{"total", {"total"}, false, 0}, {"code", {"code"}, true, 0}}, true);
  orders.row.schema = R"({"properties":{"total":{"type":"number"},"code":{}}})";
  orders.columns = {"total", "code"};
  s.commit_one("acme", {orders});
  s.commit_one("acme", {collection("gone")});
  s.commit_one("acme", {drop_collection{"gone"}});
  s.commit_one("acme", {record("orders", "a", R"({"code":"x","total":1.5})"),
                        record("orders", "b", R"({"code":"y","total":9007199254740993})")});
  s.commit_one("acme", {record("orders", "a", R"({"code":"x","total":2})"),
                        delete_record{"orders", "b", noon_us + 1, {}}});
}

/// The store goes on where the other one was.
void check_it_goes_on(session& s) {
  auto& r = s.read();
  const auto loaded = r.load_run("acme", id(2)).value();
  CAF_REQUIRE(loaded.has_value());
  CAF_CHECK(loaded->row.status == run_status::waiting);
  CAF_CHECK(loaded->row.parent == id(1));
  CAF_CHECK_EQUAL(loaded->row.parent_effect, 7u);
  CAF_CHECK_EQUAL(loaded->row.workflow.version, "1.0.0");
  CAF_CHECK_EQUAL(loaded->row.input, "{\"text\":\"\\u0000 \\ud83d\\ude00 \\\" \\n Grüße\"}");
  CAF_CHECK(loaded->journal == (std::vector<std::string>{"one\ttwo", "é"}));
  const auto state = r.load_run("acme", id(2), run_part::state).value();
  CAF_CHECK_EQUAL(state->snapshot->state, "state");
  const auto first = r.get_run("acme", id(1)).value();
  CAF_CHECK(first->output == run(1, 1).output);
  CAF_CHECK(first->ended_us == run(1, 1).ended_us);
  const auto counts = r.count_runs("acme").value();
  CAF_CHECK_EQUAL(counts[6], 1u);
  CAF_CHECK_EQUAL(counts[2], 1u);
  CAF_CHECK_EQUAL(counts[5], 1u);
  const auto timers = r.timers({}, 10).value();
  CAF_REQUIRE_EQUAL(timers.size(), 1u);
  CAF_CHECK_EQUAL(timers[0].due_us, noon_us + hour_us);
  CAF_CHECK_EQUAL(r.inbox_range("acme").value().newest, 2u);
  const auto listeners = r.listeners("acme", {}, 10).value();
  CAF_REQUIRE_EQUAL(listeners.size(), 2u);
  CAF_CHECK_EQUAL(listeners[0].trigger, "test/order");
  CAF_CHECK_EQUAL(listeners[1].cursor, 1u);
  const auto schedules = r.schedules("acme").value();
  CAF_REQUIRE_EQUAL(schedules.size(), 1u);
  CAF_CHECK_EQUAL(schedules[0].state, R"({"paused":true})");
  CAF_CHECK_EQUAL(r.record_history("acme", "orders", "b", 100, 10).value().size(), 2u);
  CAF_CHECK_EQUAL(r.busy_tenants().value().size(), 2u);

  // What is numbered goes on, and what was unique still is.
  const auto before = r.feed_range("acme").value().newest;
  CAF_CHECK(
      s.commit_one("acme", {start_with_key(9, loaded->row.workflow_id, "key", "print")}).run ==
      id(1));
  const auto report = s.commit({batch("acme", {event("next")})});
  CAF_CHECK(sequences(report.published) == (std::vector<uint64_t>{before + 1}));
  CAF_CHECK(s.commit_one("acme", {put_event{"shop", "2", noon_us, "{}", 0}}).events.at(0) ==
            (put_event_result{2, true}));
  CAF_CHECK(s.commit_one("acme", {put_event{"shop", "3", noon_us, "{}", 0}}).events.at(0) ==
            (put_event_result{3, false}));
  const auto known = r.find_collection("acme", "orders").value();
  CAF_CHECK_EQUAL(known->indexes.size(), 2u);
  CAF_CHECK(s.commit_one("acme", {record("orders", "c", R"({"code":"x"})")}).refusal ==
            record_refusal::not_unique);
  CAF_CHECK(s.commit_one("acme", {record("orders", "c", "{}")}).records ==
            (std::vector<record_result>{{5, true, noon_us}}));
  CAF_CHECK(s.commit_one("acme", {collection("new")}).what == kind::committed);
  CAF_CHECK(r.find_collection("acme", "new").value()->number > known->number);
  auto changed = collection("orders"); // Drops its indexes and its view by their names.
  CAF_CHECK(s.commit_one("acme", {changed}).what == kind::committed);
  s.workflow("new", "order");
  CAF_CHECK(s.commit_one("new", {start(20, s.workflow("new", "again"))}).what == kind::committed);
}

/// JSON may be spelled otherwise by another engine.
std::string canonical(const std::string& line) {
  auto row = workflow::parse_json(line).value();
  const auto table = table_of(line);
  const auto data = row.items().back();
  if ((table == "records" || table == "record_history") && data.is_string())
    row.set_item(row.size() - 1, workflow::parse_json(data.as_string()).value());
  return workflow::to_json(row);
}

std::vector<std::string> lines_of(result<std::unique_ptr<row_source>> source) {
  if (!source) CAF_FAIL(source.error().reason);
  std::vector<std::string> lines;
  for (std::string line; (*source)->next(line).value();) lines.push_back(canonical(line));
  return lines;
}

void copy(result<std::unique_ptr<row_source>> from, result<std::unique_ptr<row_sink>> to) {
  if (!from) CAF_FAIL(from.error().reason);
  if (!to) CAF_FAIL(to.error().reason);
  for (std::string line; (*from)->next(line).value();)
    if (const auto put = (*to)->put(line); !put) CAF_FAIL(line << ": " << put.error().reason);
  if (const auto done = (*to)->finish(); !done) CAF_FAIL(done.error().reason);
}

struct fixture {
  scratch_folder folder;
  sqlite::options file(const std::string& name) { return {folder.path() / name, false}; }
  open_engine opener(const std::string& name) {
    return [o = file(name)] { return std::move(sqlite::open(o)).value(); };
  }
  postgres::options database = {
      .url = postgres_server::shared().url(postgres_server::shared().make_database())};
  open_engine postgres_opener() {
    return [this] { return std::move(postgres::open(database)).value(); };
  }
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream{folder.path() / name, std::ios::binary} << bytes;
  }
  std::string bytes(const std::string& name) {
    std::ifstream in{folder.path() / name, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(archive_tests, fixture)

CAF_TEST(every table moves from engine to engine and back) {
  session source{opener("a.db")};
  fill(source);
  // Beside a server that has it open.
  const auto first = lines_of(sqlite::open_source(file("a.db")));
  for (const auto& table : archive_tables())
    CAF_CHECK(std::ranges::any_of(first, [&](const auto& l) { return table_of(l) == table.name; }));
  copy(sqlite::open_source(file("a.db")), sqlite::open_sink(file("b.db")));
  copy(sqlite::open_source(file("b.db")), postgres::open_sink(database));
  copy(postgres::open_source(database), sqlite::open_sink(file("c.db")));
  for (auto other :
       {lines_of(sqlite::open_source(file("b.db"))), lines_of(postgres::open_source(database)),
        lines_of(sqlite::open_source(file("c.db")))}) {
    auto wanted = first;
    std::ranges::sort(wanted);
    std::ranges::sort(other);
    CAF_CHECK_EQUAL(other.size(), wanted.size());
    for (size_t i = 0; i < std::min(other.size(), wanted.size()); ++i)
      CAF_CHECK_EQUAL(other[i], wanted[i]);
  }
  for (const auto& open : {opener("b.db"), opener("c.db"), postgres_opener()}) {
    session s{open};
    check_it_goes_on(s);
  }
}

CAF_TEST(a source shows one moment) {
  session s{opener("a.db")};
  fill(s);
  auto source = sqlite::open_source(file("a.db")).value();
  s.commit_one("later", {event("x")});
  size_t tenants = 0;
  for (std::string line; source->next(line).value();) tenants += table_of(line) == "tenants";
  CAF_CHECK_EQUAL(tenants, 2u);
  copy(sqlite::open_source(file("a.db")), postgres::open_sink(database));
  session p{postgres_opener()};
  auto other = postgres::open_source(database).value();
  p.commit_one("latest", {event("x")});
  tenants = 0;
  for (std::string line; other->next(line).value();) tenants += table_of(line) == "tenants";
  CAF_CHECK_EQUAL(tenants, 3u);
}

CAF_TEST(a store that has something in it is left alone) {
  {
    session s{opener("a.db")};
    s.commit_one("acme", {event("x")});
    session p{postgres_opener()};
    p.commit_one("acme", {event("x")});
  }
  CAF_CHECK(sqlite::open_sink(file("a.db")).error().code == ec::conflict);
  CAF_CHECK(postgres::open_sink(database).error().code == ec::conflict);
  session s{opener("a.db")};
  CAF_CHECK(sqlite::open_sink(file("a.db")).error().code == ec::unavailable); // A server uses it.
}

CAF_TEST(what is not finished was never there) {
  session from{opener("a.db")};
  fill(from);
  {
    auto source = sqlite::open_source(file("a.db")).value();
    auto embedded = sqlite::open_sink(file("b.db")).value();
    auto server = postgres::open_sink(database).value();
    for (std::string line; source->next(line).value();)
      CAF_CHECK(embedded->put(line).ok() && server->put(line).ok());
  }
  copy(sqlite::open_source(file("a.db")), sqlite::open_sink(file("b.db")));
  copy(sqlite::open_source(file("a.db")), postgres::open_sink(database));
}

CAF_TEST(rows that are none are refused) {
  auto embedded = sqlite::open_sink(file("b.db")).value();
  for (const auto* line : {"", "{}", "[]", "[\"nonsense\",1]", "[\"runs\",1,\"zz\"]", "[\"runs\"",
                           "[\"timers\",1,2,3]", "[\"tenants\",null,null,0,0]"})
    CAF_CHECK(!embedded->put(line).ok());
  for (const auto* line :
       {"[\"nonsense\",1]", "[\"runs\",1,\"zz\"]", "[\"runs\"", "[\"tenants\",null,null,0,0]"}) {
    auto server = postgres::open_sink(database).value();
    CAF_CHECK(!server->put(line).ok() || !server->finish().ok());
  }
}

CAF_TEST(a file is read back only when it is whole) {
  session from{opener("a.db")};
  fill(from);
  const auto path = folder.path() / "backup";
  auto source = sqlite::open_source(file("a.db")).value();
  const auto written = write_archive(*source, path, "1.2.3", noon_us).value();
  CAF_CHECK_EQUAL(written.rows.at("runs"), 4u);
  CAF_CHECK(!std::filesystem::exists(folder.path() / "backup.partial"));
  const auto whole = bytes("backup");
  // Nobody writes over one.
  auto again = sqlite::open_source(file("a.db")).value();
  CAF_CHECK(write_archive(*again, path, "1.2.3", noon_us).error().code == ec::conflict);
  CAF_CHECK_EQUAL(bytes("backup"), whole);
  int next = 0;
  const auto refusal = [&](const std::string& name) {
    auto sink = sqlite::open_sink(file("c" + std::to_string(next++) + ".db")).value();
    const auto report = read_archive(folder.path() / name, *sink);
    return report ? ec::none : report.error().code;
  };
  for (const auto part : {0.0, 0.01, 0.5, 0.9, 0.999}) {
    write("cut", whole.substr(0, static_cast<size_t>(static_cast<double>(whole.size()) * part)));
    CAF_CHECK(refusal("cut") == ec::corrupt_data);
  }
  for (size_t at = 0; at < whole.size(); at += 97) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    write("damaged", damaged);
    const auto code = refusal("damaged");
    if (code == ec::none && at > 10) // What gzip itself does not look at is in its header.
      CAF_ERROR("byte " << at << " was not missed");
  }
  write("foreign", "Dear diary, today nothing happened.\n");
  CAF_CHECK(refusal("foreign") == ec::corrupt_data);
  write("newer", "{\"steward\":\"backup\",\"format\":2,\"version\":\"9.0.0\"}\n");
  CAF_CHECK(refusal("newer") == ec::conflict);
  write("short", "{\"steward\":\"backup\",\"format\":1,\"version\":\"1.0.0\"}\n"
                 "[\"tenants\",1,\"a\",0,0]\n{\"end\":{\"tenants\":2}}\n");
  CAF_CHECK(refusal("short") == ec::corrupt_data);
  CAF_CHECK(refusal("missing") == ec::not_found);
  auto sink = sqlite::open_sink(file("d.db")).value();
  const auto read = read_archive(path, *sink).value();
  CAF_CHECK(read.rows == written.rows);
  CAF_CHECK_EQUAL(read.version, "1.2.3");
}

CAF_TEST_FIXTURE_SCOPE_END()
