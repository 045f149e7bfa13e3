#include "workflow/machine.hpp"

#include "workflow/machine/interpreter.hpp"

namespace steward::workflow {

machine::machine(std::shared_ptr<const definition> d, machine_limits limits, value secrets)
    : state_(std::make_unique<state>(std::move(d), limits, std::move(secrets))) {}
machine::machine(machine&&) noexcept = default;
machine& machine::operator=(machine&&) noexcept = default;
machine::~machine() = default;

advance_result machine::advance(const event& e, step_observer* observer) {
  return state_->advance(e, observer);
}
advance_result machine::proceed(step_observer* observer) { return state_->proceed(observer); }
run_status machine::status() const { return state_->status(); }
const value& machine::output() const { return state_->output(); }
const std::optional<run_error>& machine::error() const { return state_->error(); }
uint64_t machine::attempts() const { return state_->attempts(); }
std::vector<command> machine::outstanding() const { return state_->outstanding(); }
bool machine::wants(const event& e) const { return state_->wants(e); }
std::optional<std::string> machine::refuses(const retry_requested& e) const {
  return state_->refuses(e);
}
uint64_t machine::times_retried() const { return state_->times_retried(); }
run_picture machine::inspect() const { return state_->inspect(); }

} // namespace steward::workflow
