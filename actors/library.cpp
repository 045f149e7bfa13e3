#include "actors/library.hpp"

#include "actors/local_messages.hpp"
#include "actors/schedule_deployment.hpp"
#include "actors/stored_definition.hpp"
#include "connectors/resource_fetcher.hpp"
#include "connectors/secret_directory.hpp"
#include "messages/digest.hpp"
#include "messages/run_document.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"
#include "workflow/reader.hpp"

#include <spdlog/spdlog.h>

#include <list>
#include <map>

namespace steward {

namespace {

constexpr size_t compiled_kept = 1000;

failure store_failure(const store::store_error& e) {
  return {e.code, "the store can't be read: " + e.reason, {}, std::chrono::milliseconds{1000}};
}

failure definition_failure(const std::vector<workflow::definition_problem>& problems) {
  failure f{ec::invalid_definition,
            problems.size() == 1
                ? "the workflow definition has a problem"
                : "the workflow definition has " + std::to_string(problems.size()) + " problems",
            {},
            {}};
  for (const auto& p : problems)
    f.problems.push_back({p.pointer, p.message, p.expected, p.line, p.column});
  return f;
}

/// Answers a deployment once it is on disk, and makes the tenant forget what it knew of the name:
/// before the answer, so that who has the answer starts the new version.
class deployment final : public commit_completion {
public:
  deployment(std::shared_ptr<node> n, workflow_changed what, workflow_row row, reply_slot slot,
             bool starts_itself)
      : node_(std::move(n)), what_(std::move(what)), row_(std::move(row)), slot_(std::move(slot)),
        starts_itself_(starts_itself) {}

  void done(const batch_result& result) noexcept override {
    switch (result.what) {
    case batch_result::kind::committed: {
      const auto way = node_->tenant_doors->find(what_.tenant);
      auto handle = way ? way->actor() : caf::actor{};
      if (!handle && starts_itself_) handle = node_->tenants->get(); // which loads the tenant
      if (handle) caf::anon_send(handle, what_);
      reply r = reply::ok(workflow_document(row_));
      r.what = reply::kind::created;
      r.location = "/api/v1/workflows/" + row_.ref.namespace_ + "/" + row_.ref.name +
                   "?version=" + row_.ref.version;
      slot_.answer(std::move(r));
      spdlog::info("workflow.deployed tenant={} workflow={}/{} version={}", what_.tenant,
                   row_.ref.namespace_, row_.ref.name, row_.ref.version);
      return;
    }
    case batch_result::kind::duplicate:
      slot_.answer(reply::ok(workflow_document(row_)));
      return;
    case batch_result::kind::conflict:
      slot_.answer(reply::error(
          ec::conflict, row_.ref.namespace_ + "/" + row_.ref.name + " version " + row_.ref.version +
                            " is deployed already with other content; deploy a new version"));
      return;
    case batch_result::kind::unavailable:
      slot_.answer(reply::error({ec::unavailable,
                                 "the workflow could not be stored: " + result.reason,
                                 {},
                                 std::chrono::milliseconds{1000}}));
      return;
    }
  }

private:
  std::shared_ptr<node> node_;
  workflow_changed what_;
  workflow_row row_;
  reply_slot slot_;
  bool starts_itself_;
};

class library_state {
public:
  explicit library_state(std::shared_ptr<node> n)
      : node_(std::move(n)), secrets_(node_->settings.secrets.directory) {
    auto opened = node_->engine->open_reader();
    if (!opened) throw std::runtime_error("the store can't be opened: " + opened.error().reason);
    reader_ = std::move(*opened);
  }

