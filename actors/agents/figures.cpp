#include "actors/agents/figures.hpp"

#include "agents/documents.hpp"
#include "agents/pack.hpp"
#include "intelligence/instants.hpp"
#include "messages/record_words.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace steward {

namespace {

using agents::money;
using agents::number_of;
using agents::text_of;
using agents::time_of;
using workflow::value;

/// More records than this are not summed up: the newest count.
constexpr size_t summed_most = 20'000;

struct unreadable {
  store::store_error why;
};
struct wrong_parameter {
  std::string name, expected;
};

class figures {
public:
  figures(store::reader& reader, const tenant_id& tenant, int64_t now_us)
      : reader_(reader), tenant_(tenant), now_us_(now_us) {
    each("packs", "", "", [&](const value& p) {
      const auto settings = p.get("settings");
      if (const auto name = text_of(settings, "zone"); !name.empty())
        if (auto found = workflow::schedule::time_zone::find(name)) zone_ = *found;
      if (const auto c = text_of(settings, "currency"); !c.empty()) currency_ = c;
      known_ = true;
    });
  }
  bool known() const { return known_; }

  value decisions_of_day(const std::string& date) {
    const auto [from, to] = day(date);
    struct sums {
      int64_t count = 0, success = 0, failed = 0, pending = 0;
      double revenue = 0;
    };
    std::map<std::string, sums> types;
    std::map<std::string, int64_t> by_status, approvals;
    sums all;
    double potential = 0;
    each("autonomous_decisions", between("created_at", from, to), "-created_at",
         [&](const value& d) {
           const auto status = text_of(d.get("outcome"), "status");
           const auto revenue = number_of(d.get("revenue_impact"), "actual");
           potential += number_of(d.get("revenue_impact"), "potential");
           for (auto* s : {&all, &types[text_of(d, "decision_type")]}) {
             ++s->count;
             s->success += status == "success";
             s->failed += status == "failed";
             s->pending += status == "pending";
             s->revenue += revenue;
           }
           ++by_status[status];
           ++approvals[text_of(d.get("approval"), "status")];
         });
    auto by_type = value::empty_object();
    for (const auto& [type, s] : types)
      by_type.set(type, value::object({{"count", s.count},
                                       {"success", s.success},
                                       {"failed", s.failed},
                                       {"pending", s.pending},
                                       {"revenue", money(s.revenue)}}));
    const auto known_ends = all.success + all.failed;
    return value::object(
        {{"date", shown(date)},
         {"total", all.count},
         {"by_type", by_type},
         {"by_status", counts(by_status)},
         {"approval", value::object({{"approved", approvals["approved"]},
                                     {"rejected", approvals["rejected"]},
                                     {"expired", approvals["expired"]},
                                     {"pending", approvals["pending"]}})},
         {"revenue", value::object({{"potential", money(potential)},
                                    {"actual", money(all.revenue)},
                                    {"currency", currency_}})},
         {"success_rate", known_ends == 0 ? value{} : share(all.success, known_ends)}});
  }

  value approvals() {
    std::map<std::string, int64_t> by_status;
    double seconds = 0;
    int64_t answered = 0;
    std::string oldest;
    each("approvals", "", "-created_at", [&](const value& a) {
      const auto status = text_of(a, "status");
      ++by_status[status];
      if (status == "pending") oldest = text_of(a, "created_at");
      const auto at = time_of(a.get("response").get("responded_at"));
      if (at == 0) return;
      ++answered;
      seconds += static_cast<double>(at - time_of(a.get("created_at"))) / 1e6;
    });
    return value::object(
        {{"pending", by_status["pending"]},
         {"approved", by_status["approved"]},
         {"rejected", by_status["rejected"]},
         {"expired", by_status["expired"]},
         {"cancelled", by_status["cancelled"]},
         {"average_response_seconds",
          answered == 0 ? value{} : value{seconds / static_cast<double>(answered)}},
         {"oldest_pending_at", oldest.empty() ? value{} : value{oldest}}});
  }

