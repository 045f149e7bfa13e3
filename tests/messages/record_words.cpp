#define CAF_SUITE record_words

#include "messages/record_words.hpp"

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"

using namespace steward;

namespace {

/// "pointer: detail", or "" for what is fine.
std::string wrong(std::string_view json) {
  const auto read = read_record_filter(json);
  return read ? "" : read.error().pointer + ": " + read.error().detail;
}

/// The tree as text.
std::string told(const record_filter& filter) {
  if (filter.what == record_filter::kind::condition) {
    auto text =
        filter.condition.field + " " + std::to_string(static_cast<int>(filter.condition.op));
    for (const auto& v : filter.condition.values) text += " " + workflow::to_json(v);
    return text;
  }
  std::string text{filter.what == record_filter::kind::all   ? "all("
                   : filter.what == record_filter::kind::any ? "any("
                                                             : "none("};
  for (size_t i = 0; i < filter.parts.size(); ++i)
    text += (i == 0 ? "" : ", ") + told(filter.parts[i]);
  return text + ")";
}

std::string read(std::string_view json) {
  const auto filter = read_record_filter(json);
  return filter ? told(*filter) : "wrong: " + filter.error().detail;
}

} // namespace

CAF_TEST(a filter becomes a tree of conditions) {
  CAF_CHECK_EQUAL(read("{}"), "all()");
  CAF_CHECK_EQUAL(read(R"({"status":"open","total":{"gt":10,"le":20.5}})"),
                  R"(all(status 0 "open", total 4 10, total 3 20.5))");
  CAF_CHECK_EQUAL(read(R"({"any":[{"a":1},{"b.c":true}],"not":{"d":{"in":[1,"x"]}}})"),
                  R"(all(any(all(a 0 1), all(b.c 0 true)), none(all(d 6 1 "x"))))");
  CAF_CHECK_EQUAL(read(R"({"all":[{"a":{"prefix":"p"}},{"a":{"contains":1}}]})"),
                  R"(all(all(all(a 7 "p"), all(a 8 1))))");
  CAF_CHECK_EQUAL(read(R"({"a":null,"b":{"ne":null},"c":{"exists":false},"d":{"in":[]}})"),
                  "all(a 10 true, b 10 false, c 9 false, d 6)");
}

CAF_TEST(what is wrong with a filter is said with its place) {
  CAF_CHECK_EQUAL(wrong("[]"), "filter: this is no filter");
  CAF_CHECK(wrong("{\"a\":").starts_with("filter: this is not JSON"));
  CAF_CHECK_EQUAL(wrong(R"({"a":{"like":"x"}})"), "filter/a/like: there is no such operator");
  CAF_CHECK_EQUAL(wrong(R"({"a":{}})"), "filter/a: this says nothing about the field");
  CAF_CHECK_EQUAL(wrong(R"({"any":[]})"), "filter/any: this is no list of filters");
  CAF_CHECK_EQUAL(wrong(R"({"any":[{"a":1},2]})"), "filter/any/1: this is no filter");
  CAF_CHECK_EQUAL(wrong(R"({"not":[{"a":1}]})"), "filter/not: this is no filter");
  const std::string unfit = ": this operator can't be used with this value";
  for (const auto* json : {R"({"a":{"gt":true}})", R"({"a":{"gt":null}})", R"({"a":{"gt":[1]}})"})
    CAF_CHECK_EQUAL(wrong(json), "filter/a/gt" + unfit);
  CAF_CHECK_EQUAL(wrong(R"({"a":{"in":[null]}})"), "filter/a/in" + unfit);
  CAF_CHECK_EQUAL(wrong(R"({"a":{"prefix":1}})"), "filter/a/prefix" + unfit);
  CAF_CHECK_EQUAL(wrong(R"({"a":{"exists":1}})"), "filter/a/exists" + unfit);
  CAF_CHECK_EQUAL(wrong(R"({"a":[1]})"), "filter/a" + unfit);
  CAF_CHECK(wrong("{\"a\":\"\\u0000\"}").starts_with("filter/a: the text has a NUL"));
}

