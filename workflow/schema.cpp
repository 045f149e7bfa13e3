#include "workflow/schema.hpp"

#include "workflow/schema/program.hpp"

namespace steward::workflow {

struct json_schema::program {
  schema::program compiled;
};

outcome<json_schema, json_schema::problem> json_schema::compile(const value& source) {
  auto compiled = schema::compile(source);
  if (!compiled) return failed{std::move(compiled.error())};
  json_schema result;
  result.program_ = std::make_shared<const program>(program{*std::move(compiled)});
  return result;
}

std::vector<schema_violation> json_schema::validate(const value& instance, size_t limit) const {
  if (!program_) return {};
  return schema::validate(program_->compiled, instance, limit);
}

} // namespace steward::workflow