  value gaps_of_day(const std::string& date) {
    std::map<std::string, int64_t> by_status;
    double potential = 0, filled = 0;
    int64_t total = 0;
    each("gaps", R"({"date":")" + shown(date) + "\"}", "", [&](const value& g) {
      ++total;
      const auto status = text_of(g, "status");
      ++by_status[status];
      potential += number_of(g, "potential_revenue");
      if (status == "filled")
        filled += number_of(g, "filled_revenue") > 0 ? number_of(g, "filled_revenue")
                                                     : number_of(g, "potential_revenue");
    });
    return value::object({{"date", shown(date)},
                          {"total", total},
                          {"open", by_status["open"]},
                          {"filled", by_status["filled"]},
                          {"expired", by_status["expired"]},
                          {"ignored", by_status["ignored"]},
                          {"fill_rate", total == 0 ? value{} : share(by_status["filled"], total)},
                          {"potential_revenue", money(potential)},
                          {"filled_revenue", money(filled)}});
  }

  value outreach(const std::string& filter = {}) {
    std::map<std::string, int64_t> by_status, by_type, by_channel;
    int64_t total = 0, asked = 0, delivered = 0, answered = 0, booked = 0;
    each("outreach", filter, "-created_at", [&](const value& o) {
      ++total;
      const auto status = text_of(o, "status");
      ++by_status[status];
      ++by_type[text_of(o, "outreach_type")];
      ++by_channel[text_of(o, "channel")];
      if (!o.get("reply_to").is_null()) return;
      ++asked;
      delivered += status != "failed" && status != "pending";
      answered += status == "responded";
      booked += !o.get("response").get("booking_id").is_null();
    });
    return value::object({{"total", total},
                          {"by_status", counts(by_status)},
                          {"by_type", counts(by_type)},
                          {"by_channel", counts(by_channel)},
                          {"delivery_rate", asked == 0 ? value{} : share(delivered, asked)},
                          {"response_rate", asked == 0 ? value{} : share(answered, asked)},
                          {"conversion_rate", asked == 0 ? value{} : share(booked, asked)}});
  }

  value revenue(const std::string& from, const std::string& to) {
    const auto last = shown(to);
    const auto first = from.empty() ? days_before(last, 29) : shown(from);
    std::map<std::string, double> by_type, by_agent;
    auto by_day = value::empty_array();
    double total = 0;
    each("autonomous_days", R"({"date":{"ge":")" + first + R"(","le":")" + last + "\"}}", "date",
         [&](const value& d) {
           total += number_of(d, "actual");
           for (const auto& m : d.get("by_type").members())
             by_type[std::string{m.key.as_string()}] += number_of(m.item, "actual");
           for (const auto& m : d.get("by_agent").members())
             by_agent[std::string{m.key.as_string()}] += number_of(m.item, "actual");
           by_day.push_back(value::object({{"date", d.get("date")},
                                           {"potential", d.get("potential")},
                                           {"actual", d.get("actual")},
                                           {"count", d.get("count")}}));
         });
    const auto amounts = [](const std::map<std::string, double>& sums) {
      auto out = value::empty_object();
      for (const auto& [name, sum] : sums) out.set(name, money(sum));
      return out;
    };
    return value::object({{"from", first},
                          {"to", last},
                          {"currency", currency_},
                          {"total", money(total)},
                          {"by_type", amounts(by_type)},
                          {"by_agent", amounts(by_agent)},
                          {"by_day", by_day}});
  }

  value dashboard() {
    const auto today = shown({});
    const auto revenue_of = [&](int64_t days) {
      return revenue(days_before(today, days - 1), today).get("total");
    };
    const auto decisions = decisions_of_day({});
    const auto gaps = gaps_of_day({});
    const auto [from, to] = day({});
    const auto sent = outreach(between("created_at", from, to));
    std::map<std::string, int64_t> by_status;
    auto alerts = value::empty_array();
    each("alerts", R"({"status":"raised"})", "-created_at", [&](const value& a) {
      alerts.push_back(value::object({{"name", a.get("name")},
                                      {"severity", a.get("severity")},
                                      {"since", a.get("since")},
                                      {"detail", a.get("detail")}}));
    });
    each("agent_states", "", "", [&](const value& a) { ++by_status[text_of(a, "status")]; });
    int64_t pending = 0;
    each("approvals", R"({"status":"pending"})", "", [&](const value&) { ++pending; });
    return value::object(
        {{"date", today},
         {"revenue", value::object({{"today", revenue_of(1)},
                                    {"last_7_days", revenue_of(7)},
                                    {"last_30_days", revenue_of(30)},
                                    {"currency", currency_}})},
         {"decisions",
          value::object({{"today", decisions.get("total")},
                         {"pending", decisions.get("by_status").get("pending").is_null()
                                         ? value{0}
                                         : decisions.get("by_status").get("pending")},
                         {"success_rate", decisions.get("success_rate")}})},
         {"approvals", value::object({{"pending", pending}})},
         {"gaps", value::object({{"open", gaps.get("open")},
                                 {"filled_today", gaps.get("filled")},
                                 {"fill_rate", gaps.get("fill_rate")}})},
         {"outreach", value::object({{"sent_today", sent.get("total")},
                                     {"response_rate", sent.get("response_rate")}})},
         {"agents", value::object({{"active", by_status["active"]},
                                   {"paused", by_status["paused"]},
                                   {"error", by_status["error"]},
                                   {"circuit_breaker", by_status["circuit_breaker"]}})},
         {"alerts", alerts}});
  }

