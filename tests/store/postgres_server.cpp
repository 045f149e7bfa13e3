#include "tests/store/postgres_server.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <pwd.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace steward::store::tests {

namespace {

namespace fs = std::filesystem;

/// Where initdb and postgres are; Debian keeps them off the PATH, by release.
fs::path find_programs() {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& release : fs::directory_iterator{"/usr/lib/postgresql", none})
    if (fs::exists(release.path() / "bin/initdb", none)) found.push_back(release.path() / "bin");
  if (found.empty())
    throw std::runtime_error{"PostgreSQL is not installed (./dev deps): its tests can't run"};
  return *std::max_element(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::stoi(a.parent_path().filename()) < std::stoi(b.parent_path().filename());
  });
}

/// The server refuses to run as root.
const passwd* ordinary_user() {
  if (::geteuid() != 0) return nullptr;
  for (const auto* name : {"postgres", "nobody"})
    if (const auto* user = ::getpwnam(name)) return user;
  throw std::runtime_error{"there is no ordinary user to run PostgreSQL as"};
}

} // namespace

postgres_server& postgres_server::shared() {
  static postgres_server one;
  return one;
}

postgres_server::postgres_server() : programs_(find_programs()) {
  if (const auto* user = ordinary_user())
    if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error{"can't give away " + folder_.path().string()};
  run({"initdb", "-D", folder_.path() / "data", "-U", "admin", "-A", "trust", "-E", "UTF8",
       "--locale=C", "--no-sync", "--no-instructions"});
  start();
  admin()->execute("CREATE ROLE steward LOGIN");
}

postgres_server::~postgres_server() { stop(SIGQUIT); }

pid_t postgres_server::spawn(const std::vector<std::string>& command) const {
  const auto program = (programs_ / command.at(0)).string();
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const auto* user = ordinary_user();
  const auto log = (folder_.path() / "log").string();
  const auto child = ::fork();
  if (child != 0) return child;
  if (user && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (!::freopen(log.c_str(), "a", stdout) || ::dup2(1, 2) < 0) ::_exit(126);
  ::execv(program.c_str(), words.data());
  ::_exit(127);
}

void postgres_server::run(const std::vector<std::string>& command) const {
  int status = 0;
  ::waitpid(spawn(command), &status, 0);
  if (status != 0)
    throw std::runtime_error{command.at(0) + " failed: see " + folder_.path().string()};
}

void postgres_server::start() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{180};
  while (std::chrono::steady_clock::now() < deadline) {
    if (process_ == 0)
      process_ =
          spawn({"postgres", "-D", folder_.path() / "data", "-k", folder_.path(), "-c",
                 "listen_addresses=", "-c", "shared_buffers=32MB", "-c", "max_connections=40",
                 // After a crash it would sync each of a thousand files.
                 "-c", "recovery_init_sync_method=syncfs"});
    // After a crash its own children may still be there, and it gives up at once.
    if (::waitpid(process_, nullptr, WNOHANG) == process_) process_ = 0;
    try {
      admin();
      return;
    } catch (const postgres::sql_error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }
  throw std::runtime_error{"PostgreSQL did not start: see " + folder_.path().string()};
}

void postgres_server::stop(int signal) {
  if (process_ == 0) return;
  std::vector<pid_t> backends;
  const auto id = std::to_string(process_);
  std::ifstream children{"/proc/" + id + "/task/" + id + "/children"};
  for (pid_t child = 0; children >> child;) backends.push_back(child);
  ::kill(process_, signal);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
  // Backends of a server that was killed end by themselves, on a busy machine not at once.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  for (const auto backend : backends)
    while (::kill(backend, 0) == 0 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

std::string postgres_server::make_database() {
  const auto name = "t" + std::to_string(++databases_);
  admin()->execute("CREATE DATABASE " + name + " OWNER steward");
  return name;
}

std::string postgres_server::url(const std::string& database, const fs::path& folder) const {
  return "postgresql://steward@/" + database + "?host=" + folder.string();
}

std::unique_ptr<postgres::connection> postgres_server::admin(const std::string& database) const {
  return std::make_unique<postgres::connection>("postgresql://admin@/" + database +
                                                "?host=" + folder_.path().string());
}

open_engine postgres_opener(const std::string& database) {
  return [database] {
    auto opened = postgres::open({.url = postgres_server::shared().url(database)});
    if (!opened) throw std::runtime_error{opened.error().reason};
    return std::move(opened).value();
  };
}

} // namespace steward::store::tests
