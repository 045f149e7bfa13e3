#include "workflow/reader/core_scalar.hpp"
#include "workflow/reader/source.hpp"

#include <yaml.h>

#include <algorithm>
#include <map>

namespace steward::workflow::reader {

namespace {

// libyaml compares each directive with all before it; nobody needs more than a few.
constexpr size_t max_directives = 8;

constexpr std::string_view core_tags = "tag:yaml.org,2002:";

/// Thrown inside this file to leave the recursion at the first problem.
struct stop {
  source_problem problem;
};

struct event {
  yaml_event_t raw{};
  event() = default;
  event(const event&) = delete;
  event& operator=(const event&) = delete;
  ~event() { yaml_event_delete(&raw); }
  mark at() const {
    return {static_cast<uint32_t>(raw.start_mark.line + 1),
            static_cast<uint32_t>(raw.start_mark.column + 1)};
  }
};

std::string_view view(const yaml_char_t* text) {
  return text ? std::string_view{reinterpret_cast<const char*>(text)} : std::string_view{};
}

size_t count_characters(std::string_view text) { return advance({}, text, text.size()).column; }

/// Turns libyaml's events into the tree.
class tree_builder {
public:
  tree_builder(std::string_view text, const reader_limits& limits,
               std::vector<source_problem>& problems)
      : text_(text), limits_(limits), problems_(problems) {
    if (!yaml_parser_initialize(&parser_)) throw std::bad_alloc{};
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~tree_builder() { yaml_parser_delete(&parser_); }
  tree_builder(const tree_builder&) = delete;
  tree_builder& operator=(const tree_builder&) = delete;

  source_node read() {
    check_directives();
    expect(YAML_STREAM_START_EVENT);
    event first;
    next(first);
    if (first.raw.type == YAML_STREAM_END_EVENT)
      throw stop{{{1, 1}, "the document is empty", "a YAML or JSON document"}};
    event content;
    next(content);
    auto root = read_node(content, 0);
    expect(YAML_DOCUMENT_END_EVENT);
    event last;
    next(last);
    if (last.raw.type != YAML_STREAM_END_EVENT)
      throw stop{{last.at(), "the text has a second document", "one document"}};
    return root;
  }

private:
  void next(event& e) {
    if (!yaml_parser_parse(&parser_, &e.raw)) throw stop{describe_failure()};
  }
  void expect(yaml_event_type_t type) {
    event e;
    next(e);
    if (e.raw.type != type) throw stop{{e.at(), "the YAML is malformed", ""}};
  }

  source_problem describe_failure() const {
    if (parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc{};
    auto message = std::string{parser_.problem ? parser_.problem : "the YAML is malformed"};
    // Characters that YAML forbids are found by libyaml's reader, which knows the byte only.
    if (parser_.error == YAML_READER_ERROR)
      return {mark_of(text_, parser_.problem_offset), message, ""};
    if (parser_.context) message += std::string{" "} + parser_.context;
    return {{static_cast<uint32_t>(parser_.problem_mark.line + 1),
             static_cast<uint32_t>(parser_.problem_mark.column + 1)},
            message,
            ""};
  }

  void check_directives() {
    size_t count = text_.starts_with('%') ? 1 : 0;
    for (auto at = text_.find("\n%"); at != text_.npos; at = text_.find("\n%", at + 2))
      if (++count > max_directives)
        throw stop{{mark_of(text_, at + 1), "the text has too many YAML directives",
                    "at most " + std::to_string(max_directives)}};
  }

  source_node read_node(const event& e, uint32_t depth) {
    switch (e.raw.type) {
    case YAML_ALIAS_EVENT:
      return read_alias(e, depth);
    case YAML_SCALAR_EVENT:
      return remember(e.raw.data.scalar.anchor, read_scalar(e));
    case YAML_SEQUENCE_START_EVENT: {
      check_collection(e, e.raw.data.sequence_start.tag, "seq", depth);
      return remember(e.raw.data.sequence_start.anchor, read_sequence(e, depth));
    }
    case YAML_MAPPING_START_EVENT: {
      check_collection(e, e.raw.data.mapping_start.tag, "map", depth);
      return remember(e.raw.data.mapping_start.anchor, read_mapping(e, depth));
    }
    default:
      throw stop{{e.at(), "the YAML is malformed", ""}};
    }
  }

  source_node read_scalar(const event& e) {
    count(1, 0, e.at());
    const auto& scalar = e.raw.data.scalar;
    auto text = std::string_view{reinterpret_cast<const char*>(scalar.value), scalar.length};
    source_node node;
    node.at = e.at();
    node.content = resolve(e, text);
    if (!node.content.is_string()) return node;
    node.text_bytes = static_cast<uint32_t>(text.size());
    bool quoted = scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                  scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    auto width = e.raw.end_mark.column - e.raw.start_mark.column;
    // Escapes, folding and tags all change the width.
    node.verbatim = e.raw.start_mark.line == e.raw.end_mark.line &&
                    width == count_characters(text) + (quoted ? 2 : 0);
    node.text_at = node.at;
    node.text_at.column += quoted ? 1 : 0;
    return node;
  }

  value resolve(const event& e, std::string_view text) {
    const auto& scalar = e.raw.data.scalar;
    auto tag = view(scalar.tag);
    if (tag.empty()) {
      if (scalar.style != YAML_PLAIN_SCALAR_STYLE) return text;
      if (auto plain = resolve_core_scalar(text)) return *std::move(plain);
      throw stop{{e.at(), "\"" + std::string{text} + "\" is not a finite number",
                  "a number that JSON can hold, or quotes around a text"}};
    }
    if (tag == "!") return text;
    auto name = tag.starts_with(core_tags) ? tag.substr(core_tags.size()) : std::string_view{};
    if (name == "str") return text;
    if (auto v = resolve_core_scalar(text)) {
      if (name == "null" && v->is_null()) return *v;
      if (name == "bool" && v->is_bool()) return *v;
      if (name == "int" && v->is_int()) return *v;
      if (name == "float" && v->is_number()) return v->as_double();
    }
    if (name == "null" || name == "bool" || name == "int" || name == "float")
      throw stop{{e.at(),
                  "\"" + std::string{text} + "\" does not fit its tag !!" + std::string{name}, ""}};
    throw stop{{e.at(), "the tag " + std::string{tag} + " is not supported",
                "no tag, or !!str, !!int, !!float, !!bool, !!null"}};
  }

  void check_collection(const event& e, const yaml_char_t* raw_tag, std::string_view kind,
                        uint32_t depth) {
    auto tag = view(raw_tag);
    bool fits = tag.empty() || tag == "!" ||
                (tag.starts_with(core_tags) && tag.substr(core_tags.size()) == kind);
    if (!fits) throw stop{{e.at(), "the tag " + std::string{tag} + " is not supported", "no tag"}};
    check_depth(depth + 1, e.at());
    count(1, 0, e.at());
  }

  source_node read_sequence(const event& start, uint32_t depth) {
    source_node node;
    node.at = start.at();
    std::vector<source_child> elements;
    for (;;) {
      event e;
      next(e);
      if (e.raw.type == YAML_SEQUENCE_END_EVENT) break;
      auto element = read_node(e, depth + 1);
      auto at = element.at;
      elements.push_back({at, std::move(element)});
    }
    finish_array(node, std::move(elements));
    return node;
  }

  source_node read_mapping(const event& start, uint32_t depth) {
    source_node node;
    node.at = start.at();
    object_builder members;
    for (;;) {
      event key;
      next(key);
      if (key.raw.type == YAML_MAPPING_END_EVENT) break;
      auto name = read_key(key);
      event item;
      next(item);
      members.add(std::move(name), key.at(), read_node(item, depth + 1));
    }
    std::move(members).finish(node, problems_);
    return node;
  }

  value read_key(const event& e) {
    if (e.raw.type == YAML_ALIAS_EVENT) {
      const auto& target = anchored(e);
      if (!target.content.is_string()) throw stop{{e.at(), "the key is no text", "a text"}};
      count(0, target.text_bytes, e.at());
      return target.content;
    }
    if (e.raw.type != YAML_SCALAR_EVENT)
      throw stop{{e.at(), "a mapping or sequence can't be a key", "a text"}};
    const auto& scalar = e.raw.data.scalar;
    auto text = std::string_view{reinterpret_cast<const char*>(scalar.value), scalar.length};
    if (text == "<<" && scalar.style == YAML_PLAIN_SCALAR_STYLE)
      throw stop{{e.at(), "merge keys (<<) are not supported: YAML 1.2 has none",
                  "the members themselves"}};
    if (scalar.anchor) remember(scalar.anchor, read_scalar(e));
    return text; // 1, true and null are keys as they are written
  }

  const source_node& anchored(const event& e) const {
    auto name = view(e.raw.data.alias.anchor);
    auto found = anchors_.find(name);
    if (found == anchors_.end())
      throw stop{{e.at(), "the alias *" + std::string{name} + " has no anchor before it", ""}};
    return found->second;
  }

  source_node read_alias(const event& e, uint32_t depth) {
    const auto& target = anchored(e);
    check_depth(depth + target.height, e.at());
    count(target.nodes, target.text_bytes, e.at());
    return target;
  }

  source_node remember(const yaml_char_t* anchor, source_node node) {
    // The copy counts like an expansion, or anchors inside anchors would be free.
    if (anchor) {
      count(node.nodes, node.text_bytes, node.at);
      anchors_.insert_or_assign(std::string{view(anchor)}, node);
    }
    return node;
  }

  void check_depth(uint32_t depth, mark at) const {
    if (depth > std::min(limits_.depth, depth_cap))
      throw stop{{at, "the document is nested too deeply",
                  "at most " + std::to_string(std::min(limits_.depth, depth_cap)) + " levels"}};
  }
  void count(size_t nodes, size_t expanded_bytes, mark at) {
    nodes_ += nodes;
    expanded_bytes_ += expanded_bytes;
    if (nodes_ > limits_.nodes)
      throw stop{{at, "the document is too large once its aliases are expanded",
                  "at most " + std::to_string(limits_.nodes) + " nodes"}};
    if (expanded_bytes_ > limits_.bytes)
      throw stop{{at, "the document's text is too large once its aliases are expanded",
                  "at most " + std::to_string(limits_.bytes) + " bytes"}};
  }

  std::string_view text_;
  const reader_limits& limits_;
  std::vector<source_problem>& problems_;
  yaml_parser_t parser_{};
  std::map<std::string, source_node, std::less<>> anchors_;
  size_t nodes_ = 0;
  size_t expanded_bytes_ = 0;
};

} // namespace

std::optional<source_node> read_yaml_source(std::string_view text, const reader_limits& limits,
                                            std::vector<source_problem>& problems) {
  try {
    return tree_builder{text, limits, problems}.read();
  } catch (stop& s) {
    problems.push_back(std::move(s.problem));
    return std::nullopt;
  }
}

} // namespace steward::workflow::reader
