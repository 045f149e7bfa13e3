#pragma once

namespace steward::app {

inline constexpr char version[] = "0.1.0";

} // namespace steward::app
