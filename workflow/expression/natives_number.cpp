#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

/// Arithmetic functions.
namespace steward::workflow::jq {

namespace {

bool needs_number(evaluation& e, const value& v) {
  return e.fail(described(v) + " number required");
}

/// Whole doubles become integers where they are exact.
value tidy(double d) {
  constexpr auto exact = 9007199254740992.0; // 2^53
  if (d == std::trunc(d) && std::fabs(d) <= exact && !(d == 0 && std::signbit(d)))
    return static_cast<int64_t>(d);
  return d;
}

template <double (*F)(double)>
bool function_of_one(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_number()) return needs_number(e, in);
  out = tidy(F(in.as_double()));
  return true;
}

/// Of what is whole already there is nothing to round.
template <double (*F)(double)>
bool rounding(evaluation& e, const value& in, const value* args, value& out) {
  if (!in.is_int()) return function_of_one<F>(e, in, args, out);
  out = in;
  return true;
}

template <double (*F)(double, double)>
bool function_of_two(evaluation& e, const value&, const value* args, value& out) {
  if (!args[0].is_number()) return needs_number(e, args[0]);
  if (!args[1].is_number()) return needs_number(e, args[1]);
  out = tidy(F(args[0].as_double(), args[1].as_double()));
  return true;
}

bool fma(evaluation& e, const value&, const value* args, value& out) {
  for (size_t i = 0; i < 3; ++i)
    if (!args[i].is_number()) return needs_number(e, args[i]);
  out = tidy(std::fma(args[0].as_double(), args[1].as_double(), args[2].as_double()));
  return true;
}

bool abs(evaluation& e, const value& in, const value*, value& out) {
  // jq asks whether it is less than 0: texts, arrays and objects are not.
  if (in.is_null() || in.is_bool()) return e.fail(described(in) + " cannot be negated");
  if (!in.is_number()) {
    out = in;
    return true;
  }
  if (in.is_int() && in.as_int() != std::numeric_limits<int64_t>::min())
    out = in.as_int() < 0 ? -in.as_int() : in.as_int();
  else
    out = std::fabs(in.as_double());
  return true;
}

bool frexp(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_number()) return needs_number(e, in);
  auto exponent = 0;
  auto fraction = std::frexp(in.as_double(), &exponent);
  out = value::array({tidy(fraction), exponent});
  return true;
}

bool modf(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_number()) return needs_number(e, in);
  auto whole = 0.0;
  auto fraction = std::modf(in.as_double(), &whole);
  out = value::array({tidy(fraction), tidy(whole)});
  return true;
}

bool lgamma_r(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_number()) return needs_number(e, in);
  auto sign = 0;
  auto logarithm = ::lgamma_r(in.as_double(), &sign);
  out = value::array({tidy(logarithm), sign});
  return true;
}

int clamped_int(double d) {
  return std::isnan(d) ? 0 : static_cast<int>(std::clamp(d, -10000.0, 10000.0));
}
double jn(double n, double d) { return ::jn(clamped_int(n), d); }
double yn(double n, double d) { return ::yn(clamped_int(n), d); }
double ldexp(double d, double by) { return std::ldexp(d, clamped_int(by)); }
double scalb(double d, double by) {
  if (std::isinf(by)) return by > 0 ? d * by : d / -by;
  return by == std::trunc(by) ? ldexp(d, by) : std::numeric_limits<double>::quiet_NaN();
}
double exp10(double d) { return std::pow(10, d); }
double significand(double d) {
  return d == 0 || !std::isfinite(d) ? d : d / std::pow(2, std::logb(d));
}
double round(double d) { return std::round(d); }

bool infinite(evaluation&, const value&, const value*, value& out) {
  out = std::numeric_limits<double>::infinity();
  return true;
}
bool nan(evaluation&, const value&, const value*, value& out) {
  out = std::numeric_limits<double>::quiet_NaN();
  return true;
}

