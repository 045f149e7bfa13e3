#pragma once

#include "connectors/http_transport.hpp"
#include "connectors/token_plan.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace steward::connectors {

/// What time it is, and what makes one token request differ from the next: a test has its own.
struct token_world {
  std::function<std::chrono::milliseconds()> elapsed; ///< Since some start, never going back.
  std::function<token_moment()> moment;
  static token_world real();
};

/// A transport in front of another: resolves how orders authenticate, and sends them on.
///
/// Tokens are fetched over the transport behind, kept in memory for one tenant and one policy until
/// they are about to end, and renewed then. Of many calls that want the same token at once, one
/// fetches it and the others wait. A call with a token that is answered 401 drops that token and is
/// sent once more with a new one; what that is answered is the answer. A token that the service
/// repeats in its answer is masked.
///
/// Fails an order as `authentication`, with a reason that never has a secret in it: credentials
/// that are not what their scheme needs, an authority that can't be reached or refuses. A secret
/// that is not there fails it as `authorization`.
class authenticator final : public http_transport {
public:
  explicit authenticator(std::unique_ptr<http_transport> behind,
                         token_world world = token_world::real());
  ~authenticator() override;

  void send(http_order order, http_completion done) override;
  void cancel(const order_id& id) override;

private:
  struct call;
  using call_ptr = std::shared_ptr<call>;
  struct entry;

  void send_with_token(const call_ptr& c);
  void send_on(const call_ptr& c, const std::string& token);
  void answered(const call_ptr& c, http_answer answer);
  void fetch(const call_ptr& c);
  void ask_for_token(const call_ptr& c, const std::string& endpoint);
  void ask(http_order order, http_completion done);
  void fetched(const call_ptr& c, outcome<access_token, std::string> token,
               const std::string& endpoint);
  void make_room();

  token_world world_;
  std::mutex mutex_;
  std::unordered_map<std::string, entry> entries_; ///< By digest of tenant and policy.
  std::unordered_map<order_id, call_ptr> waiting_; ///< For a token.
  uint64_t asked_ = 0;
  std::unique_ptr<http_transport> behind_; ///< Last, so it ends first: its completions come here.
};

} // namespace steward::connectors
