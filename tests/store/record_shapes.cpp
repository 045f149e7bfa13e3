#define CAF_SUITE record_shapes

#include "store/record_shapes.hpp"

#include "caf/test/dsl.hpp"
#include "store/postgres/archive.hpp"
#include "store/postgres/record_dialect.hpp"
#include "store/postgres/session.hpp"
#include "store/sqlite/archive.hpp"
#include "store/sqlite/engine.hpp"
#include "store/sqlite/record_dialect.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/record_samples.hpp"

#include <set>

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;
using workflow::value;

namespace {

using kind = batch_result::kind;
using why = record_refusal;
using indexes = std::vector<record_index>;

const indexes orders_have{{"by_status", {"status", "total"}, false, 0},
                          {"code", {"code"}, true, 0}};
/// The same without the names, the other way round.
const indexes bills_have{{"number", {"code"}, true, 0}, {"open", {"status", "total"}, false, 0}};
const indexes others_have{{"by_total", {"total"}, false, 0}};

record_filter is(std::string field, record_op op, value v) {
  return {record_filter::kind::condition, {}, {std::move(field), op, {std::move(v)}}};
}

/// The open ones by their total.
record_query open_orders(const std::string& collection) {
  record_query query;
  query.collection = collection;
  query.filter = is("status", record_op::eq, value{"open"});
  query.order = {{"total", false}};
  return query;
}

std::string order(int code, int total) {
  return R"({"status":"open","code":)" + std::to_string(code) + R"(,"total":)" +
         std::to_string(total) + "}";
}

/// A store under test, and what is seen of it from beside it.
class store_beside {
public:
  virtual ~store_beside() = default;
  virtual open_engine opener() = 0;
  virtual result<std::unique_ptr<row_source>> source() = 0;
  virtual result<std::unique_ptr<row_sink>> sink() = 0;
  /// Of the table of records, in order.
  virtual std::vector<std::string> database_indexes() = 0;
  /// How the range of the question is answered, as the reader asks it.
  virtual std::string plan(const record_place& place, const record_query& query, size_t range) = 0;
  virtual int64_t number(const std::string& sql) = 0;
  virtual std::string table(const std::string& name) = 0;
  virtual bool has_view(const std::string& name) = 0;

