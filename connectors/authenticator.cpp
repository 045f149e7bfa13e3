#include "connectors/authenticator.hpp"

#include "messages/digest.hpp"
#include "workflow/secret_mask.hpp"

#include <array>
#include <openssl/rand.h>
#include <stdexcept>
#include <vector>

namespace steward::connectors {

namespace {

using std::chrono::milliseconds;

constexpr size_t tokens_kept = 10'000;
constexpr milliseconds endpoint_kept{3'600'000};
constexpr effect_id own_orders = effect_id{1} << 63; ///< Runs count theirs from 1.

std::string random_name() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error{"no random bytes can be had"};
  return sha256_digest({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).substr(7, 32);
}

http_answer failure_of(authentication_failure why) {
  return http_answer::failure(std::move(why.reason), std::move(why.error));
}

/// Services that repeat what they were sent must not carry a token into a run's data.
void hide(const std::string& token, http_answer& answer) {
  const workflow::secret_mask mask{workflow::value{token}};
  answer.body = mask.masked(std::move(answer.body));
  for (auto& [name, text] : answer.headers) text = mask.masked(std::move(text));
}

} // namespace

token_world token_world::real() {
  using namespace std::chrono;
  return {[] { return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()); },
          [] {
            const auto now = system_clock::now().time_since_epoch();
            return token_moment{duration_cast<seconds>(now).count(), random_name()};
          }};
}

struct authenticator::call {
  http_order order;
  http_completion done;
  std::string key; ///< Of its entry.
  std::shared_ptr<const token_plan> plan;
  std::string sent_token;
  bool renewed = false; ///< It had its second chance.
};

/// What is known for one tenant and policy.
struct authenticator::entry {
  std::string token, refresh_token, endpoint;
  milliseconds token_until{0}, endpoint_until{0};
  bool fetching = false;
  std::vector<call_ptr> waiters;
};

authenticator::authenticator(std::unique_ptr<http_transport> behind, token_world world)
    : world_(std::move(world)), behind_(std::move(behind)) {}

authenticator::~authenticator() = default;

void authenticator::send(http_order order, http_completion done) {
  if (order.authentication.empty()) return behind_->send(std::move(order), std::move(done));
  auto read = read_authentication(order.authentication);
  if (!read) return done(failure_of(std::move(read.error())));
  if (const auto* header = std::get_if<header_credentials>(&*read)) {
    order.headers.emplace_back("Authorization", header->authorization);
    return behind_->send(std::move(order), std::move(done));
  }
  if (auto* digest = std::get_if<digest_credentials>(&*read)) {
    order.digest.emplace(std::move(digest->user), std::move(digest->password));
    return behind_->send(std::move(order), std::move(done));
  }
  auto plan = read_token_plan(std::get<token_credentials>(*read));
  if (!plan) return done(failure_of({plan.error()}));
  auto c = std::make_shared<call>();
  c->key = sha256_digest(order.tenant + '\n' + order.authentication);
  c->order = std::move(order);
  c->order.authentication.clear();
  c->done = std::move(done);
  c->plan = std::make_shared<const token_plan>(*std::move(plan));
  send_with_token(c);
}

void authenticator::cancel(const order_id& id) {
  {
    const std::lock_guard guard{mutex_};
    waiting_.erase(id);
  }
  behind_->cancel(id);
}

/// Now, or once there is a token.
void authenticator::send_with_token(const call_ptr& c) {
  std::string token;
  {
    const std::lock_guard guard{mutex_};
    if (const auto same = waiting_.find(c->order.id); same != waiting_.end()) {
      same->second->done = c->done;
      return;
    }
    make_room();
    auto& e = entries_[c->key];
    if (!e.token.empty() && world_.elapsed() < e.token_until) {
      token = e.token;
    } else {
      waiting_[c->order.id] = c;
      e.waiters.push_back(c);
      if (e.fetching) return;
      e.fetching = true;
    }
  }
  token.empty() ? fetch(c) : send_on(c, token);
}

