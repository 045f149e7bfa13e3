#pragma once

#include "messages/failure.hpp"
#include "messages/records.hpp"
#include "workflow/expression.hpp"
#include "workflow/schema.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Packs: whole businesses as data (docs/agents.md). What a pack says, read and checked.
namespace steward::agents {

/// A query whose records an agent looks at. Texts in the filter such as "{now-1d}" are filled in
/// each time (placeholders.hpp).
struct observation {
  std::string name, collection;
  std::string id;         ///< The one record of that id, a text as in filters; empty: a query.
  workflow::value filter; ///< As of `GET /records`; null: all.
  std::vector<record_order> order;
  size_t limit = 1'000;
};

/// How a plan comes about: by a skill of ours or by an expression of the pack's author.
struct deciding {
  std::vector<observation> observe;
  std::string skill;
  std::optional<workflow::expression> rule; ///< Over {observed, trigger, settings, with, now}.
  workflow::value with = workflow::value::empty_object();
};

struct agent_declaration {
  std::string name, title, task_type;
  std::vector<std::string> task_types;     ///< Others that it does as well.
  std::string queue = "autonomous-agents"; ///< agents/task_queue.hpp
  int64_t every_minutes = 0;               ///< 0: not by the clock.
  std::vector<std::string> on;             ///< Types of events of the inbox that it looks at.
  deciding decides;
};

/// Something that clients may ask for by name, done under the same roof as what agents do.
struct action_declaration {
  std::string name, title;
  workflow::json_schema schema; ///< Of the body.
  deciding decides;
};

struct declared_collection {
  std::string name;
  bool managed = false;    ///< Written by agents and actions only.
  std::string declaration; ///< {schema, indexes, history} as JSON, as for `PUT /collections`.
};

using texts_by_language = std::map<std::string, std::string, std::less<>>;

struct pack {
  std::string name, version, title;
  workflow::value settings = workflow::value::empty_object();
  workflow::value governance = workflow::value::empty_object();
  std::vector<declared_collection> collections;
  std::vector<agent_declaration> agents;
  std::map<std::string, action_declaration, std::less<>> actions;
  std::optional<deciding> answers;    ///< When somebody has answered a message.
  std::vector<std::string> workflows; ///< Definitions, deployed with it: JSON texts.
  std::map<std::string, texts_by_language, std::less<>> templates;
  workflow::value document; ///< All of it, as it was given.
};
using pack_ptr = std::shared_ptr<const pack>;

/// Reads and checks a pack's document; every problem found, each with its place.
outcome<pack_ptr, std::vector<field_problem>> read_pack(const workflow::value& document);

/// An agent, action, template or managed collection that both have: "agents/caller"; empty: none.
/// Collections that clients write may be shared.
std::string shared_name(const pack& a, const pack& b);

/// Parts of a document that are spread over several files: lists of the same name are joined, what
/// else a later part says replaces.
void join_parts(workflow::value& into, const workflow::value& part);

} // namespace steward::agents
