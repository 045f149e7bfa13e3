#pragma once

#include "workflow/expression/evaluation.hpp"

/// Reading and writing one place of a value, with jq's rules and messages. All functions give false
/// when they failed; the evaluation then has the error.
namespace steward::workflow::jq {

/// `v[key]`: a member, an element, a slice (the key is `{start, end}`), or where an array lies in
/// an array.
bool get(evaluation& e, const value& v, const value& key, value& out);
bool slice(evaluation& e, const value& v, const value& from, const value& to, value& out);
/// `v[key] = item`. `v` is changed in place when nobody else holds it.
bool put(evaluation& e, value& v, const value& key, value item);

bool get_path(evaluation& e, const value& v, const value& path, value& out);
bool set_path(evaluation& e, value& v, const value& path, value item);
/// Takes all paths (an array of arrays) away at once, so that none moves under another.
bool delete_paths(evaluation& e, value& v, const value& paths);

} // namespace steward::workflow::jq
