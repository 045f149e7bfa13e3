#include "workflow/machine/snapshot_values.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace steward::workflow {

namespace {

constexpr std::string_view mark = "&";
/// What is smaller is written wherever it is used: a reference would hardly be shorter.
constexpr uint64_t worth_sharing = 64;
/// The levels that something smaller can have.
constexpr size_t small_height = 32;

bool is_container(const value& v) { return v.is_array() || v.is_object(); }

/// Where the value's node is in memory, if it is one that is shared; else null.
const void* address(const value& v) {
  if (v.weight() < worth_sharing) return nullptr;
  if (v.is_string()) return v.as_string().data();
  if (v.is_array()) return v.items().data();
  return v.is_object() ? v.members().data() : nullptr;
}

const value& child(const value& v, size_t i) {
  return v.is_array() ? v.items()[i] : v.members()[i].item;
}

bool is_plain_object(const value& v) {
  auto members = v.members();
  if (members.size() == 1 && members[0].key.as_string() == mark) return false;
  return std::ranges::all_of(members, [](const auto& m) { return is_utf8(m.key.as_string()); });
}

/// As JSON if that gives the same double back, and not an integer.
void write_double(std::string& out, double d) {
  auto text = std::isfinite(d) ? to_json(value{d}) : std::string{};
  if (text.find_first_of(".e") != text.npos) {
    out += text;
    return;
  }
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof(digits), d).ptr;
  out += "{\"&\":\"";
  out.append(digits, end);
  out += "\"}";
}

double read_double(std::string_view text) {
  double d = 0;
  auto [stop, ec] = std::from_chars(text.data(), text.data() + text.size(), d);
  if (ec != std::errc{} || stop != text.data() + text.size())
    throw unreadable_snapshot{"a number can't be read"};
  return d;
}

} // namespace

// --- counting ---

void value_sharing::count(const value& v) {
  auto path = std::vector<visit>{};
  enter(v, path);
  while (!path.empty()) {
    auto at = path.size() - 1; // `enter` may move the path
    const auto& what = *nodes_[path[at].which].what;
    if (is_container(what) && path[at].next < what.size()) {
      const auto& below = child(what, path[at].next++);
      // What is known already is in the table.
      if (!enter(below, path) && is_container(below))
        path[at].height = std::max(path[at].height, address(below) ? 1 : small_height + 1);
      continue;
    }
    auto height = path[at].height;
    if (height >= nesting_max - small_height) {
      ++nodes_[path[at].which].uses; // goes to the table, so that nothing gets too deep
      height = 0;
    }
    done_.push_back(path[at].which);
    path.pop_back();
    if (!path.empty()) path.back().height = std::max(path.back().height, height + 1);
  }
}

/// False if there is nothing to look into: it is known, or too small to be shared.
bool value_sharing::enter(const value& v, std::vector<visit>& path) {
  auto at = address(v);
  if (!at) return false;
  auto [found, fresh] = known_.emplace(at, nodes_.size());
  if (!fresh) {
    ++nodes_[found->second].uses;
    return false;
  }
  nodes_.push_back({&v});
  path.push_back({nodes_.size() - 1});
  return true;
}

// --- writing ---

void value_sharing::write_table(std::string& out) {
  size_t entries = 0;
  out += '[';
  for (auto which : done_) {
    auto& n = nodes_[which];
    if (n.uses < 2) continue;
    if (entries > 0) out += ',';
    write_content(out, *n.what);
    n.index = entries++;
  }
  out += ']';
}

void value_sharing::write(std::string& out, const value& v) const {
  if (auto at = address(v)) {
    const auto& n = nodes_[known_.at(at)];
    if (n.index != unlisted) {
      out += "{\"&\":";
      out += std::to_string(n.index);
      out += '}';
      return;
    }
  }
  write_content(out, v);
}

void value_sharing::write_content(std::string& out, const value& v) const {
  if (v.is_string()) return write_snapshot_text(out, v.as_string());
  if (v.type() == value::kind::number) return write_double(out, v.as_double());
  if (!is_container(v) || v.size() == 0) return append_json(out, v);
  auto separator = "";
  if (v.is_array()) {
    out += '[';
    for (const auto& item : v.items()) {
      out += std::exchange(separator, ",");
      write(out, item);
    }
    out += ']';
    return;
  }
  auto plain = is_plain_object(v);
  out += plain ? "{" : "{\"&\":[";
  for (const auto& [key, item] : v.members()) {
    out += std::exchange(separator, ",");
    write_snapshot_text(out, key.as_string());
    out += plain ? ':' : ',';
    write(out, item);
  }
  out += plain ? "}" : "]}";
}

void write_snapshot_text(std::string& out, std::string_view text) {
  if (is_utf8(text)) return append_json_string(out, text);
  out += "{\"&\":{\"base64\":\"";
  out += base64::encode(text);
  out += "\"}}";
}

// --- reading ---

shared_values::shared_values(const value& table, uint64_t weight_max) : weight_max_(weight_max) {
  ensure_readable(table.is_array(), "the shared values are no array");
  for (const auto& written : table.items()) table_.push_back(read(written));
}

value shared_values::read(const value& written) const {
  auto read = value{};
  return changes(written, read) ? read : written;
}

/// False if the value is what is written, as most are.
bool shared_values::changes(const value& written, value& read) const {
  if (!is_container(written)) return false;
  if (written.is_object() && written.size() == 1 && written.find(mark)) {
    read = marked(*written.find(mark));
    return true;
  }
  auto item = value{};
  for (size_t i = 0; i < written.size(); ++i) {
    if (!changes(child(written, i), item)) continue;
    if (read.is_null()) read = written;
    if (read.is_array())
      read.set_item(i, std::move(item));
    else
      read.set(read.members()[i].key.as_string(), std::move(item));
    item = {};
  }
  if (read.weight() > weight_max_) throw unreadable_snapshot{"a value is too large"};
  return !read.is_null();
}

value shared_values::marked(const value& what) const {
  if (what.is_int()) {
    auto index = what.as_int();
    if (index < 0 || static_cast<size_t>(index) >= table_.size())
      throw unreadable_snapshot{"a shared value is not there"};
    return table_[static_cast<size_t>(index)];
  }
  if (what.is_string()) return value{read_double(what.as_string())};
  if (auto packed = what.find("base64"); packed && packed->is_string())
    if (auto bytes = base64::decode(packed->as_string())) return value{*bytes};
  if (!what.is_array() || what.size() % 2 != 0) throw unreadable_snapshot{"a mark is unknown"};
  auto members = std::vector<member>{};
  for (size_t i = 0; i < what.size(); i += 2) {
    auto key = read(what.items()[i]);
    if (!key.is_string()) throw unreadable_snapshot{"a key is no text"};
    members.emplace_back(std::move(key), read(what.items()[i + 1]));
  }
  return value::object(std::move(members));
}

} // namespace steward::workflow
