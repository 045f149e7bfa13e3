#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace steward::workflow::jq {

template <class Signature>
class function_ref;

/// A callable that is only borrowed: two pointers, nothing allocated. Must not outlive the call
/// that it is passed to.
template <class Result, class... Args>
class function_ref<Result(Args...)> {
public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, function_ref> &&
           std::is_invocable_r_v<Result, F&, Args...>) function_ref(F&& f)
      : target_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* target, Args... args) -> Result {
          return (*static_cast<std::remove_reference_t<F>*>(target))(std::forward<Args>(args)...);
        }) {}

  Result operator()(Args... args) const { return call_(target_, std::forward<Args>(args)...); }

private:
  void* target_;
  Result (*call_)(void*, Args...);
};

} // namespace steward::workflow::jq