  record_place place(const tenant_id& tenant, const std::string& collection) {
    const auto of = " FROM " + table("collections") + " WHERE tenant = (SELECT id FROM " +
                    table("tenants") + " WHERE name = '" + tenant + "') AND name = '" + collection +
                    "'";
    return {number("SELECT id" + of), number("SELECT shape" + of)};
  }
};

class sqlite_beside final : public store_beside {
public:
  open_engine opener() override {
    return [file = file_] { return sqlite::open({file, false}).value(); };
  }
  result<std::unique_ptr<row_source>> source() override {
    return sqlite::open_source({file_, false});
  }
  result<std::unique_ptr<row_sink>> sink() override { return sqlite::open_sink({file_, false}); }
  std::vector<std::string> database_indexes() override {
    sqlite::connection db{file_, sqlite::connection::access::reading};
    sqlite::statement query{db, "SELECT name FROM sqlite_master WHERE tbl_name = 'records'"
                                " AND type = 'index' AND sql IS NOT NULL ORDER BY name"};
    std::vector<std::string> names;
    for (auto row = query.run(); row.next();) names.push_back(row.string(0));
    return names;
  }
  std::string plan(const record_place& place, const record_query& query, size_t range) override {
    if (!db_) db_.emplace(file_, sqlite::connection::access::reading);
    sqlite::record_dialect dialect;
    const auto select = sqlite::select_sql(place, query, range, 50, dialect);
    sqlite::statement explain{*db_, "EXPLAIN QUERY PLAN " + select};
    std::string steps;
    auto row = explain.run_list(dialect.parameters());
    while (row.next()) steps += row.string(3) + "\n";
    return steps;
  }
  int64_t number(const std::string& sql) override {
    if (!db_) db_.emplace(file_, sqlite::connection::access::reading);
    return db_->number(sql);
  }
  std::string table(const std::string& name) override { return name; }
  bool has_view(const std::string& name) override {
    return number("SELECT count(*) FROM sqlite_master WHERE type = 'view' AND name = '" + name +
                  "'") == 1;
  }

private:
  scratch_folder folder_;
  std::filesystem::path file_ = folder_.path() / "steward.db";
  std::optional<sqlite::connection> db_;
};

class postgres_beside final : public store_beside {
public:
  open_engine opener() override { return postgres_opener(database_); }
  result<std::unique_ptr<row_source>> source() override { return postgres::open_source(options()); }
  result<std::unique_ptr<row_sink>> sink() override { return postgres::open_sink(options()); }
  std::vector<std::string> database_indexes() override {
    std::vector<std::string> names;
    for (const auto row : as("*").execute("SELECT indexname FROM pg_indexes WHERE tablename ="
                                          " 'records' AND indexname <> 'records_pkey' ORDER BY 1"))
      names.push_back(row.string(0));
    return names;
  }
  std::string plan(const record_place& place, const record_query& query, size_t range) override {
    auto& db = as("1");
    postgres::record_dialect dialect;
    const auto select = postgres::select_sql(place, query, range, 50, dialect);
    // As it is run: planned without its values.
    std::string values;
    for (size_t i = 0; i < dialect.values().values().size(); ++i)
      values += i == 0 ? "(NULL" : ", NULL";
    db.execute("PREPARE looked_at AS " + select);
    std::string steps;
    for (const auto row : db.execute("EXPLAIN (COSTS OFF) EXECUTE looked_at" + values + ")"))
      steps += row.string(0) + "\n";
    db.execute("DEALLOCATE looked_at");
    return steps;
  }
  int64_t number(const std::string& sql) override { return as("*").execute(sql)[0].integer(0); }
  std::string table(const std::string& name) override { return "steward." + name; }
  bool has_view(const std::string& name) override {
    return number("SELECT count(*) FROM pg_views WHERE viewname = '" + name + "'") == 1;
  }
  void analyze() { as("*").execute("ANALYZE steward.records"); }

private:
  postgres::options options() const { return {.url = postgres_server::shared().url(database_)}; }
  postgres::connection& as(const std::string& tenant) {
    if (!db_) db_ = postgres::connect({.url = postgres_server::shared().url(database_)}, "beside");
    db_->execute("SET steward.tenant = '" + tenant + "'");
    return *db_;
  }
  std::string database_ = postgres_server::shared().make_database();
  std::unique_ptr<postgres::connection> db_;
};

bool sorts(const std::string& plan) {
  return plan.find("TEMP B-TREE") != plan.npos || plan.find("Sort") != plan.npos;
}

void must_commit(const batch_result& result) {
  if (result.what != kind::committed) CAF_FAIL(result.reason);
}

std::vector<std::string> found(session& s, const tenant_id& tenant, const record_query& query) {
  const auto rows = s.read().find_records(tenant, query);
  if (!rows) CAF_FAIL(rows.error().reason);
  std::vector<std::string> ids;
  for (const auto& row : *rows) ids.push_back(row.id);
  return ids;
}

const std::vector<std::string> one_shape{"records_shape_1_1", "records_shape_1_1_unique",
                                         "records_shape_1_2"};

std::string tenant_of(int i) { return "t" + std::to_string(i); }
std::string name_of(int i) { return i % 2 == 0 ? "orders" : "bills"; }

/// `count` tenants with a collection each, and three records in it.
void fill(session& s, int count) {
  for (int from = 0; from < count; from += 100) {
    std::vector<write_batch> group, records;
    for (int i = from; i < std::min(count, from + 100); ++i) {
      group.push_back(
          batch(tenant_of(i), {collection(name_of(i), i % 2 == 0 ? orders_have : bills_have)}));
      records.push_back(batch(tenant_of(i), {record(name_of(i), "c", order(1, 30)),
                                             record(name_of(i), "b", order(2, 20 + i)),
                                             record(name_of(i), "a", order(3, 10))}));
    }
    for (const auto& result : s.commit(group).results) must_commit(result);
    for (const auto& result : s.commit(records).results) must_commit(result);
  }
}

std::vector<std::string> expected(int i) {
  return i <= 10 ? std::vector<std::string>{"a", "b", "c"}
                 : std::vector<std::string>{"a", "c", "b"};
}

void check_plan(store_beside& beside, const record_place& place, const record_query& query) {
  for (size_t range = 0; range < count_ranges(query); ++range) {
    const auto plan = beside.plan(place, query, range);
    if (plan.find("records_shape_" + std::to_string(place.shape) + "_") == plan.npos || sorts(plan))
      CAF_ERROR("it is planned as\n" << plan);
  }
}

void many_collections_share(store_beside& beside) {
  constexpr int many = 2'000;
  session s{beside.opener()};
  fill(s, many);
  CAF_CHECK(beside.database_indexes() == one_shape);
  s.reopen();
  auto next_page = open_orders("orders");
  next_page.after = record_cursor{{value{10}}, "a"};
  for (int i = 0; i < many; i += i < 20 ? 1 : 19) {
    const auto place = beside.place(tenant_of(i), name_of(i));
    CAF_CHECK_EQUAL(place.shape, 1);
    check_plan(beside, place, open_orders(name_of(i)));
    check_plan(beside, place, next_page);
    CAF_CHECK(found(s, tenant_of(i), open_orders(name_of(i))) == expected(i));
    // Unique in the collection, and only there: all others have the same codes.
    CAF_CHECK(s.commit_one(tenant_of(i), {record(name_of(i), "d", order(3, 1))}).refusal ==
              why::not_unique);
  }
  // One changes its mind; the others are none the worse.
  must_commit(s.commit_one("t8", {collection("orders", others_have)}));
  must_commit(s.commit_one("t10", {collection("orders")}));
  CAF_CHECK_EQUAL(beside.database_indexes().size(), 4u);
  must_commit(s.commit_one("t8", {record("orders", "d", order(3, 1))}));
  must_commit(s.commit_one("t10", {record("orders", "d", order(3, 1))}));
  CAF_CHECK(found(s, "t8", open_orders("orders")) ==
            (std::vector<std::string>{"d", "a", "b", "c"}));
  CAF_CHECK(found(s, "t10", open_orders("orders")) ==
            (std::vector<std::string>{"d", "a", "b", "c"}));
  for (const int i : {6, 7, 9, 11, 1999}) {
    check_plan(beside, beside.place(tenant_of(i), name_of(i)), open_orders(name_of(i)));
    CAF_CHECK(found(s, tenant_of(i), open_orders(name_of(i))) == expected(i));
    CAF_CHECK(s.commit_one(tenant_of(i), {record(name_of(i), "d", order(3, 1))}).refusal ==
              why::not_unique);
  }
  record_query by_total;
  by_total.collection = "orders";
  by_total.order = {{"total", true}};
  check_plan(beside, beside.place("t8", "orders"), by_total);
  // Neither may come back: they have two records with one code now.
  for (const auto* tenant : {"t8", "t10"}) {
    CAF_CHECK(s.commit_one(tenant, {collection("orders", orders_have)}).refusal == why::not_unique);
    CAF_CHECK_EQUAL(found(s, tenant, open_orders("orders")).size(), 4u);
    must_commit(s.commit_one(tenant, {delete_record{"orders", "d", noon_us, {}}}));
    must_commit(s.commit_one(tenant, {collection("orders", orders_have)}));
  }
  CAF_CHECK(beside.database_indexes() == one_shape);
  CAF_CHECK(found(s, "t8", open_orders("orders")) == expected(8));
  CAF_CHECK_EQUAL(
      beside.number("SELECT count(*) FROM " + beside.table("records") + " WHERE shape <> 1"), 0);
  CAF_CHECK_EQUAL(beside.number("SELECT collections FROM " + beside.table("record_shapes")), many);
}

void the_last_one_takes_its_indexes_along(store_beside& beside) {
  session s{beside.opener()};
  fill(s, 2);
  must_commit(s.commit_one("t1", {collection("more", others_have)}));
  for (const auto* id : {"a", "b", "c"}) {
    must_commit(s.commit_one("t0", {delete_record{"orders", id, noon_us, {}}}));
    must_commit(s.commit_one("t1", {delete_record{"bills", id, noon_us, {}}}));
  }
  must_commit(s.commit_one("t0", {drop_collection{"orders"}}));
  CAF_CHECK_EQUAL(beside.database_indexes().size(), 4u);
  must_commit(s.commit_one("t1", {drop_collection{"bills"}}));
  CAF_CHECK(beside.database_indexes() == (std::vector<std::string>{"records_shape_2_1"}));
  // Its number is free again, and several changes in one batch see each other.
  must_commit(s.commit_one("t1", {collection("bills", bills_have), drop_collection{"bills"},
                                  collection("bills", orders_have), drop_collection{"more"},
                                  record("bills", "a", order(1, 1))}));
  CAF_CHECK(beside.database_indexes() == one_shape);
  // What is refused has changed no shape.
  const auto refused =
      s.commit_one("t1", {collection("bills", others_have), drop_collection{"no"}});
  CAF_CHECK(refused.refusal == why::no_collection);
  CAF_CHECK(beside.database_indexes() == one_shape);
  CAF_CHECK(s.commit_one("t1", {record("bills", "b", order(1, 1))}).refusal == why::not_unique);
  must_commit(s.commit_one("t1", {collection("bills", orders_have)}));
  CAF_CHECK_EQUAL(beside.number("SELECT collections FROM " + beside.table("record_shapes")), 1);
}

/// A shape that nobody shares changes in place: what stays is not built again, no record is
/// written.
void a_shape_of_one_changes_in_place(store_beside& beside) {
  session s{beside.opener()};
  fill(s, 1);
  auto wanted = orders_have;
  wanted.push_back({"by_total", {"total"}, false, 0});
  wanted.push_back({"by_total_again", {"total"}, false, 0}); // The same, which is built once.
  must_commit(s.commit_one("t0", {collection("orders", wanted)}));
  auto now = one_shape;
  now.emplace_back("records_shape_1_3");
  CAF_CHECK(beside.database_indexes() == now);
  wanted.erase(wanted.begin());
  must_commit(s.commit_one("t0", {collection("orders", wanted)}));
  now.erase(now.begin() + 2);
  CAF_CHECK(beside.database_indexes() == now);
  CAF_CHECK(s.commit_one("t0", {record("orders", "d", order(3, 1))}).refusal == why::not_unique);
  must_commit(s.commit_one("t0", {collection("orders")}));
  CAF_CHECK(beside.database_indexes().empty());
  must_commit(s.commit_one("t0", {record("orders", "d", order(3, 1))}));
  CAF_CHECK_EQUAL(found(s, "t0", open_orders("orders")).size(), 4u);
}

/// A question that no index helps with is not shown any: it walks along the ids.
void a_list_goes_by_id(store_beside& beside) {
  session s{beside.opener()};
  fill(s, 3);
  const auto place = beside.place("t2", "orders");
  record_query all;
  all.collection = "orders";
  all.filter = is("total", record_op::gt, value{0});
  CAF_CHECK(!may_serve(orders_have, all));
  CAF_CHECK(may_serve(orders_have, open_orders("orders")));
  const auto plan = beside.plan({place.collection, 0}, all, 0);
  if (plan.find("records_shape") != plan.npos || sorts(plan))
    CAF_ERROR("it is planned as\n" << plan);
  CAF_CHECK(found(s, "t2", all) == (std::vector<std::string>{"a", "b", "c"}));
}

/// A backup says nothing of shapes, as those say nothing that were made before there were any.
void a_backup_gets_shapes(store_beside& from, store_beside& to) {
  {
    session s{from.opener()};
    fill(s, 3);
    must_commit(s.commit_one("t2", {collection("plain"), collection("more", others_have)}));
    must_commit(s.commit_one("t2", {record("plain", "a", order(1, 1))}));
    must_commit(s.commit_one("t2", {record("more", "a", order(1, 1))}));
  }
  {
    auto source = from.source().value();
    auto sink = to.sink().value();
    for (std::string line; source->next(line).value();) CAF_REQUIRE(sink->put(line).ok());
    CAF_REQUIRE(sink->finish().ok());
  }
  session s{to.opener()};
  auto all = one_shape;
  all.emplace_back("records_shape_2_1");
  CAF_CHECK(to.database_indexes() == all);
  for (int i = 0; i < 3; ++i) {
    check_plan(to, to.place(tenant_of(i), name_of(i)), open_orders(name_of(i)));
    CAF_CHECK(found(s, tenant_of(i), open_orders(name_of(i))) == expected(i));
    CAF_CHECK(s.commit_one(tenant_of(i), {record(name_of(i), "d", order(3, 1))}).refusal ==
              why::not_unique);
  }
  CAF_CHECK_EQUAL(to.place("t2", "more").shape, 2);
  CAF_CHECK_EQUAL(to.place("t2", "plain").shape, 0);
  CAF_CHECK_EQUAL(to.number("SELECT count(*) FROM " + to.table("records") + " WHERE shape = 1"), 9);
  CAF_CHECK_EQUAL(
      to.number("SELECT collections FROM " + to.table("record_shapes") + " WHERE id = 1"), 3);
  // And goes on from there.
  must_commit(s.commit_one("t2", {delete_record{"more", "a", noon_us, {}}, collection("other")}));
  must_commit(s.commit_one("t2", {drop_collection{"more"}}));
  CAF_CHECK(to.database_indexes() == one_shape);
}

/// Each view costs: the first collections have one.
void a_view_for_the_first_ones(store_beside& beside) {
  session s{beside.opener()};
  std::vector<write_op> ops;
  for (int i = 0; i < record_views_most + 2; ++i)
    ops.emplace_back(collection("c" + std::to_string(i)));
  must_commit(s.commit_one("acme", std::move(ops)));
  const auto view = [&](const std::string& of) {
    return "records_" + std::to_string(beside.place("acme", of).collection) + "_" + of;
  };
  const auto last = view("c999"), next = view("c1000");
  CAF_CHECK(beside.has_view(last) && !beside.has_view(next));
  auto changed = collection("c999");
  changed.columns = {"total"};
  must_commit(s.commit_one("acme", {changed, collection("c1000")}));
  CAF_CHECK(beside.has_view(last) && !beside.has_view(next));
  must_commit(s.commit_one("acme", {drop_collection{"c1001"}, drop_collection{"c0"}}));
  must_commit(s.commit_one("acme", {collection("c1000")}));
  CAF_CHECK(beside.has_view(next));
}

template <class Check>
void both(Check check) {
  sqlite_beside embedded;
  check(embedded);
  postgres_beside server;
  check(server);
}

} // namespace

