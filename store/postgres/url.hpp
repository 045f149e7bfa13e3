#pragma once

#include <string>
#include <string_view>

/// Addresses of databases, as libpq reads them: postgresql://user:password@host:port/name?options
namespace steward::store::postgres {

bool is_url(std::string_view text);

/// The same with what is secret in it (`password`, `sslpassword`) as "***". What shows a URL to
/// anybody shows this.
std::string masked(std::string_view url);
/// A message of libpq, which may quote the URL, without what is secret in that.
std::string masked(std::string message, std::string_view url);

/// Adds `option=value` unless the URL names that option.
void add_option(std::string& url, std::string_view option, std::string_view value);

} // namespace steward::store::postgres
