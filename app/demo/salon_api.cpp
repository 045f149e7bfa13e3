#include "app/demo/salon_api.hpp"

#include "demo/documents.hpp"

#include <chrono>

namespace steward::app {

namespace {

using workflow::value;

constexpr size_t batch_records = 500, batch_bytes = 600'000;
const std::string root = "/api/v1";

} // namespace

http_answer salon_api::ask(const char* method, const std::string& path, const value& body,
                           const std::string& key) {
  return http_->call(method, root + path, body, key);
}

value salon_api::must(const char* method, const std::string& path, const value& body,
                      const std::string& key) {
  auto answer = ask(method, path, body, key);
  if (!answer.ok())
    throw unexpected_answer{std::string{method} + " " + root + path + " was answered " +
                            std::to_string(answer.status) + ": " + answer.text.substr(0, 1000)};
  return answer.body;
}

http_answer salon_api::act(const std::string& name, const value& body, const std::string& key) {
  return ask("POST", "/actions/" + name, body, key);
}

std::vector<value> salon_api::list(const std::string& path) {
  std::vector<value> all;
  const auto first = path + (path.find('?') == path.npos ? "?" : "&") + "limit=200";
  for (auto next = first;;) {
    const auto page = must("GET", next);
    const auto items = page.get("items");
    if (!items.is_array()) throw unexpected_answer{"GET " + root + next + " has no list of items"};
    for (const auto& one : items.items()) all.push_back(one);
    const auto cursor = page.get("next");
    if (!cursor.is_string()) return all;
    next = first + "&cursor=" + url_quoted(cursor.as_string());
  }
}

std::vector<value> salon_api::records(const std::string& collection) {
  auto all = list("/records/" + collection);
  for (auto& one : all) {
    auto data = one.get("data");
    data.set("id", one.get("id"));
    one = data;
  }
  return all;
}

void salon_api::put_records(const std::string& collection, const std::vector<value>& documents) {
  auto batch = value::empty_array();
  const auto send = [&] {
    if (batch.size() > 0)
      must("POST", "/records/" + collection + ":batch", value::object({{"records", batch}}));
    batch = value::empty_array();
  };
  for (auto data : documents) {
    const auto id = data.get("id");
    data.erase("id");
    if (batch.size() >= batch_records || batch.weight() + data.weight() > batch_bytes) send();
    batch.push_back(value::object({{"id", id}, {"data", data}}));
  }
  send();
}

void salon_api::move_clock(const std::string& now) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes{10};
  for (;;) {
    const auto answer = must("PUT", "/internal/clock", value::object({{"now", now}}));
    // The server stops waiting for agents that take very long, and says how many.
    if (demo::number_in(answer, "waiting") == 0) return;
    if (std::chrono::steady_clock::now() > give_up)
      throw unexpected_answer{"agents have been at work for ten minutes at " + now};
  }
}

} // namespace steward::app