  void deploy(deploy_workflow& request, const reply_slot& slot) {
    connectors::resource_fetcher fetcher{node_->settings.http_client, node_->settings.resources};
    auto read = workflow::read_definition(request.text, {}, &fetcher);
    if (!read) return slot.answer(reply::error(definition_failure(read.error())));
    const auto journal = node_->journal->get();
    if (!journal) return; // the slot answers
    workflow_row row;
    row.ref = (*read)->ref;
    row.digest = sha256_digest(request.text);
    row.created_us = node_->outside.now_us();
    row.source = std::move(request.text);
    row.resources = resources_text(**read);
    if (auto known = reader_->find_workflow(request.tenant, row.ref);
        known && *known && (*known)->digest == row.digest)
      return slot.answer(reply::ok(workflow_document(**known)));
    for (const auto& name : secrets_.read_all(request.tenant, (*read)->secrets).missing)
      spdlog::warn("workflow.secret_missing tenant={} workflow={}/{} secret={}", request.tenant,
                   row.ref.namespace_, row.ref.name, name);
    commit_request commit;
    commit.batch.tenant = request.tenant;
    commit.batch.ops.emplace_back(put_workflow{row});
    commit.batch.ops.emplace_back(publish_event{
        "dev.steward.workflow.deployed.v1", "workflows/" + row.ref.namespace_ + "/" + row.ref.name,
        row.created_us, workflow_document(row)});
    const auto newest_event = write_schedule(commit.batch, *reader_, **read, row.created_us);
    if (!newest_event) return slot.answer(reply::error(store_failure(newest_event.error())));
    workflow_changed what{request.tenant, row.ref.namespace_, row.ref.name, *newest_event};
    const bool starts_itself = !std::holds_alternative<std::monostate>((*read)->starts);
    commit.completion =
        std::make_shared<deployment>(node_, std::move(what), std::move(row), slot, starts_itself);
    caf::anon_send(journal, std::move(commit));
  }

  void get(const get_workflow& request, const reply_slot& slot) {
    auto found =
        reader_->find_workflow(request.tenant, {request.namespace_, request.name, request.version});
    if (!found) return slot.answer(reply::error(store_failure(found.error())));
    if (!*found)
      return slot.answer(reply::error(
          ec::not_found, "there is no workflow " + request.namespace_ + "/" + request.name +
                             (request.version.empty() ? "" : " version " + request.version)));
    const auto& row = **found;
    if (request.form == workflow_form::yaml) {
      reply r = reply::ok(row.source);
      r.content_type = "application/yaml";
      return slot.answer(std::move(r));
    }
    auto compiled = compile(request.tenant, row);
    if (!compiled.workflow) return slot.answer(reply::error(compiled.why));
    std::string json = workflow_document(row);
    json.pop_back();
    json += ",\"versions\":[";
    if (auto versions = versions_of(request.tenant, row.ref)) json += *versions;
    json += "],\"source\":";
    workflow::append_json_string(json, row.source);
    json += ",\"definition\":";
    workflow::append_json(json, compiled.workflow->definition->document);
    json += '}';
    slot.answer(reply::ok(std::move(json)));
  }

  void list(const list_workflows& request, const reply_slot& slot) {
    std::optional<workflow_ref> after;
    if (!request.cursor.empty()) {
      after = read_cursor(request.cursor);
      if (!after)
        return slot.answer(reply::error({ec::invalid_request,
                                         "the cursor is not one of this list",
                                         {{"cursor", "not a cursor", "the `next` of a page", 0, 0}},
                                         {}}));
    }
    auto rows = reader_->list_workflows(request.tenant, after, request.limit + 1);
    if (!rows) return slot.answer(reply::error(store_failure(rows.error())));
    const bool more = rows->size() > request.limit;
    if (more) rows->pop_back();
    std::string json = "{\"items\":[";
    for (const auto& row : *rows) {
      if (json.back() != '[') json += ',';
      json += workflow_document(row);
    }
    json += "],\"next\":";
    if (more)
      workflow::append_json_string(json, cursor_of(rows->back().ref));
    else
      json += "null";
    json += '}';
    slot.answer(reply::ok(std::move(json)));
  }

