#pragma once

#include "workflow/machine.hpp"
#include "workflow/simulation/dice.hpp"

/// What a scenario does not declare is made from the definition.
namespace steward::workflow::simulation {

/// A value that the JSON Schema allows, as far as its plain keywords tell: const, enum, type,
/// properties, items, bounds, and references within the schema.
value make_value(const value& schema, dice& d);

/// The workflow's input, from `input.schema` as written; an empty object without one.
value make_input(const definition& d, dice& dice);

/// Events that the listener takes, in an order that fulfils it: from the constants of its filters
/// and from the values that its correlations expect. Some too few if that can't be told.
std::vector<value> make_events(const definition& d, const listen_for& wanted, dice& dice);

/// Calls `visit` with every task of the definition, functions and extensions included.
void visit_tasks(const definition& d, const std::function<void(const task&)>& visit);

} // namespace steward::workflow::simulation
