#pragma once

#include "messages/feed.hpp"
#include "messages/reply.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

/// Who asks and who reads along, in tests: they keep what they were told.
namespace steward::actors::testing {

/// Takes the answer to one request.
struct answer_witness final : reply_sink {
  std::vector<reply> got;
  std::function<void(const reply&)> on_answer = [](const reply&) {};
  void answer(reply r) override {
    on_answer(r);
    got.push_back(std::move(r));
  }
};

/// One request and its answer, which must have come before it is looked at.
class asked {
public:
  bool answered() const { return !witness_->got.empty(); }
  const reply& answer() const {
    if (witness_->got.size() != 1)
      throw std::runtime_error("answers: " + std::to_string(witness_->got.size()));
    return witness_->got.front();
  }
  /// The answer as one word for checks: "ok", "created", "accepted" or the failure's code.
  std::string word() const {
    if (!answered()) return "nothing yet";
    switch (answer().what) {
    case reply::kind::ok:
      return "ok";
    case reply::kind::created:
      return "created";
    case reply::kind::accepted:
      return "accepted";
    case reply::kind::no_content:
      return "no content";
    case reply::kind::failed:
      break;
    }
    return std::string{to_string(answer().why.code)};
  }
  workflow::value document() const {
    auto read = workflow::parse_json(answer().json);
    if (!read) throw std::runtime_error("no JSON: " + answer().json);
    return *read;
  }
  std::string text(std::string_view member) const {
    const auto found = document().get(member);
    return found.is_string() ? std::string{found.as_string()} : workflow::to_json(found);
  }
  run_id run() const {
    const auto id = run_id::parse(text("id"));
    if (!id) throw std::runtime_error("no run: " + answer().json);
    return *id;
  }
  std::shared_ptr<answer_witness> sink() const { return witness_; }

private:
  std::shared_ptr<answer_witness> witness_ = std::make_shared<answer_witness>();
};

/// A reader of the feed with a bound that the test sets.
struct feed_witness {
  std::vector<std::shared_ptr<const feed_item>> items;
  std::optional<std::string> closed;
  size_t bound = std::numeric_limits<size_t>::max(); ///< Items it takes before it is full.
  std::function<void(const feed_item&)> on_item = [](const feed_item&) {};

  size_t room() const { return bound - std::min(bound, items.size()); }

  /// The sequences it got, without those of notices.
  std::vector<uint64_t> sequences() const {
    std::vector<uint64_t> list;
    for (const auto& i : items)
      if (i->sequence > 0) list.push_back(i->sequence);
    return list;
  }
  std::vector<std::string> types() const {
    std::vector<std::string> list;
    for (const auto& i : items) {
      const auto type = workflow::parse_json(i->json)->get("type");
      list.emplace_back(type.as_string());
    }
    return list;
  }
};

/// What the feed holds of a reader. When it is dropped unclosed, nobody feeds the reader any more.
class witness_sink final : public feed_sink {
public:
  explicit witness_sink(std::shared_ptr<feed_witness> to) : to_(std::move(to)) {}
  ~witness_sink() override { close("dropped"); }
  bool push(std::shared_ptr<const feed_item> item) override {
    if (to_->room() == 0) return false;
    to_->on_item(*item);
    to_->items.push_back(std::move(item));
    return true;
  }
  size_t room() const override { return to_->room(); }
  void close(std::string reason) override {
    if (!to_->closed) to_->closed = std::move(reason);
  }

private:
  std::shared_ptr<feed_witness> to_;
};

} // namespace steward::actors::testing
