#include "workflow/reader/addresses.hpp"
#include "workflow/reader/api_operations.hpp"

#include <algorithm>

/// Operations of Swagger 2.0.
namespace steward::workflow::reader {

namespace {

using where_in = api_operation::place;

/// https if the document has it, else what the document itself came by.
std::string read_server(const api_source& source, const api_place& where) {
  auto schemes = source.get(where.operation, "schemes");
  if (!schemes.is_array()) schemes = source.get(source.content, "schemes");
  std::string scheme{source.uri.substr(0, source.uri.find("://"))};
  if (schemes.is_array() && schemes.size() > 0) {
    auto has_https = std::ranges::find(schemes.items(), value{"https"}) != schemes.items().end();
    const auto& first = schemes.items()[0];
    scheme = has_https || !first.is_string() ? "https" : std::string{first.as_string()};
  }
  auto own = resolve_address(source.uri, "/");
  auto begin = own.find("://") + 3;
  const auto& host = source.get(source.content, "host");
  auto name = host.is_string() ? std::string{host.as_string()}
                               : own.substr(begin, own.find('/', begin) - begin);
  const auto& base = source.get(source.content, "basePath");
  return join_path(scheme + "://" + name, base.is_string() ? base.as_string() : "/");
}

std::vector<std::string> read_consumes(const api_source& source, const api_place& where) {
  auto list = source.get(where.operation, "consumes");
  if (!list.is_array()) list = source.get(source.content, "consumes");
  std::vector<std::string> types;
  for (size_t i = 0; list.is_array() && i < list.size(); ++i)
    if (const auto& type = list.items()[i]; type.is_string()) types.emplace_back(type.as_string());
  return types;
}

/// collectionFormat in the words of OpenAPI 3.
void read_format(std::string_view format, api_operation::parameter& into) {
  into.style = into.in == where_in::path || into.in == where_in::header ? "simple" : "form";
  into.explode = format == "multi";
  if (format == "ssv") into.style = "spaceDelimited";
  if (format == "tsv") into.style = "tabDelimited";
  if (format == "pipes") into.style = "pipeDelimited";
}

/// Forms are sent as such, with their parts apart if there are files or nothing else is taken.
std::string form_type(const std::vector<std::string>& consumes, bool has_file) {
  auto has = [&](std::string_view type) {
    return std::ranges::any_of(consumes, [&](const auto& c) { return c.starts_with(type); });
  };
  auto apart =
      has_file || (has("multipart/form-data") && !has("application/x-www-form-urlencoded"));
  return apart ? "multipart/form-data" : "application/x-www-form-urlencoded";
}

} // namespace

outcome<api_operation, api_problem> read_swagger_operation(const api_source& source,
                                                           const api_place& where) {
  auto result = begin_operation(source, where);
  result.url = join_path(read_server(source, where), where.path);
  auto parameters = merge_parameters(source, where);
  if (!parameters) return failed{parameters.error()};
  auto consumes = read_consumes(source, where);
  auto is_form = false, has_file = false;
  const value* schema = nullptr;
  for (const auto& p : *parameters) {
    auto made = api_operation::parameter{};
    made.name = source.get(p, "name").as_string();
    made.required = source.get(p, "required") == value{true};
    auto in = source.get(p, "in").as_string();
    if (in == "path") made.in = where_in::path;
    if (in == "header") made.in = where_in::header;
    if (in == "formData") made.in = where_in::form;
    if (in == "body") made.in = where_in::body;
    const auto& format = source.get(p, "collectionFormat");
    read_format(format.is_string() ? format.as_string() : "csv", made);
    if (made.in == where_in::form) {
      is_form = true;
      has_file = has_file || source.get(p, "type") == value{"file"};
    }
    if (made.in == where_in::body) {
      result.content_type = choose_media_type(consumes);
      schema = &source.get(p, "schema");
    }
    result.parameters.push_back(std::move(made));
  }
  if (is_form) result.content_type = form_type(consumes, has_file);
  if (schema) add_members(source, *schema, result);
  return result;
}

} // namespace steward::workflow::reader