template <bool (*F)(double)>
bool question(evaluation&, const value& in, const value*, value& out) {
  out = in.is_number() && F(in.as_double());
  return true;
}
bool is_infinite(double d) { return std::isinf(d); }
bool is_nan(double d) { return std::isnan(d); }
bool is_normal(double d) { return std::isnormal(d); }

constexpr auto rows = std::to_array<native>({
    {"floor", 0, rounding<std::floor>},
    {"ceil", 0, rounding<std::ceil>},
    {"round", 0, rounding<round>},
    {"trunc", 0, rounding<std::trunc>},
    {"rint", 0, rounding<std::rint>},
    {"nearbyint", 0, rounding<std::nearbyint>},
    {"fabs", 0, function_of_one<std::fabs>},
    {"sqrt", 0, function_of_one<std::sqrt>},
    {"cbrt", 0, function_of_one<std::cbrt>},
    {"exp", 0, function_of_one<std::exp>},
    {"exp2", 0, function_of_one<std::exp2>},
    {"exp10", 0, function_of_one<exp10>},
    {"expm1", 0, function_of_one<std::expm1>},
    {"log", 0, function_of_one<std::log>},
    {"log2", 0, function_of_one<std::log2>},
    {"log10", 0, function_of_one<std::log10>},
    {"log1p", 0, function_of_one<std::log1p>},
    {"logb", 0, function_of_one<std::logb>},
    {"gamma", 0, function_of_one<std::lgamma>},
    {"lgamma", 0, function_of_one<std::lgamma>},
    {"tgamma", 0, function_of_one<std::tgamma>},
    {"significand", 0, function_of_one<significand>},
    {"sin", 0, function_of_one<std::sin>},
    {"cos", 0, function_of_one<std::cos>},
    {"tan", 0, function_of_one<std::tan>},
    {"asin", 0, function_of_one<std::asin>},
    {"acos", 0, function_of_one<std::acos>},
    {"atan", 0, function_of_one<std::atan>},
    {"sinh", 0, function_of_one<std::sinh>},
    {"cosh", 0, function_of_one<std::cosh>},
    {"tanh", 0, function_of_one<std::tanh>},
    {"asinh", 0, function_of_one<std::asinh>},
    {"acosh", 0, function_of_one<std::acosh>},
    {"atanh", 0, function_of_one<std::atanh>},
    {"erf", 0, function_of_one<std::erf>},
    {"erfc", 0, function_of_one<std::erfc>},
    {"j0", 0, function_of_one<::j0>},
    {"j1", 0, function_of_one<::j1>},
    {"y0", 0, function_of_one<::y0>},
    {"y1", 0, function_of_one<::y1>},
    {"jn", 2, function_of_two<jn>},
    {"yn", 2, function_of_two<yn>},
    {"fdim", 2, function_of_two<std::fdim>},
    {"drem", 2, function_of_two<std::remainder>},
    {"remainder", 2, function_of_two<std::remainder>},
    {"nextafter", 2, function_of_two<std::nextafter>},
    {"nexttoward", 2, function_of_two<std::nextafter>},
    {"pow", 2, function_of_two<std::pow>},
    {"atan2", 2, function_of_two<std::atan2>},
    {"fmin", 2, function_of_two<std::fmin>},
    {"fmax", 2, function_of_two<std::fmax>},
    {"fmod", 2, function_of_two<std::fmod>},
    {"hypot", 2, function_of_two<std::hypot>},
    {"copysign", 2, function_of_two<std::copysign>},
    {"ldexp", 2, function_of_two<ldexp>},
    {"scalb", 2, function_of_two<scalb>},
    {"scalbln", 2, function_of_two<ldexp>},
    {"fma", 3, fma},
    {"abs", 0, abs},
    {"frexp", 0, frexp},
    {"modf", 0, modf},
    {"lgamma_r", 0, lgamma_r},
    {"infinite", 0, infinite},
    {"nan", 0, nan},
    {"isinfinite", 0, question<is_infinite>},
    {"isnan", 0, question<is_nan>},
    {"isnormal", 0, question<is_normal>},
});

} // namespace

native_rows number_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