CAF_TEST(collections that declare alike have one shape) {
  record_shapes shapes;
  const auto first = std::get<shape_change>(shapes.change(0, orders_have));
  CAF_CHECK_EQUAL(first.shape, 1);
  CAF_CHECK(first.moves);
  CAF_CHECK_EQUAL(first.create.size(), 2u);
  const auto second = std::get<shape_change>(shapes.change(0, bills_have));
  CAF_CHECK_EQUAL(second.shape, 1);
  CAF_CHECK(second.create.empty());
  CAF_CHECK_EQUAL(shapes.find(1)->collections, 2);
  const auto same = std::get<shape_change>(shapes.change(1, bills_have));
  CAF_CHECK(!same.moves && same.changed.empty());
  const auto away = std::get<shape_change>(shapes.change(1, others_have));
  CAF_CHECK_EQUAL(away.shape, 2);
  CAF_CHECK(away.moves && away.drop.empty());
  const auto back = std::get<shape_change>(shapes.change(2, orders_have));
  CAF_CHECK_EQUAL(back.shape, 1);
  CAF_CHECK_EQUAL(back.drop.size(), 1u);
  CAF_CHECK(!shapes.find(2));
  const auto gone = std::get<shape_change>(shapes.change(1, {}));
  CAF_CHECK(gone.shape == 0 && gone.moves && gone.drop.empty());
  CAF_CHECK(!std::get<shape_change>(shapes.change(0, {})).moves);
}

