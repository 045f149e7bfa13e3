#define CAF_SUITE record_sql

#include "store/record_sql.hpp"

#include "caf/test/dsl.hpp"
#include "store/postgres/record_dialect.hpp"
#include "store/record_matching.hpp"
#include "store/record_rules.hpp"
#include "store/sqlite/record_dialect.hpp"
#include "tests/store/record_samples.hpp"

using namespace steward;
using namespace steward::store;
using workflow::value;

CAF_TEST(names and texts stay inside their quotes) {
  CAF_CHECK_EQUAL(quoted_name("a\"; DROP TABLE x; --"), "\"a\"\"; DROP TABLE x; --\"");
  CAF_CHECK_EQUAL(quoted_name(""), "\"\"");
  CAF_CHECK_EQUAL(quoted_text("it's '"), "'it''s '''");
}

CAF_TEST(only what every engine can take becomes a column) {
  CAF_CHECK(view_columns({"a", "a\"b", "it's", "back\\slash", "", "x\n", std::string("n\0l", 3),
                          std::string(64, 'x'), "_ID", "Total", "TOTAL", "\xff",
                          "gr\xc3\xb6\xc3\x9f"
                          "e",
                          "; --"}) == (std::vector<std::string>{"a", "Total",
                                                                "gr\xc3\xb6\xc3\x9f"
                                                                "e",
                                                                "; --"}));
  CAF_CHECK(view_columns(std::vector<std::string>{}).size() == 0u);
}

CAF_TEST(no value and no field gets into the SQL but by the grammar) {
  tests::record_dice dice{3};
  for (int i = 0; i < 500; ++i) {
    const auto query = dice.query("things");
    sqlite::record_dialect embedded;
    postgres::record_dialect server;
    for (store::record_dialect* dialect : {static_cast<store::record_dialect*>(&embedded),
                                           static_cast<store::record_dialect*>(&server)}) {
      const auto sql = to_sql(query.filter, *dialect) + order_sql(query, 0, *dialect);
      for (const auto* of_a_value : {"aa", "ab", "quoted", "\xc3\xa4", "9007199254740993"})
        CAF_CHECK(sql.find(of_a_value) == std::string::npos);
    }
  }
}

CAF_TEST(what follows a prefix is the next text that does not have it) {
  CAF_CHECK(after_prefix("ab").value() == "ac");
  CAF_CHECK(after_prefix("a\x7f").value() == "a\xc2\x80");
  CAF_CHECK(after_prefix("\xdf\xbf").value() == "\xe0\xa0\x80");
  CAF_CHECK(after_prefix("\xed\x9f\xbf").value() == "\xee\x80\x80"); // past the surrogates
  CAF_CHECK(after_prefix("\xef\xbf\xbf").value() == "\xf0\x90\x80\x80");
  CAF_CHECK(after_prefix("a\xf4\x8f\xbf\xbf").value() == "b");
  CAF_CHECK(!after_prefix("\xf4\x8f\xbf\xbf"));
  CAF_CHECK(!after_prefix(""));
}

CAF_TEST(an index that stays as it was keeps its number) {
  std::vector<record_index> after{{"new", {"c"}, false, 9}, {"renamed", {"a"}, false, 0}};
  const auto changes = plan_indexes({{"one", {"a"}, false, 1}, {"two", {"b"}, true, 2}}, after);
  CAF_CHECK_EQUAL(after[1].number, 1u);
  CAF_CHECK_EQUAL(after[0].number, 3u); // not that of one that goes
  CAF_CHECK(changes.drop == (std::vector<record_index>{{"two", {"b"}, true, 2}}));
  CAF_CHECK(changes.create == (std::vector<record_index>{{"new", {"c"}, false, 3}}));
  std::vector<record_index> twice{{"x", {"a"}, false, 0}, {"y", {"a"}, false, 0}};
  const auto doubled = plan_indexes({{"one", {"a"}, false, 1}}, twice);
  CAF_CHECK_EQUAL(doubled.create.size(), 1u);
  CAF_CHECK(twice[0].number != twice[1].number);
}

CAF_TEST(indexes come back from their text) {
  const std::vector<record_index> all{{"by \"name\"", {"a", "b.c"}, true, 7},
                                      {"n", {"d"}, false, 1}};
  CAF_CHECK(decode_indexes(encode_indexes(all)).value() == all);
  for (const auto* text : {"", "{}", "[1]", R"([{"name":"x"}])",
                           R"([{"name":"x","fields":["a'b"],"unique":true,"number":1}])"})
    CAF_CHECK(!decode_indexes(text));
}

CAF_TEST(a cursor with two fields is three ranges) {
  record_query query;
  query.order = {{"a", false}, {"b", true}};
  CAF_CHECK_EQUAL(count_ranges(query), 1u);
  query.after = record_cursor{{value{"x"}, value{2}}, "id"};
  CAF_CHECK_EQUAL(count_ranges(query), 3u);
  postgres::record_dialect d;
  const auto a = d.key("a"), b = d.key("b");
  CAF_CHECK_EQUAL(range_sql(query, 0, d),
                  "(" + a + " = steward.sort_key($1::text::jsonb) AND " + b +
                      " = steward.sort_key($2::text::jsonb) AND id < $3::text)");
  CAF_CHECK_EQUAL(range_sql(query, 1, d), "(" + a + " = steward.sort_key($4::text::jsonb) AND " +
                                              b + " < steward.sort_key($5::text::jsonb))");
  CAF_CHECK_EQUAL(range_sql(query, 2, d), "(" + a + " > steward.sort_key($6::text::jsonb))");
  CAF_CHECK_EQUAL(order_sql(query, 2, d), a + ", " + b + " DESC, id DESC");
  CAF_CHECK_EQUAL(order_sql(query, 1, d), b + " DESC, id DESC");
  CAF_CHECK_EQUAL(order_sql(query, 0, d), "id DESC");
}

CAF_TEST(values have one order) {
  const std::vector<value> sorted{value{-1e300},
                                  value{-3},
                                  value{0.1},
                                  value{int64_t{9007199254740992}},
                                  value{int64_t{9007199254740993}},
                                  value{1e300},
                                  value{""},
                                  value{"B"},
                                  value{"a"},
                                  value{"\xc3\xa4"},
                                  value{false},
                                  value{true},
                                  value{}};
  for (size_t i = 0; i < sorted.size(); ++i)
    for (size_t j = 0; j < sorted.size(); ++j)
      CAF_CHECK(compare_record_values(&sorted[i], &sorted[j]) == (i <=> j));
  const value two{2}, also{2.0}, list = value::array({1}), none{};
  CAF_CHECK(compare_record_values(&two, &also) == 0);
  CAF_CHECK(compare_record_values(&list, &none) == 0);
  CAF_CHECK(compare_record_values(nullptr, &none) == 0);
  const value past{int64_t{9007199254740993}}, rounded{9007199254740992.0};
  CAF_CHECK(compare_record_values(&past, &rounded) > 0);
  CAF_CHECK(compare_record_values(&rounded, &past) < 0);
}
