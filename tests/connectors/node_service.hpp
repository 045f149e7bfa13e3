#pragma once

#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace steward::testing {

/// A Node.js service of tests/support in a process of its own, from construction to destruction.
/// `info` is the JSON line that it prints once it serves.
class node_service {
public:
  explicit node_service(const std::string& script, std::vector<std::string> args = {}) {
    int from[2], to[2];
    if (pipe(from) != 0 || pipe(to) != 0) throw std::runtime_error{"no pipe"};
    process_ = fork();
    if (process_ == 0) {
      dup2(to[0], 0);
      dup2(from[1], 1);
      for (const int end : {from[0], from[1], to[0], to[1]}) close(end);
      const auto path = std::string{STEWARD_SOURCE_DIR} + "/tests/support/" + script;
      std::vector<char*> words{const_cast<char*>("node"), const_cast<char*>(path.c_str())};
      for (auto& arg : args) words.push_back(arg.data());
      words.push_back(nullptr);
      execvp("node", words.data());
      _exit(127);
    }
    close(from[1]);
    close(to[0]);
    stdin_ = to[1];
    auto* out = fdopen(from[0], "r");
    char line[4096];
    const bool printed = std::fgets(line, sizeof line, out) != nullptr;
    std::fclose(out);
    if (!printed) throw std::runtime_error{"the Node.js service " + script + " did not start"};
    info = nlohmann::json::parse(line);
    url = info.at("url");
  }
  ~node_service() {
    close(stdin_);
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  node_service(const node_service&) = delete;
  node_service& operator=(const node_service&) = delete;

  nlohmann::json info;
  std::string url;

private:
  pid_t process_ = -1;
  int stdin_ = -1;
};

} // namespace steward::testing
