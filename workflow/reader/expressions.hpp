#pragma once

#include "workflow/definition.hpp"
#include "workflow/reader/problem_list.hpp"

#include <initializer_list>
#include <optional>

namespace steward::workflow::reader {

/// strict: only `${ ... }` is evaluated. loose: so is every text of a template that can be.
enum class evaluation : uint8_t { strict, loose };

/// The names (`$name`) that expressions at some place may use. Refers to the scope around it, which
/// must outlive it.
class variable_scope {
public:
  explicit variable_scope(std::initializer_list<std::string_view> names,
                          evaluation mode = evaluation::strict)
      : names_(names), mode_(mode) {}
  variable_scope(const variable_scope& outer, std::initializer_list<std::string_view> names)
      : outer_(&outer), names_(names), secrets_(outer.secrets_), mode_(outer.mode_) {}
  /// The same as `outer` with `$secrets`, which has these members.
  static variable_scope with_secrets(const variable_scope& outer,
                                     const std::vector<std::string>& secrets);

  bool has(std::string_view name) const;
  /// All of them, the outermost first.
  std::vector<std::string_view> names() const;
  /// What `$secrets` has; null where it does not exist.
  const std::vector<std::string>* secrets() const { return secrets_; }
  evaluation mode() const { return mode_; }

private:
  const variable_scope* outer_ = nullptr;
  std::vector<std::string_view> names_;
  const std::vector<std::string>* secrets_ = nullptr;
  evaluation mode_ = evaluation::strict;
};

/// True for the names that the language itself gives a meaning, supported or not.
bool is_reserved_variable(std::string_view name);

/// A field that is an expression by type: `${ ... }` or the bare program.
std::optional<expression> read_expression(problem_list& problems, const place& where,
                                          const variable_scope& scope);

/// strict: only `${ ... }` is evaluated. bare: a text is a program as a whole, an object a
/// template.
enum class template_form { strict, bare };

/// A value in which expressions may stand; each one is checked where it stands.
std::optional<value_template> read_template(problem_list& problems, const place& where,
                                            const variable_scope& scope,
                                            template_form form = template_form::strict);

/// True for a text that is `${ ... }` as a whole.
bool is_expression(const place& where);

/// An ISO 8601 text, an object of units, or `${ ... }`.
std::optional<duration_source> read_duration_source(problem_list& problems, const place& where,
                                                    const variable_scope& scope);

} // namespace steward::workflow::reader
