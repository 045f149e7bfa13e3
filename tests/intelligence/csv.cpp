#define CAF_SUITE csv

#include "intelligence/accuracy/csv.hpp"

#include "caf/test/dsl.hpp"
#include "intelligence/accuracy/measure.hpp"
#include "intelligence/accuracy/noshow_set.hpp"
#include "intelligence/accuracy/visits_set.hpp"

#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

using namespace steward::intelligence::accuracy;

namespace {

csv_table table(std::string_view text) {
  auto read = csv_table::parse(text);
  if (!read) CAF_FAIL(read.error());
  return *read;
}

std::string refusal(std::string_view text) {
  auto read = csv_table::parse(text);
  return read ? "" : read.error();
}

/// A directory of its own, gone at the end.
struct directory {
  std::filesystem::path path;

  explicit directory(const std::string& name)
      : path(std::filesystem::temp_directory_path() /
             ("steward-accuracy-" + name + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path / "appointments");
    std::filesystem::create_directories(path / "customers");
  }
  ~directory() { std::filesystem::remove_all(path); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream{path / name, std::ios::binary} << text;
  }
};

std::vector<std::string> lines(const directory& train, const directory& test, bool good) {
  std::vector<std::string> told;
  CAF_CHECK_EQUAL(measure_all(train.path.string(), test.path.string(),
                              [&](const std::string& line) { told.push_back(line); }),
                  good);
  return told;
}

bool contains(const std::string& text, std::string_view part) {
  if (text.find(part) != std::string::npos) return true;
  CAF_MESSAGE(text << " lacks " << part);
  return false;
}

} // namespace

CAF_TEST(fields are separated and quoted as RFC 4180 says) {
  const auto t = table("\xEF\xBB\xBF"
                       "a,b,c\r\n1,\"x, \"\"y\"\"\nz\",\r\n\n,,\n4,5,6");
  CAF_CHECK_EQUAL(t.rows(), 3u);
  CAF_CHECK_EQUAL(t.columns().front(), "a");
  CAF_CHECK_EQUAL(t.at(0, 1), "x, \"y\"\nz");
  CAF_CHECK_EQUAL(t.at(0, 2), "");
  CAF_CHECK_EQUAL(t.at(1, 0), "");
  CAF_CHECK_EQUAL(t.at(2, 2), "6");
  CAF_CHECK(t.column("c") == size_t{2});
  CAF_CHECK(!t.column("d"));
}

CAF_TEST(rows that do not fit the header are counted and left out) {
  const auto t = table("a,b\n1\n1,2,3\n1,2\n\"un\"quoted,2\n");
  CAF_CHECK_EQUAL(t.rows(), 2u);
  CAF_CHECK_EQUAL(t.skipped(), 2u);
  CAF_CHECK_EQUAL(t.at(1, 0), "unquoted");
}

CAF_TEST(texts that are no table are refused) {
  CAF_CHECK_EQUAL(refusal(""), "there is no header line");
  CAF_CHECK_EQUAL(refusal("\n\r\n"), "there is no header line");
  CAF_CHECK_EQUAL(refusal("a,b,a\n"), "two columns are named \"a\"");
  CAF_CHECK_EQUAL(refusal("a,b\n1,\"2"), "a quoted field is never closed");
  CAF_CHECK_EQUAL(refusal("\"a"), "there is no header line");
  CAF_CHECK(contains(csv_table::read("/nowhere/at.csv").error(), "/nowhere/at.csv"));
}

CAF_TEST(random bytes never break the reader or the sets) {
  std::mt19937_64 random{5};
  const std::string_view bytes = "\",\r\n\xEF\xBB\xBF"
                                 "1-Yes2016-04-29T08:02:16Z";
  for (int round = 0; round < 3000; ++round) {
    std::string text = round % 3 == 0   ? "customer_id,date,dollars\n"
                       : round % 3 == 1 ? "noshow,id,last_dow,recency\n"
                                        : "";
    for (auto n = random() % 200; n > 0; --n) text += bytes[random() % bytes.size()];
    auto read = csv_table::parse(text);
    if (!read) continue;
    (void)visits_set::from(*read);
    (void)noshow_set::medical(*read);
    if (auto set = noshow_set::salon(*read)) (void)measure_noshow(*set, 1);
  }
}

CAF_TEST(numbers are whole texts) {
  CAF_CHECK(number_of("-1.5e3") == -1500.0);
  for (auto text : {"", " 1", "1 ", "1x", "nan", "inf", "1e999", "--1"})
    CAF_CHECK(!number_of(text));
}

CAF_TEST(a directory without sets is told of) {
  const directory empty{"empty"};
  const auto told = lines(empty, empty, false);
  CAF_REQUIRE_EQUAL(told.size(), 3u);
  for (const auto& line : told) CAF_CHECK(contains(line, "\"skipped\""));
}

CAF_TEST(hostile files end in an error that names them) {
  const directory odd{"odd"};
  odd.write("appointments/medical-noshow.csv", "PatientId,AppointmentID\n1,2\n");
  odd.write("appointments/salon-noshow-features.csv", "\"");
  odd.write("customers/cdnow.csv", "customer_id,date,dollars\n1,20161301,x\n2,0,5\n");
  const auto told = lines(odd, odd, false);
  CAF_REQUIRE_EQUAL(told.size(), 4u);
  CAF_CHECK(contains(told[0], "medical-noshow.csv: there is no column Gender"));
  CAF_CHECK(contains(told[2], "there is no header line"));
  CAF_CHECK(contains(told[3], "no row has a date and a value"));
}

CAF_TEST(tiny sets are measured all the same) {
  const directory a{"a"}, b{"b"};
  for (const auto* d : {&a, &b}) {
    d->write("customers/cdnow.csv",
             "customer_id,date,units,dollars\n1,19970101,1,10\n1,19970301,1,12\n1,19980301,1,11\n"
             "2,19970105,1,5\n");
    d->write("appointments/salon-noshow-features.csv",
             "id,book_tod,last_dow,recency,noshow\n0,evening,Monday,3,0\n1,,,4,1\n2,,Friday,,0\n");
  }
  const auto told = lines(a, b, true);
  CAF_REQUIRE_EQUAL(told.size(), 3u);
  CAF_CHECK(contains(told[1], "\"rows\":3"));
  CAF_CHECK(contains(told[1], "\"split\":\"directories\""));
  CAF_CHECK(contains(told[2], "\"rows\":2"));
  CAF_CHECK(contains(lines(a, a, true)[2], "\"split\":\"time\""));
}

CAF_TEST(the salon set leaves out what gives the label away) {
  const auto set =
      noshow_set::salon(table("id,book_tod,last_dow,recency,noshow\n0,x,Monday,3,1\n"));
  CAF_REQUIRE(set.ok());
  std::string names;
  for (const auto& c : set.value().table.columns()) names += c.name + " ";
  CAF_CHECK_EQUAL(names, "last_dow recency ");
}
