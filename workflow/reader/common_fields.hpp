#pragma once

#include "workflow/reader/expressions.hpp"
#include "workflow/reader/reusables.hpp"

/// What a workflow and its tasks have in common: data filters, schemas, timeouts.
namespace steward::workflow::reader {

class resources;
class catalogs;

/// What every reader needs: where problems go, what `use` defines, what the definition refers to.
/// Gathers `may_wait`.
struct reading {
  problem_list& problems;
  reusables& use;
  resources& documents;
  /// Null within a function of a catalog, which knows no other catalogs.
  catalogs* cataloged = nullptr;
  bool may_wait = false;
};

/// `input:`
input_filter read_input(reading& r, const place& where, const variable_scope& scope);
/// `output:` or `export:`; `what` names it. `$output` exists in there.
output_filter read_output(reading& r, const place& where, const variable_scope& scope,
                          std::string_view what);
/// `timeout:`, inline or the name of one in `use.timeouts`.
std::optional<duration_source> read_timeout(reading& r, const place& where,
                                            const variable_scope& scope);
/// The object that says how long.
std::optional<duration_source> read_timeout_definition(reading& r, const place& where,
                                                       const variable_scope& scope);
/// A name given by the author to a variable (`each`, `at`, `as`).
std::optional<std::string> read_variable_name(problem_list& problems, const place& where);

} // namespace steward::workflow::reader