private:
  static value share(int64_t part, int64_t all) {
    return static_cast<double>(part) / static_cast<double>(all);
  }
  static value counts(const std::map<std::string, int64_t>& from) {
    auto out = value::empty_object();
    for (const auto& [name, count] : from) out.set(name, count);
    return out;
  }
  /// The date, or today's on the tenant's calendar.
  std::string shown(const std::string& date) const {
    if (date.empty())
      return intelligence::date_text(intelligence::day_number(zone_.to_local(now_us_)));
    if (date.size() != 10 || !intelligence::parse_instant(date))
      throw wrong_parameter{"date", "a date such as 2026-11-21"};
    return date;
  }
  static std::string days_before(const std::string& date, int64_t days) {
    return intelligence::date_text(intelligence::day_number(*intelligence::parse_instant(date)) -
                                   days);
  }
  std::pair<int64_t, int64_t> day(const std::string& date) const {
    const auto begin = *intelligence::parse_instant(shown(date));
    return {zone_.to_utc(begin), zone_.to_utc(begin + intelligence::day_us)};
  }
  static std::string between(const char* field, int64_t from, int64_t to) {
    return std::string{"{\""} + field + R"(":{"ge":")" + intelligence::instant_text(from) +
           R"(","lt":")" + intelligence::instant_text(to) + "\"}}";
  }

  void each(const char* collection, const std::string& filter, const char* order,
            const std::function<void(const value&)>& take) {
    record_query q;
    q.collection = collection;
    if (!filter.empty()) q.filter = std::move(*read_record_filter(filter));
    q.order = std::move(*read_record_order(order));
    for (size_t taken = 0; taken < summed_most;) {
      q.limit = 1'000;
      const auto rows = reader_.find_records(tenant_, q);
      if (!rows) throw unreadable{rows.error()};
      value last;
      for (const auto& row : *rows)
        if (auto data = workflow::parse_json(row.data)) {
          last = *data;
          take(last);
        }
      taken += rows->size();
      if (rows->size() < q.limit) return;
      q.after = cursor_after(q.order, last, rows->back().id);
    }
  }

  store::reader& reader_;
  const tenant_id& tenant_;
  int64_t now_us_;
  workflow::schedule::time_zone zone_;
  std::string currency_ = "USD";
  bool known_ = false;
};

} // namespace

reply agent_figures(store::reader& reader, const ask_agents& m, int64_t now_us) {
  try {
    figures f{reader, m.tenant, now_us};
    const auto answered = [](const value& v) { return reply::ok(workflow::to_json(v)); };
    switch (m.what) {
    case agents_figure::decisions_of_day:
      return answered(f.decisions_of_day(m.from));
    case agents_figure::approvals:
      return answered(f.approvals());
    case agents_figure::gaps_of_day:
      return answered(f.gaps_of_day(m.from));
    case agents_figure::outreach:
      return answered(f.outreach());
    case agents_figure::dashboard:
      return answered(f.dashboard());
    case agents_figure::revenue:
      return answered(f.revenue(m.from, m.to));
    }
    return reply::error(ec::invalid_request, "there is no such figure");
  } catch (const unreadable& u) {
    return reply::error({u.why.code,
                         "the store can't be read: " + u.why.reason,
                         {},
                         std::chrono::milliseconds{1000}});
  } catch (const wrong_parameter& w) {
    return reply::error({ec::invalid_request,
                         w.name + ": this is no date",
                         {{w.name, "this is no date", w.expected, 0, 0, -1}},
                         {}});
  }
}

} // namespace steward
