#pragma once

#include "messages/failure.hpp"
#include "messages/write_batch.hpp"
#include "workflow/outcome.hpp"
#include "workflow/schema.hpp"
#include "workflow/value.hpp"

/// What clients send about collections and records, read and checked (docs/records.md).
namespace steward {

template <class Value>
using read_body = outcome<Value, failure>;

/// One record's data must not be larger than this, as text with all digits of its numbers.
constexpr size_t record_bytes = 1u << 20;

/// A collection as it is to be stored: {schema, indexes: [{name, fields, unique}], history}, all of
/// them optional. invalid_request, unprocessable (the schema is none).
read_body<put_collection> read_collection(const std::string& name, std::string_view body);

/// The properties that a schema names at its top: the columns of the collection's view.
std::vector<std::string> columns_of(const workflow::value& schema);

/// A JSON object without NUL characters, which no database would keep.
read_body<workflow::value> read_record(std::string_view body);

struct record_to_put {
  std::string id; ///< Empty: to be made.
  workflow::value data;
  std::optional<uint64_t> if_version;
};
/// {records: [{id, data, if_version}]}, 1 to 1000 of them, no id twice.
read_body<std::vector<record_to_put>> read_records(std::string_view body);

/// What the schema, and the bound on the size, say against it; `at` is the pointer to it.
std::vector<field_problem> judge_record(const workflow::json_schema& schema,
                                        const workflow::value& data, const std::string& at);
/// `unprocessable`, naming all of them.
failure broken_schema(std::vector<field_problem> problems);

/// RFC 7396.
workflow::value merge_patch(workflow::value target, const workflow::value& patch);

} // namespace steward