  found_workflow find(const find_workflow& request) {
    if (request.id != 0)
      if (auto known = known_already(request.tenant, request.id)) return {std::move(known), {}};
    auto row = request.id != 0 ? reader_->workflow_by_id(request.id)
                               : reader_->find_workflow(request.tenant, request.ref);
    if (!row) return {nullptr, store_failure(row.error())};
    if (!*row)
      return {
          nullptr,
          {ec::not_found,
           "there is no workflow " + request.ref.namespace_ + "/" + request.ref.name +
               (request.ref.version.empty() ? std::string{} : " version " + request.ref.version),
           {},
           {}}};
    auto found = compile(request.tenant, **row);
    found.created_us = (*row)->created_us;
    return found;
  }

private:
  /// From memory, with the secrets as they are now; null if it has to be compiled.
  deployed_ptr known_already(const tenant_id& tenant, int64_t id) {
    const auto known = by_id_.find(id);
    if (known == by_id_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, known->second);
    auto& kept = *known->second;
    if (kept->outdated(node_->outside.now_us())) kept = with_secrets(tenant, id, kept->definition);
    return kept;
  }

  deployed_ptr with_secrets(const tenant_id& tenant, int64_t id,
                            std::shared_ptr<const workflow::definition> definition) const {
    deployed d{id, std::move(definition)};
    if (d.definition->secrets.empty()) return std::make_shared<const deployed>(std::move(d));
    d.secrets = secrets_.read_all(tenant, d.definition->secrets).secrets;
    d.mask = workflow::secret_mask{d.secrets};
    d.secrets_us = node_->outside.now_us();
    return std::make_shared<const deployed>(std::move(d));
  }

  found_workflow compile(const tenant_id& tenant, const workflow_row& row) {
    if (auto known = known_already(tenant, row.id)) return {std::move(known), {}};
    auto read = read_stored(row);
    if (!read)
      return {nullptr,
              {ec::corrupt_data,
               "this version of the server can't read the stored workflow " + row.ref.namespace_ +
                   "/" + row.ref.name + " version " + row.ref.version + ": " +
                   read.error().front().message,
               {},
               {}}};
    recent_.push_front(with_secrets(tenant, row.id, *read));
    by_id_[row.id] = recent_.begin();
    if (recent_.size() > compiled_kept) {
      by_id_.erase(recent_.back()->id);
      recent_.pop_back();
    }
    return {recent_.front(), {}};
  }

  /// The versions of that name, newest first, as JSON strings.
  std::optional<std::string> versions_of(const tenant_id& tenant, const workflow_ref& ref) {
    std::string out;
    std::optional<workflow_ref> after;
    while (true) {
      auto rows = reader_->list_workflows(tenant, after, 200);
      if (!rows) return std::nullopt;
      for (const auto& row : *rows) {
        if (row.ref.namespace_ != ref.namespace_ || row.ref.name != ref.name) continue;
        if (!out.empty()) out += ',';
        workflow::append_json_string(out, row.ref.version);
      }
      if (rows->size() < 200) return out;
      after = rows->back().ref;
    }
  }

  static std::string cursor_of(const workflow_ref& ref) {
    return ref.namespace_ + "/" + ref.name + "/" + ref.version;
  }
  static std::optional<workflow_ref> read_cursor(const std::string& cursor) {
    const auto first = cursor.find('/');
    const auto second = first == std::string::npos ? first : cursor.find('/', first + 1);
    if (second == std::string::npos) return std::nullopt;
    return workflow_ref{cursor.substr(0, first), cursor.substr(first + 1, second - first - 1),
                        cursor.substr(second + 1)};
  }

  std::shared_ptr<node> node_;
  const connectors::secret_directory secrets_;
  std::unique_ptr<store::reader> reader_;
  std::list<deployed_ptr> recent_; // most recently used first
  std::map<int64_t, std::list<deployed_ptr>::iterator> by_id_;
};

} // namespace

caf::behavior library(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto state = std::make_shared<library_state>(std::move(n));
  return caf::message_handler{
      [state](deploy_workflow& r, const reply_slot& slot) { state->deploy(r, slot); },
      [state](deploy_workflow& r, const reply_slot& slot, const ticket&) {
        state->deploy(r, slot);
      },
      [state](const get_workflow& r, const reply_slot& slot) { state->get(r, slot); },
      [state](const list_workflows& r, const reply_slot& slot) { state->list(r, slot); },
      [state](const find_workflow& r) { return state->find(r); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
