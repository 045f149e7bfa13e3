#define CAF_SUITE workflow_schema_suite

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"
#include "workflow/schema.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

using namespace steward::workflow;

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

/// Groups whose schema `compile` refuses, by design: file, number of groups, the reason it gives.
struct refusal {
  std::string_view file;
  size_t groups;
  std::string_view reason;
};
constexpr refusal refused[] = {
    // References to other documents: a schema never leaves its own.
    {"defs.json", 1, "leaves the document"},
    {"refRemote.json", 15, "leaves the document"},
    {"optional__cross-draft.json", 1, "leaves the document"},
};

/// `format` is an annotation, as the standard's default is: these files test it as an assertion.
constexpr std::string_view format_prefix = "optional__format__";

} // namespace

CAF_TEST(every group of the official tests gives the expected verdicts) {
  std::map<std::string, size_t> refusals;
  size_t verdicts = 0, failures = 0, formats = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator{STEWARD_TEST_DATA "/json-schema-2020-12"}) {
    auto file = entry.path().filename().string();
    if (entry.path().extension() != ".json") continue;
    auto groups = parse_json(read_file(entry.path()));
    if (!groups) CAF_FAIL(file << ": " << groups.error().reason);
    for (const auto& group : groups->items()) {
      auto title = file + ": " + std::string{group.find("description")->as_string()};
      auto schema = json_schema::compile(*group.find("schema"));
      if (!schema) {
        auto known = std::find_if(std::begin(refused), std::end(refused),
                                  [&](const auto& r) { return r.file == file; });
        if (known == std::end(refused) ||
            schema.error().reason.find(known->reason) == std::string::npos)
          CAF_ERROR(title << " is refused: " << schema.error().reason);
        ++refusals[file];
        continue;
      }
      for (const auto& test : group.find("tests")->items()) {
        bool expected = test.find("valid")->as_bool();
        bool valid = schema->validate(*test.find("data")).empty();
        if (file.starts_with(format_prefix)) {
          ++formats;
          if (!valid) CAF_ERROR(title << ": an annotation made a value invalid");
          continue;
        }
        ++verdicts;
        if (valid == expected) continue;
        ++failures;
        CAF_ERROR(title << " / " << test.find("description")->as_string() << ": expected "
                        << (expected ? "valid" : "invalid"));
      }
    }
  }
  CAF_CHECK_EQUAL(failures, 0u);
  for (const auto& r : refused) CAF_CHECK_EQUAL(refusals[std::string{r.file}], r.groups);
  CAF_CHECK_EQUAL(refusals.size(), std::size(refused));
  CAF_MESSAGE("verdicts: " << verdicts << ", format annotations: " << formats);
  CAF_CHECK_GREATER(verdicts, 500u);
}
