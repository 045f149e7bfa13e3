#pragma once

#include "workflow/reader.hpp"
#include "workflow/reader/place.hpp"

namespace steward::workflow::reader {

/// Everything that is wrong with one document, each thing once.
class problem_list {
public:
  explicit problem_list(size_t limit) : limit_(limit) {}

  /// About the node at that place.
  void at(const place& where, std::string message, std::string expected = {});
  /// About the key under which that place stands.
  void at_key(const place& where, std::string message, std::string expected = {});
  /// About the byte at `offset` of the text at that place.
  void in_text(const place& where, size_t offset, std::string message, std::string expected = {});
  void add(std::string pointer, mark where, std::string message, std::string expected = {});

  bool empty() const { return problems_.empty(); }
  /// In the document's order.
  std::vector<definition_problem> take() &&;

private:
  std::vector<definition_problem> problems_;
  size_t limit_;
};

} // namespace steward::workflow::reader
