#pragma once

#include "workflow/value.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// How a snapshot writes values: as JSON, where what several of them share is written once.
///
/// A value is its own JSON text, but for an object of the one key "&", which stands for
///   {"&": 3}               the node 3 of the table of shared nodes
///   {"&": "nan"}           a double that JSON would not give back: nan, inf, -inf, or a whole one
///   {"&": {"base64": ""}}  a string that is not UTF-8
///   {"&": [key, item, ..]} an object that can't be written as one: it has that one key itself, or
///                          keys that are not UTF-8
namespace steward::workflow {

/// A snapshot that can't be read: what about it.
struct unreadable_snapshot : std::runtime_error {
  using std::runtime_error::runtime_error;
};
inline void ensure_readable(bool holds, const char* otherwise) {
  if (!holds) throw unreadable_snapshot{otherwise};
}

/// Finds out which nodes the values of a run share, then writes each of them once.
///
/// Two steps: `count` every value that will be written, then `write` them. Neither recurses deeper
/// than `nesting_max`, however deep a value is: the table's entries cut it in pieces.
class value_sharing {
public:
  static constexpr size_t nesting_max = 128;

  /// The value must stay where it is until all is written.
  void count(const value& v);
  /// The table, as a JSON array: call it once, after the last `count`, before the first `write`.
  void write_table(std::string& out);
  void write(std::string& out, const value& v) const;

private:
  static constexpr size_t unlisted = static_cast<size_t>(-1);
  struct node {
    const value* what = nullptr;
    size_t uses = 1;
    size_t index = unlisted; ///< In the table.
  };
  struct visit {
    size_t which; ///< Index into `nodes_`.
    size_t next = 0;
    size_t height = 0; ///< Levels below it that are written inside it.
  };

  bool enter(const value& v, std::vector<visit>& path);
  void write_content(std::string& out, const value& v) const;

  std::unordered_map<const void*, size_t> known_; ///< By address: index into `nodes_`.
  std::vector<node> nodes_;
  std::vector<size_t> done_; ///< Indexes into `nodes_`: what a node is made of comes before it.
};

/// Text as `write` writes a string.
void write_snapshot_text(std::string& out, std::string_view text);

/// Reads what `value_sharing` wrote. Throws `unreadable_snapshot`, `depth_exceeded`, and
/// `unreadable_snapshot` for a value that weighs more than `weight_max`: shared nodes make giants
/// of a few bytes.
class shared_values {
public:
  shared_values(const value& table, uint64_t weight_max);
  value read(const value& written) const;

private:
  bool changes(const value& written, value& read) const;
  value marked(const value& mark) const;

  std::vector<value> table_;
  uint64_t weight_max_;
};

} // namespace steward::workflow