CAF_TEST(only fields of the grammar pass) {
  for (const auto* field : {"a", "_a-1", "a.b.c.d.e", "A"}) CAF_CHECK(is_record_field(field));
  for (const auto* field : {"", "1", "a.0", "a..b", ".a", "a.", "a b", "a'b", "a\"b", "a]b", "$.a",
                            "a,b", "a.b.c.d.e.f", "\xc3\xa4", "a;", "a{b}", "-a"}) {
    CAF_CHECK(!is_record_field(field));
    const auto json = workflow::to_json(workflow::value::object({{field, 1}}));
    CAF_CHECK(wrong(json).find("no field that can be asked for") != std::string::npos);
  }
  CAF_CHECK(!is_record_field(std::string(64, 'a')));
}

CAF_TEST(a filter has bounds) {
  std::string many{"{\"any\":["}, list{"{\"a\":{\"in\":["}, deep;
  for (int i = 0; i < 51; ++i) many += (i == 0 ? "" : ",") + std::string{"{\"a\":1}"};
  for (int i = 0; i < 101; ++i) list += (i == 0 ? "" : ",") + std::to_string(i);
  for (int i = 0; i < 30; ++i) deep += "{\"not\":";
  CAF_CHECK(wrong(many + "]}").find("too many conditions") != std::string::npos);
  CAF_CHECK(wrong(list + "]}}").starts_with("filter/a/in"));
  CAF_CHECK(wrong(deep + "{}" + std::string(30, '}')).find("not JSON") != std::string::npos);
  CAF_CHECK(!wrong("{\"a\":\"" + std::string(20'000, 'x') + "\"}").empty());
}

CAF_TEST(orders are read) {
  CAF_CHECK(read_record_order("").value().empty());
  CAF_CHECK(read_record_order("-total,a.b").value() ==
            (std::vector<record_order>{{"total", true}, {"a.b", false}}));
  for (const auto* text : {",", "a,", "-", "--a", "a b", "a,a", "a,-a", "a,b,c,d,e", "a;b"}) {
    const auto order = read_record_order(text);
    CAF_CHECK(!order.ok());
    if (!order) CAF_CHECK_EQUAL(order.error().pointer, "sort");
  }
}

CAF_TEST(cursors come back for their order only) {
  const std::vector<record_order> order{{"a", true}, {"b", false}};
  const record_cursor at{{workflow::value{2.5}, workflow::value{}}, "id-1"};
  const auto text = write_record_cursor(order, at);
  for (const char c : text)
    CAF_CHECK(std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_');
  const auto read = read_record_cursor(text, order);
  CAF_REQUIRE(read.ok());
  CAF_CHECK_EQUAL(read->id, "id-1");
  CAF_CHECK(read->values == at.values);
  CAF_CHECK(!read_record_cursor(text, {{"a", false}, {"b", false}}).ok());
  CAF_CHECK(!read_record_cursor(text, {}).ok());
  for (const auto* bad : {"", "x", "!!", "W10", "WzEsMiwzXQ"})
    CAF_CHECK(!read_record_cursor(bad, order).ok());
}

CAF_TEST(ids and names have grammars) {
  for (const auto* id : {"a", "A-1_b.c~d:e@f", "0"}) CAF_CHECK(is_record_id(id));
  for (const auto* id : {"", "a b", "a/b", "a'b", "\xc3\xa4", "a\n"}) CAF_CHECK(!is_record_id(id));
  CAF_CHECK(!is_record_id(std::string(129, 'a')));
  for (const auto* name : {"a", "orders_2"}) CAF_CHECK(is_collection_name(name));
  for (const auto* name : {"", "Orders", "2a", "_a", "a-b", "a.b", "a\"b"})
    CAF_CHECK(!is_collection_name(name));
  CAF_CHECK(!is_collection_name(std::string(41, 'a')));
}
