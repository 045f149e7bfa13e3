#pragma once

#include "workflow/reader/api_document.hpp"

/// How the two families of documents describe an operation.
namespace steward::workflow::reader {

/// A document whose parts may be references to others of its parts.
struct api_source {
  const value& content;
  const std::string& uri;

  /// What the reference leads to, or the value itself; null if it leads nowhere in the document.
  const value& resolve(const value& v) const;
  /// The member of an object, resolved; null if there is none.
  const value& get(const value& object, std::string_view name) const;
};

/// One operation of it.
struct api_place {
  std::string_view path, method; ///< The method in lower case.
  const value& item;             ///< What all operations of the path have in common.
  const value& operation;
};

outcome<api_operation, api_problem> read_openapi_operation(const api_source& source,
                                                           const api_place& where);
outcome<api_operation, api_problem> read_swagger_operation(const api_source& source,
                                                           const api_place& where);

// --- what both have in common ---

/// The path's and the operation's parameters, resolved; an operation's replace those of the path.
/// Fails when one of them is malformed.
outcome<std::vector<value>, api_problem> merge_parameters(const api_source& source,
                                                          const api_place& where);
/// Id and method.
api_operation begin_operation(const api_source& source, const api_place& where);
/// Server and path as one address.
std::string join_path(std::string server, std::string_view path);
/// Of these media types the one that is sent: JSON if there is one, then forms, then text.
std::string choose_media_type(const std::vector<std::string>& offered);
/// The members that an object's schema names (with those of `allOf`), as parameters of the body. A
/// name that another parameter has can only be given with the whole body.
void add_members(const api_source& source, const value& schema, api_operation& into);

} // namespace steward::workflow::reader
