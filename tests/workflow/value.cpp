#define CAF_SUITE workflow_value

#include "workflow/value.hpp"

#include "caf/test/dsl.hpp"

#include <thread>

using namespace steward::workflow;

namespace {

template <class Exception, class F>
bool throws(F f) {
  try {
    f();
  } catch (const Exception&) {
    return true;
  }
  return false;
}

} // namespace

CAF_TEST(a value knows its kind and content) {
  CAF_CHECK(value{}.is_null());
  CAF_CHECK_EQUAL(value(true).as_bool(), true);
  CAF_CHECK_EQUAL(value(7).as_int(), 7);
  CAF_CHECK_EQUAL(value(2.5).as_double(), 2.5);
  CAF_CHECK(!value(uint64_t{1} << 63).is_int());
  auto brief = value("fourteen bytes"), extended = value("fifteen bytes..");
  CAF_CHECK_EQUAL(brief.as_string(), "fourteen bytes");
  CAF_CHECK_EQUAL(extended.as_string(), "fifteen bytes..");
  CAF_CHECK(throws<std::logic_error>([&] { (void)brief.as_int(); }));
  CAF_CHECK_EQUAL(sizeof(value), 16u);
}

CAF_TEST(equality ignores the order of members and the form of numbers) {
  auto a = value::object({{"x", 1}, {"y", value::array({1, "two"})}});
  auto b = value::object({{"y", value::array({1.0, "two"})}, {"x", 1.0}});
  CAF_CHECK(a == b);
  CAF_CHECK(!(a == value::object({{"x", 1}})));
  // No double tells these two from each other.
  CAF_CHECK(!(value(int64_t{9007199254740993}) == value(9007199254740992.0)));
}

CAF_TEST(of two members with one key the later wins in the place of the earlier) {
  auto small = value::object({{"a", 1}, {"b", 2}, {"a", 3}});
  CAF_CHECK_EQUAL(small.size(), 2u);
  CAF_CHECK_EQUAL(small.members()[0].item.as_int(), 3);
  auto members = std::vector<member>{};
  for (auto i = 0; i < 100; ++i) members.emplace_back(value("key" + std::to_string(i % 50)), i);
  auto large = value::object(std::move(members));
  CAF_CHECK_EQUAL(large.size(), 50u);
  CAF_CHECK_EQUAL(large.find("key7")->as_int(), 57);
  CAF_CHECK_EQUAL(large.members()[7].key.as_string(), "key7");
}

CAF_TEST(a change is seen by its own handle only) {
  auto original = value::object({{"list", value::array({1, 2})}});
  auto copy = original;
  copy.set("list", 3);
  copy.set("more", true);
  CAF_CHECK_EQUAL(original.size(), 1u);
  CAF_CHECK_EQUAL(original.find("list")->size(), 2u);
  auto list = original.get("list");
  list.push_back(3);
  list.set_item(0, "one");
  CAF_CHECK_EQUAL(original.find("list")->items()[0].as_int(), 1);
  CAF_CHECK_EQUAL(list.size(), 3u);
  copy.erase("list");
  CAF_CHECK(copy.find("list") == nullptr);
}

CAF_TEST(building in a loop is linear) {
  auto object = value::empty_object();
  auto array = value::empty_array();
  for (auto i = 0; i < 100'000; ++i) {
    object.set("a rather long key " + std::to_string(i), i);
    array.push_back(i);
  }
  CAF_CHECK_EQUAL(object.size(), 100'000u);
  CAF_CHECK_EQUAL(object.find("a rather long key 99999")->as_int(), 99'999);
  CAF_CHECK_EQUAL(array.items()[99'999].as_int(), 99'999);
}

CAF_TEST(depth is counted and bounded) {
  auto nest = value::empty_array();
  CAF_CHECK_EQUAL(value(1).depth(), 0u);
  while (nest.depth() < value::max_depth) nest = value::array({nest});
  CAF_CHECK(throws<depth_exceeded>([&] { (void)value::array({nest}); }));
  CAF_CHECK(throws<depth_exceeded>([&] { (void)value::object({{"deep", nest}}); }));
  auto other = value::empty_array();
  CAF_CHECK(throws<depth_exceeded>([&] { other.push_back(nest); }));
  CAF_CHECK_EQUAL(other.size(), 0u);
  auto same = nest;
  CAF_CHECK(same == nest);
}

CAF_TEST(what became shallow may be nested again) {
  auto v = value::empty_array();
  for (auto i = 0; i < 20'000; ++i) {
    v = value::array({v});
    v.set_item(0, 0);
  }
  CAF_CHECK(v.depth() < 100u);
}

CAF_TEST(a shared part weighs each time it appears) {
  auto v = value("0123456789");
  for (auto i = 0; i < 80; ++i) v = value::array({v, v});
  CAF_CHECK_EQUAL(v.weight(), uint64_t{1} << 62);
  auto list = value::array({"abc"});
  auto before = list.weight();
  list.push_back("abcdef");
  list.set_item(1, 1);
  list.set_item(1, "abcdef");
  CAF_CHECK_EQUAL(list.weight(), before + value("abcdef").weight() + 1);
}

CAF_TEST(a spent budget ends the building) {
  auto budget = allocation_budget(10'000);
  auto list = value::empty_array();
  CAF_CHECK(throws<budget_exceeded>([&] {
    for (;;) list.push_back("a text that does not fit into the value itself");
  }));
  CAF_CHECK(budget.used() <= 10'000u);
  CAF_CHECK(list.size() > 10u);
  {
    auto inner = allocation_budget(100'000);
    list.push_back("another text that lies on the heap");
    CAF_CHECK(inner.used() > 0u);
  }
}

CAF_TEST(copies on several threads share one content safely) {
  auto shared = value::object({{"items", value::array({1, 2, 3, "a text that lies on the heap"})}});
  auto threads = std::vector<std::thread>{};
  for (auto t = 0; t < 4; ++t)
    threads.emplace_back([shared] {
      for (auto i = 0; i < 20'000; ++i) {
        auto mine = shared;
        mine.set("mine", i);
        auto items = mine.get("items");
        items.push_back(i);
      }
    });
  for (auto& t : threads) t.join();
  CAF_CHECK_EQUAL(shared.size(), 1u);
  CAF_CHECK_EQUAL(shared.find("items")->size(), 4u);
}
