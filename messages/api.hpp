#pragma once

#include "messages/ids.hpp"
#include "messages/reply.hpp"
#include "workflow/machine.hpp"

#include <caf/meta/type_name.hpp>

#include <chrono>
#include <cstdint>
#include <string>

/// What the gateway and the command line ask of the actors. Each message travels with a
/// `reply_slot`, in which the answer is put once what it tells is durable.
namespace steward {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, run_id& x) {
  return f(x.bytes);
}

// --- to a tenant (behind its door, messages/admission.hpp) ---

/// Starts one run. Answers `accepted` (Location, the run) once the run is durable, or `ok` with the
/// ended run if it ends within `wait`. not_found, invalid_request (input is not JSON),
/// unprocessable (key used with another request), overloaded, unavailable.
struct start_run {
  tenant_id tenant;
  std::string namespace_, name, version; ///< version empty: the newest.
  std::string input;                     ///< JSON text; empty is null.
  std::string idempotency_key;           ///< Empty: always a new run.
  std::chrono::milliseconds wait{0};
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, start_run& x) {
    return f(caf::meta::type_name("start_run"), x.tenant, x.namespace_, x.name, x.version, x.input,
             x.idempotency_key, x.wait);
  }
};

/// Starts one run for each input, all or none. Answers `accepted` with {"ids": [...]} in the order
/// of the inputs once all are durable; otherwise as start_run. It does not wait for their ends.
struct start_runs {
  tenant_id tenant;
  std::string namespace_, name, version; ///< version empty: the newest.
  std::vector<std::string> inputs;       ///< JSON texts.
  std::string idempotency_key;           ///< Of all of them together. Empty: always new runs.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, start_runs& x) {
    return f(caf::meta::type_name("start_runs"), x.tenant, x.namespace_, x.name, x.version,
             x.inputs, x.idempotency_key);
  }
};

enum class run_action : uint8_t { cancel, suspend, resume };

/// Answers `ok` with the run as it is then; not_found, conflict, unavailable.
struct control_run {
  tenant_id tenant;
  run_id run;
  run_action action = run_action::cancel;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, control_run& x) {
    return f(caf::meta::type_name("control_run"), x.tenant, x.run, x.action);
  }
};

/// A run that faulted or was cancelled goes on. Answers `ok` with the run as it is then; not_found,
/// invalid_request, conflict (its status does not allow it), unprocessable (not from that task),
/// unavailable.
struct retry_run {
  tenant_id tenant;
  run_id run;
  std::string body; ///< JSON text {task, input}, both optional; empty: from the task that failed.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, retry_run& x) {
    return f(caf::meta::type_name("retry_run"), x.tenant, x.run, x.body);
  }
};

// --- to the library (slot "store/library") ---

/// Answers `created` ({namespace, name, version, digest, created_at}), `ok` when this very text is
/// deployed already; conflict (same version, other content), invalid_definition with every problem.
struct deploy_workflow {
  tenant_id tenant;
  std::string text; ///< YAML or JSON.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, deploy_workflow& x) {
    return f(caf::meta::type_name("deploy_workflow"), x.tenant, x.text);
  }
};
enum class workflow_form : uint8_t { json, yaml };
/// json: {namespace, name, version, digest, created_at, versions, source, definition}; yaml: the
/// text as deployed, content type application/yaml. not_found.
struct get_workflow {
  tenant_id tenant;
  std::string namespace_, name, version;
  workflow_form form = workflow_form::json;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_workflow& x) {
    return f(caf::meta::type_name("get_workflow"), x.tenant, x.namespace_, x.name, x.version,
             x.form);
  }
};
/// {items, next}.
struct list_workflows {
  tenant_id tenant;
  std::string cursor;
  uint32_t limit = 50;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, list_workflows& x) {
    return f(caf::meta::type_name("list_workflows"), x.tenant, x.cursor, x.limit);
  }
};

// --- to the queries (slot "store/queries") ---

struct get_run {
  tenant_id tenant;
  run_id run;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_run& x) {
    return f(caf::meta::type_name("get_run"), x.tenant, x.run);
  }
};
/// {items, next}, newest first. invalid_request for an unknown status or a broken cursor.
struct list_runs {
  tenant_id tenant;
  std::string status;   ///< Empty: any.
  std::string workflow; ///< "namespace/name", empty: any.
  std::string cursor;
  uint32_t limit = 50;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, list_runs& x) {
    return f(caf::meta::type_name("list_runs"), x.tenant, x.status, x.workflow, x.cursor, x.limit);
  }
};
/// {items: [{seq, time, type, task, attempt, data}], next}: the run replayed, oldest first.
struct get_history {
  tenant_id tenant;
  run_id run;
  uint64_t after = 0; ///< Only steps past this one.
  uint32_t limit = 1'000;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_history& x) {
    return f(caf::meta::type_name("get_history"), x.tenant, x.run, x.after, x.limit);
  }
};
/// The run as it was right after a step of its history: see actors/replay.hpp. invalid_request when
/// there is no such step.
struct get_replay {
  tenant_id tenant;
  run_id run;
  uint64_t step = 0; ///< From 1; 0: the last one.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_replay& x) {
    return f(caf::meta::type_name("get_replay"), x.tenant, x.run, x.step);
  }
};
/// {results, truncated}: see actors/evaluation.hpp. invalid_request, expression.
struct evaluate_expression {
  std::string body; ///< JSON text {expression, data, variables}.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, evaluate_expression& x) {
    return f(caf::meta::type_name("evaluate_expression"), x.body);
  }
};
/// {runs: {pending: n, ...}, ...}.
struct get_stats {
  tenant_id tenant;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, get_stats& x) {
    return f(caf::meta::type_name("get_stats"), x.tenant);
  }
};

} // namespace steward