CAF_TEST(fields in another order and another uniqueness are another shape) {
  record_shapes shapes;
  std::set<int64_t> numbers;
  for (const auto& declared :
       {indexes{{"a", {"x", "y"}, false, 0}}, indexes{{"a", {"y", "x"}, false, 0}},
        indexes{{"a", {"x", "y"}, true, 0}}, indexes{{"a", {"x"}, false, 0}},
        indexes{{"a", {"x"}, false, 0}, {"b", {"y"}, false, 0}}})
    numbers.insert(std::get<shape_change>(shapes.change(0, declared)).shape);
  CAF_CHECK_EQUAL(numbers.size(), 5u);
}

CAF_TEST(the embedded store shares the indexes of 2000 collections) {
  sqlite_beside embedded;
  many_collections_share(embedded);
}

CAF_TEST(PostgreSQL shares the indexes of 2000 collections) {
  postgres_beside server;
  many_collections_share(server);
  server.analyze(); // Whatever it knows of the table.
  for (const int i : {0, 1, 1999})
    check_plan(server, server.place(tenant_of(i), name_of(i)), open_orders(name_of(i)));
}

CAF_TEST(a collection that goes leaves its view to another) { both(a_view_for_the_first_ones); }

CAF_TEST(the last collection of a shape takes its indexes along) {
  both(the_last_one_takes_its_indexes_along);
}

CAF_TEST(a shape of one collection changes in place) { both(a_shape_of_one_changes_in_place); }

CAF_TEST(a list without an index goes by id) { both(a_list_goes_by_id); }

CAF_TEST(a backup gets shapes when it is restored) {
  sqlite_beside embedded, restored;
  a_backup_gets_shapes(embedded, restored);
  postgres_beside server, again;
  a_backup_gets_shapes(server, again);
}
