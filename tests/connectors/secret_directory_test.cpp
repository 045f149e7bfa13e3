#define CAF_SUITE secret_directory

#include "caf/test/dsl.hpp"
#include "connectors/secret_directory.hpp"
#include "workflow/json.hpp"

#include <fstream>
#include <stdlib.h>

using namespace steward;
using namespace steward::connectors;

namespace {

struct fixture {
  std::filesystem::path folder;
  fixture() {
    auto pattern = (std::filesystem::temp_directory_path() / "steward-secrets-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    std::filesystem::create_directories(folder / "shop");
  }
  ~fixture() { std::filesystem::remove_all(folder); }
  void put(const std::string& path, const std::string& text) {
    std::ofstream{folder / path, std::ios::binary} << text;
  }
  std::string read(const std::string& name, const std::string& tenant = "shop") {
    const auto found = secret_directory{folder}.read(tenant, name);
    return found ? workflow::to_json(*found) : "none";
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(secret_directory_scope, fixture)

CAF_TEST(an object is read as such and anything else as text) {
  put("shop/object", " {\"a\": 1}\n");
  put("shop/text", "hush\n");
  put("shop/lines", "a\nb\r\n");
  put("shop/number", "17\n");
  put("shop/list", "[1]");
  CAF_CHECK_EQUAL(read("object"), R"({"a":1})");
  CAF_CHECK_EQUAL(read("text"), R"("hush")");
  CAF_CHECK_EQUAL(read("lines"), R"("a\nb")");
  CAF_CHECK_EQUAL(read("number"), R"("17")");
  CAF_CHECK_EQUAL(read("list"), R"("[1]")");
}

CAF_TEST(names that lead elsewhere are no secrets) {
  put("outside", "hush");
  put("shop/.hidden", "hush");
  for (const auto* name : {"../outside", "..", ".", ".hidden", "", "a/b", "/etc/hostname"})
    CAF_CHECK_EQUAL(read(name), "none");
  CAF_CHECK_EQUAL(read("outside", ".."), "none");
  CAF_CHECK_EQUAL(read("outside", ""), "none");
}

CAF_TEST(what cannot be read as a secret is none) {
  put("shop/bytes", "\xff\xfe");
  put("shop/large", std::string((1 << 20) + 1, 'a'));
  std::filesystem::create_directories(folder / "shop/folder");
  for (const auto* name : {"bytes", "large", "folder", "nothing"})
    CAF_CHECK_EQUAL(read(name), "none");
  CAF_CHECK(!secret_directory{""}.read("shop", "text"));
}

CAF_TEST(links are followed as mounts need it) {
  put("shop/data", "hush");
  std::filesystem::create_symlink("data", folder / "shop/link");
  CAF_CHECK_EQUAL(read("link"), R"("hush")");
}

CAF_TEST(those that are missing are told) {
  put("shop/one", "hush");
  const auto found = secret_directory{folder}.read_all("shop", {"one", "two"});
  CAF_CHECK_EQUAL(workflow::to_json(found.secrets), R"({"one":"hush"})");
  CAF_REQUIRE_EQUAL(found.missing.size(), 1u);
  CAF_CHECK_EQUAL(found.missing[0], "two");
}

CAF_TEST_FIXTURE_SCOPE_END()
