#include "actors/cluster/gathered_answers.hpp"

#include "workflow/json.hpp"

#include <set>
#include <string_view>

namespace steward {

using workflow::value;

class gathered_answers::sink final : public reply_sink {
public:
  sink(gathered_ptr all, int64_t id) : all_(std::move(all)), id_(id) {}
  void answer(reply r) override { all_->answered(id_, std::move(r)); }

private:
  gathered_ptr all_;
  int64_t id_;
};

gathered_answers::gathered_answers(std::string what, const std::map<int64_t, std::string>& nodes,
                                   reply_slot to)
    : what_(std::move(what)), to_(std::move(to)), missing_(nodes.size()) {
  for (const auto& [id, name] : nodes) parts_[id].name = name;
}

reply_slot gathered_answers::part(int64_t id) {
  return reply_slot{std::make_shared<sink>(shared_from_this(), id)};
}

void gathered_answers::answered(int64_t id, reply r) {
  const std::lock_guard lock{mutex_};
  auto& part = parts_.at(id);
  part.answered = true;
  part.what = std::move(r);
  if (--missing_ == 0) to_.answer(together());
}

void gathered_answers::finish() {
  const std::lock_guard lock{mutex_};
  if (missing_ > 0) to_.answer(together());
}

reply gathered_answers::together() const {
  if (what_ != "metrics") return reply::ok(as_json());
  auto all = reply::ok(as_metrics());
  all.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return all;
}

std::string gathered_answers::as_json() const {
  auto items = value::empty_array();
  for (const auto& [id, part] : parts_) {
    value answer, problem;
    if (!part.answered)
      problem = "it did not answer in time";
    else if (part.what.what == reply::kind::failed)
      problem = part.what.why.detail;
    else if (auto read = workflow::parse_json(part.what.json))
      answer = *read;
    items.push_back(
        value::object({{"id", id}, {"name", part.name}, {"answer", answer}, {"problem", problem}}));
  }
  return workflow::to_json(value::object({{"items", std::move(items)}}));
}

/// Comments once for all nodes, samples with the node as their first label.
std::string gathered_answers::as_metrics() const {
  std::string out;
  std::set<std::string, std::less<>> said;
  for (const auto& [id, part] : parts_) {
    if (!part.answered || part.what.what == reply::kind::failed) continue;
    const auto label = "node=\"" + part.name + "\"";
    for (std::string_view rest = part.what.json; !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      const auto line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (line.starts_with('#')) {
        if (said.emplace(line).second) out.append(line).append("\n");
        continue;
      }
      const auto name = line.find_first_of("{ ");
      if (name == line.npos) continue;
      out.append(line.substr(0, name)).append("{").append(label);
      if (line[name] == '{')
        out.append(line[name + 1] == '}' ? "" : ",").append(line.substr(name + 1));
      else
        out.append("}").append(line.substr(name));
      out += '\n';
    }
  }
  return out;
}

} // namespace steward
