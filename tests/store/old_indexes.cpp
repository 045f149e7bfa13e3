#include "tests/store/old_indexes.hpp"

#include "caf/test/dsl.hpp"
#include "tests/store/record_samples.hpp"

namespace steward::store::tests {

const char* const old_indexes = R"([{"name":"t","fields":["total"],"unique":false,"number":1},)"
                                R"({"name":"c","fields":["code"],"unique":true,"number":2}])";

void check_shapes_of_old_store(session& s) {
  const std::pair<tenant_id, std::string> indexed[] = {{"acme", "orders1"}, {"zeta", "orders2"}};
  for (int times = 0; times < 2; ++times, s.reopen())
    for (const auto& [tenant, name] : indexed) {
      record_query query;
      query.collection = name;
      query.filter = {
          record_filter::kind::condition, {}, {"total", record_op::eq, {workflow::value{7}}}};
      CAF_CHECK_EQUAL(s.read().find_records(tenant, query).value().size(), 2u);
      CAF_CHECK_EQUAL(s.read().find_collection(tenant, name).value()->indexes.size(), 2u);
      CAF_CHECK(s.commit_one(tenant, {record(name, "c", R"({"code":"a"})")}).refusal ==
                record_refusal::not_unique);
    }
  CAF_CHECK(s.commit_one("zeta", {record("orders3", "c", R"({"code":"a"})")}).what ==
            batch_result::kind::committed);
  s.commit_one("zeta", {delete_record{"orders3", "c", noon_us, {}}});
}

} // namespace steward::store::tests
