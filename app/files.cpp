#include "app/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

namespace steward::app {

std::optional<std::string> read_file(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream file{path, std::ios::binary};
  if (file) text << file.rdbuf();
  if (!file || file.bad()) {
    std::fprintf(stderr, "steward: %s can't be read: %s\n", path.c_str(), std::strerror(errno));
    return std::nullopt;
  }
  return text.str();
}

void print_problems(const std::string& file,
                    const std::vector<workflow::definition_problem>& problems) {
  for (const auto& p : problems) {
    std::fprintf(stderr, "%s:%zu:%zu: %s\n", file.c_str(), p.line, p.column, p.message.c_str());
    std::fprintf(stderr, "    at %s", p.pointer.empty() ? "/" : p.pointer.c_str());
    if (!p.expected.empty()) std::fprintf(stderr, ", expected %s", p.expected.c_str());
    std::fputc('\n', stderr);
  }
}

} // namespace steward::app