void authenticator::send_on(const call_ptr& c, const std::string& token) {
  c->sent_token = token;
  auto order = c->order;
  order.headers.emplace_back("Authorization", "Bearer " + token);
  behind_->send(std::move(order), [this, c](http_answer a) { answered(c, std::move(a)); });
}

void authenticator::answered(const call_ptr& c, http_answer answer) {
  if (!answer.answered || answer.status != 401 || c->renewed) {
    hide(c->sent_token, answer);
    return c->done(std::move(answer));
  }
  c->renewed = true;
  {
    const std::lock_guard guard{mutex_};
    if (auto& e = entries_[c->key]; e.token == c->sent_token) e.token.clear();
  }
  send_with_token(c);
}

/// `c` is one of those that wait: its plan is that of all.
void authenticator::fetch(const call_ptr& c) {
  auto endpoint = c->plan->endpoint;
  if (endpoint.empty()) {
    const std::lock_guard guard{mutex_};
    const auto& e = entries_[c->key];
    if (world_.elapsed() < e.endpoint_until) endpoint = e.endpoint;
  }
  if (!endpoint.empty()) return ask_for_token(c, endpoint);
  ask(discovery_order(*c->plan), [this, c](http_answer answer) {
    const auto found = token_endpoint_from(*c->plan, answer);
    if (!found) return fetched(c, failed{found.error()}, {});
    ask_for_token(c, *found);
  });
}

void authenticator::ask_for_token(const call_ptr& c, const std::string& endpoint) {
  std::string refresh_token;
  {
    const std::lock_guard guard{mutex_};
    refresh_token = entries_[c->key].refresh_token;
  }
  auto order = token_order(*c->plan, endpoint, refresh_token, world_.moment());
  if (!order) return fetched(c, failed{order.error()}, {});
  ask(*std::move(order), [this, c, endpoint](http_answer answer) {
    fetched(c, read_token(*c->plan, endpoint, answer), endpoint);
  });
}

void authenticator::ask(http_order order, http_completion done) {
  {
    const std::lock_guard guard{mutex_};
    order.id.effect = own_orders | ++asked_;
  }
  behind_->send(std::move(order), std::move(done));
}

void authenticator::fetched(const call_ptr& c, outcome<access_token, std::string> token,
                            const std::string& endpoint) {
  std::vector<call_ptr> wanted;
  {
    const std::lock_guard guard{mutex_};
    auto& e = entries_[c->key];
    e.fetching = false;
    for (auto& w : std::exchange(e.waiters, {}))
      if (const auto still = waiting_.find(w->order.id);
          still != waiting_.end() && still->second == w) {
        waiting_.erase(still);
        wanted.push_back(std::move(w));
      }
    if (token) {
      e.token = token->text;
      e.token_until = world_.elapsed() + token->good_for;
      if (!token->refresh_token.empty()) e.refresh_token = token->refresh_token;
      e.endpoint = endpoint;
      if (e.endpoint_until <= world_.elapsed()) e.endpoint_until = world_.elapsed() + endpoint_kept;
    } else {
      e.endpoint_until = milliseconds{0}; // it may have moved
    }
  }
  for (const auto& w : wanted)
    token ? send_on(w, token->text) : w->done(failure_of({token.error()}));
}

/// Policies come and go with their definitions; what is not in use now can be fetched again.
void authenticator::make_room() {
  if (entries_.size() < tokens_kept) return;
  const auto now = world_.elapsed();
  std::erase_if(entries_, [now](const auto& e) {
    return !e.second.fetching && e.second.refresh_token.empty() && e.second.token_until <= now;
  });
  if (entries_.size() >= tokens_kept)
    std::erase_if(entries_, [](const auto& e) { return !e.second.fetching; });
}

} // namespace steward::connectors
