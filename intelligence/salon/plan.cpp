#include "intelligence/salon/plan.hpp"

namespace steward::intelligence::salon {

namespace {

value write_to(std::string_view collection, std::string_view id,
               const std::optional<int64_t>& version) {
  auto write = value::object({{"collection", collection}, {"id", id}});
  if (version) write.set("if_version", *version);
  return write;
}

} // namespace

void plan::put(std::string_view collection, std::string_view id, value data,
               std::optional<int64_t> if_version) {
  auto write = write_to(collection, id, if_version);
  write.set("data", std::move(data));
  writes_.push_back(std::move(write));
}

void plan::merge(std::string_view collection, std::string_view id, value changes,
                 std::optional<int64_t> if_version) {
  auto write = write_to(collection, id, if_version);
  write.set("merge", std::move(changes));
  writes_.push_back(std::move(write));
}

void plan::remove(std::string_view collection, std::string_view id,
                  std::optional<int64_t> if_version) {
  auto write = write_to(collection, id, if_version);
  write.set("delete", true);
  writes_.push_back(std::move(write));
}

void plan::close(std::string_view decision_id, std::string_view status, std::string_view result,
                 std::optional<double> revenue, std::string_view booking_id) {
  if (decision_id.empty()) return;
  auto outcome = value::object({{"decision_id", decision_id}, {"status", status}});
  if (!result.empty()) outcome.set("result", result);
  if (revenue) outcome.set("revenue", money(*revenue));
  if (!booking_id.empty()) outcome.set("booking_id", booking_id);
  outcomes_.push_back(std::move(outcome));
}

void plan::tell(std::string_view event, std::string subject, value data) {
  events_.push_back(
      value::object({{"event", event}, {"subject", subject}, {"data", std::move(data)}}));
}

value plan::take() const {
  auto v = value::object({{"writes", writes_},
                          {"proposals", proposals_},
                          {"messages", messages_},
                          {"outcomes", outcomes_},
                          {"events", events_}});
  if (!answer_.is_null()) v.set("answer", answer_);
  return v;
}

value refused(int status, std::string_view detail, std::string_view field) {
  auto why = value::object({{"status", status}, {"detail", detail}});
  if (!field.empty()) why.set("field", field);
  return value::object({{"refused", why}});
}

value array_of(const std::vector<std::string>& texts) {
  return value::array(std::vector<value>(texts.begin(), texts.end()));
}

} // namespace steward::intelligence::salon
